package dev.rehearsal.dataset;

import java.util.HashMap;
import java.util.Map;

/** Adds up what several sessions load, and tells it a few times a second. Thread-safe. */
final class ProgressMeter {
    private static final long PAUSE_NANOS = 250_000_000L;

    private final BuildProgress progress;
    private final Map<String, Table> tables = new HashMap<>();
    private long startNanos = System.nanoTime();
    private long expected;
    private long all;
    private long lastToldNanos = System.nanoTime() - PAUSE_NANOS;

    ProgressMeter(BuildProgress progress) {
        this.progress = progress;
    }

    private static final class Table {
        private final long startNanos = System.nanoTime();
        private long done;
    }

    synchronized void phase(String phase) {
        progress.phase(phase);
    }

    synchronized void note(String note) {
        progress.note(note);
    }

    /** So many rows of all tables are going to be loaded, from now on. */
    synchronized void expect(long rows) {
        expected = rows;
        startNanos = System.nanoTime();
    }

    /** {@code more} rows of the table are with the server. The first, the last and a few in between are told. */
    synchronized void loaded(String name, long more, long total) {
        boolean first = !tables.containsKey(name);
        Table table = tables.computeIfAbsent(name, unused -> new Table());
        table.done += more;
        all += more;
        long now = System.nanoTime();
        if (first || table.done == total || now - lastToldNanos >= PAUSE_NANOS) {
            lastToldNanos = now;
            if (all > 0 && expected >= all) {
                progress.remaining((now - startNanos) / 1e9 * (expected - all) / all);
            }
            double seconds = Math.max(1e-9, (now - table.startNanos) / 1e9);
            progress.rows(name, table.done, total, first ? 0 : table.done / seconds);
        }
    }
}
