package dev.rehearsal.cli;

import dev.rehearsal.dataset.BuildProgress;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A dataset's build as lines: {@code orders 412,000 of 1,000,000 rows, 610,000/s, 12 s left}. */
final class TableLines implements BuildProgress {
    private static final long PAUSE_NANOS = 1_000_000_000;
    /** Rows of a table that is always told of. */
    private static final long LARGE = 100_000;

    private final Consumer<String> lines;
    private final boolean everyChange;
    private final LongSupplier nanoTime;
    private long quietUntil;
    private double secondsLeft;

    /** @param everyChange false: one line a table, when it is full; of small tables and their indexes, of which there may be hundreds, one a second */
    TableLines(Consumer<String> lines, boolean everyChange) {
        this(lines, everyChange, System::nanoTime);
    }

    TableLines(Consumer<String> lines, boolean everyChange, LongSupplier nanoTime) {
        this.lines = lines;
        this.everyChange = everyChange;
        this.nanoTime = nanoTime;
        this.quietUntil = nanoTime.getAsLong();
    }

    @Override
    public void phase(String phase) {
        if (everyChange || isDue()) {
            lines.accept("  " + phase);
        }
    }

    private boolean isDue() {
        long now = nanoTime.getAsLong();
        if (now - quietUntil < 0) {
            return false;
        }
        quietUntil = now + PAUSE_NANOS;
        return true;
    }

    @Override
    public void note(String note) {
        lines.accept("  note: " + note);
    }

    @Override
    public void remaining(double seconds) {
        secondsLeft = seconds;
    }

    @Override
    public void rows(String table, long done, long total, double rowsPerSecond) {
        if (everyChange || (done == total && (total >= LARGE || isDue()))) {
            String left = secondsLeft < 1 ? "" : String.format(Locale.ROOT, ", %,.0f s left", secondsLeft);
            lines.accept(String.format(
                    Locale.ROOT, "  %s %,d of %,d rows, %,.0f/s%s", table, done, total, rowsPerSecond, left));
        }
    }
}
