package dev.rehearsal.migration;

import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.Step.SqlStatement;
import java.util.Optional;
import java.util.Set;

/** How all steps of one direction ended. {@code failure} is present unless {@code status} is {@code SUCCEEDED}. */
public record MigrationOutcome(Status status, Optional<Failure> failure, long startNanos, long endNanos) {
    /** Names of the steps of the plan's way back that have nothing to take back after this; none where that is not known. */
    public Set<String> nothingToTakeBack(MigrationPlan plan) {
        return failure.filter(ended -> status != Status.UNKNOWN)
                .map(ended -> plan.nothingToTakeBack(ended.step()))
                .orElse(Set.of());
    }

    /**
     * Where it stopped.
     *
     * @param step its name
     * @param statement empty when it was not a statement that failed, such as a connection that could not be had
     * @param sqlState empty when the server did not say one
     * @param message at most 1 KB
     */
    public record Failure(String step, Optional<SqlStatement> statement, Optional<String> sqlState, String message) {}
}
