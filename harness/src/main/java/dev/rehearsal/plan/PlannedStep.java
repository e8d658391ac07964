package dev.rehearsal.plan;

import java.util.Optional;

/**
 * One step of a plan.
 *
 * @param why a sentence for the reader of the plan
 * @param sql statements, each with its semicolon
 * @param alone whether each statement commits by itself
 * @param patient whether it may wait as long as it takes: nobody waits behind it, and an index that is given up halfway is left invalid
 * @param batches what the SQL does in batches; empty if it does nothing of the kind
 */
public record PlannedStep(
        String name, String why, String sql, boolean alone, boolean patient, Optional<BatchedWork> batches) {
    static PlannedStep together(String name, String why, String sql) {
        return new PlannedStep(name, why, sql, false, false, Optional.empty());
    }

    static PlannedStep alone(String name, String why, String sql) {
        return new PlannedStep(name, why, sql, true, false, Optional.empty());
    }

    /** Of statements that work concurrently. */
    static PlannedStep patient(String name, String why, String sql) {
        return new PlannedStep(name, why, sql, true, true, Optional.empty());
    }

    static PlannedStep batched(String name, String why, BatchedWork batches) {
        return new PlannedStep(name, why, batches.sql(BatchedWork.ROWS), true, false, Optional.of(batches));
    }

    /** The same with so many rows in a batch. */
    PlannedStep inBatchesOf(int rows) {
        return batches.map(work -> new PlannedStep(name, why, work.sql(rows), alone, patient, batches))
                .orElse(this);
    }

    /** The same by another name. */
    PlannedStep named(String other) {
        return new PlannedStep(other, why, sql, alone, patient, batches);
    }
}
