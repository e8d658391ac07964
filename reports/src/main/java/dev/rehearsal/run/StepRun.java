package dev.rehearsal.run;

import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.SourceLocation;
import java.util.List;

/**
 * One step as it went.
 *
 * @param index from 0 over all steps of the run, migration first, then rollback
 * @param kind {@code sql} or {@code file}
 * @param endNanos of a step whose end was never recorded, the last thing seen
 * @param status of a step whose end was never recorded, {@code FAILED}
 * @param complete whether its end was recorded
 */
public record StepRun(
        int index,
        String name,
        String kind,
        Phase phase,
        SourceLocation location,
        long startNanos,
        long endNanos,
        Status status,
        int attempts,
        boolean complete,
        List<StatementRun> statements) {
    public StepRun {
        statements = List.copyOf(statements);
    }
}
