package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.List;

/**
 * The proposed change and the way back.
 *
 * @param timeLimit of all steps together, and again of the rollback; after it the running statement is cancelled and the migration has failed
 * @param baseline what is in production already, applied to the dataset when that is built
 * @param rollbackDerived whether the way back is what the migrations' sources say, and not the scenario file
 */
public record MigrationPlan(
        Duration timeLimit, List<Step> baseline, List<Step> steps, List<Step> rollback, boolean rollbackDerived) {
    public MigrationPlan {
        baseline = List.copyOf(baseline);
        steps = List.copyOf(steps);
        rollback = List.copyOf(rollback);
    }

    /** One over the dataset as it is, whose way back the scenario file says. */
    public MigrationPlan(Duration timeLimit, List<Step> steps, List<Step> rollback) {
        this(timeLimit, List.of(), steps, rollback, false);
    }
}
