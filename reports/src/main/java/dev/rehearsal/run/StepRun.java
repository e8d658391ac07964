package dev.rehearsal.run;

import dev.rehearsal.run.RunEvent.BackfillEnded;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.SourceLocation;
import java.util.List;
import java.util.Optional;

/**
 * One step as it went.
 *
 * @param index from 0 over all steps of the run, migration first, then rollback
 * @param kind as the scenario language has it, such as {@code sql}
 * @param endNanos of a step whose end was never recorded, the last thing seen
 * @param status of a step whose end was never recorded, {@code FAILED}
 * @param complete whether its end was recorded
 * @param backfill of a step that was one and came as far as to begin
 * @param failure why it did not succeed, where that is known
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
        Optional<String> failure,
        Optional<BackfillEnded> backfill,
        List<StatementRun> statements) {
    public StepRun {
        statements = List.copyOf(statements);
    }
}
