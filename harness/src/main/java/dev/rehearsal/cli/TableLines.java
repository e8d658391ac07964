package dev.rehearsal.cli;

import dev.rehearsal.dataset.BuildProgress;
import java.util.Locale;
import java.util.function.Consumer;

/** A dataset's build as lines: {@code orders 412,000 of 1,000,000 rows, 610,000/s}. */
final class TableLines implements BuildProgress {
    private final Consumer<String> lines;
    private final boolean everyChange;

    /** @param everyChange false: one line a table, when it is full */
    TableLines(Consumer<String> lines, boolean everyChange) {
        this.lines = lines;
        this.everyChange = everyChange;
    }

    @Override
    public void phase(String phase) {
        lines.accept("  " + phase);
    }

    @Override
    public void rows(String table, long done, long total, double rowsPerSecond) {
        if (everyChange || done == total) {
            lines.accept(
                    String.format(Locale.ROOT, "  %s %,d of %,d rows, %,.0f/s", table, done, total, rowsPerSecond));
        }
    }
}
