package dev.rehearsal.run;

import dev.rehearsal.scenario.Stage;

/**
 * When a stage was. A request belongs to the stage in which its planned arrival lies.
 *
 * @param startNanos inclusive
 * @param endNanos exclusive; of a stage whose end was never recorded, the last thing seen
 * @param complete whether its end was recorded
 */
public record StageSpan(Stage stage, long startNanos, long endNanos, boolean complete) {
    public boolean contains(long nanos) {
        return nanos >= startNanos && nanos < endNanos;
    }

    public long durationNanos() {
        return endNanos - startNanos;
    }
}
