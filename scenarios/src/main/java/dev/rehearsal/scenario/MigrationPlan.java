package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.List;

/**
 * The proposed change and the way back.
 *
 * @param timeLimit of all steps together, and again of the rollback; after it the running statement is cancelled and the migration has failed
 */
public record MigrationPlan(Duration timeLimit, List<Step> steps, List<Step> rollback) {
    public MigrationPlan {
        steps = List.copyOf(steps);
        rollback = List.copyOf(rollback);
    }
}
