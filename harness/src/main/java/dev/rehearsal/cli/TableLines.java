package dev.rehearsal.cli;

import dev.rehearsal.dataset.BuildProgress;
import java.util.Locale;
import java.util.function.Consumer;

/** A dataset's build as lines: {@code orders 412,000 of 1,000,000 rows, 610,000/s, 12 s left}. */
final class TableLines implements BuildProgress {
    private final Consumer<String> lines;
    private final boolean everyChange;
    private double secondsLeft;

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
    public void note(String note) {
        lines.accept("  note: " + note);
    }

    @Override
    public void remaining(double seconds) {
        secondsLeft = seconds;
    }

    @Override
    public void rows(String table, long done, long total, double rowsPerSecond) {
        if (everyChange || done == total) {
            String left = secondsLeft < 1 ? "" : String.format(Locale.ROOT, ", %,.0f s left", secondsLeft);
            lines.accept(String.format(
                    Locale.ROOT, "  %s %,d of %,d rows, %,.0f/s%s", table, done, total, rowsPerSecond, left));
        }
    }
}
