package dev.rehearsal.report;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Quantities;

/**
 * The one time axis of the page: 0 is the start of the migration.
 *
 * @param zeroNanos since the run's origin, as are the others
 */
record TimeAxis(long zeroNanos, long fromNanos, long toNanos) {
    static TimeAxis of(RunRecord run) {
        if (run.stages().isEmpty()) {
            return new TimeAxis(0, 0, Math.max(1, run.lastSeenNanos()));
        }
        long from = run.stages().getFirst().startNanos();
        long zero = run.stage(Stage.MIGRATION).map(StageSpan::startNanos).orElse(from);
        return new TimeAxis(
                zero, from, Math.max(from + 1, run.stages().getLast().endNanos()));
    }

    /** To the microsecond: more digits would only make the page larger. */
    double millis(long nanos) {
        return Math.round((nanos - zeroNanos) / 1e3) / 1e3;
    }

    /** {@code 0:12} into the migration, {@code −0:30} before it. */
    String clock(long nanos) {
        return Quantities.clock(nanos - zeroNanos);
    }
}
