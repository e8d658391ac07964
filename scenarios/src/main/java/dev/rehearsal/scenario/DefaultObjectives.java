package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is judged when the scenario does not say: what most teams would not accept in production. */
final class DefaultObjectives {
    private DefaultObjectives() {}

    /**
     * @param location of the scenario's first key
     * @param canLoseWrites whether the scenario has a fault that can
     */
    static List<Objective> at(SourceLocation location, boolean hasRollback, boolean canLoseWrites) {
        List<Objective> objectives = new ArrayList<>();
        objectives.add(new Objective.Latency(
                location,
                Optional.empty(),
                Optional.empty(),
                99,
                Stage.MIGRATION,
                Optional.of(Duration.ofMillis(250)),
                Optional.empty()));
        objectives.add(new Objective.Errors(location, Optional.empty(), Optional.empty(), Stage.MIGRATION, 0.001));
        objectives.add(new Objective.LockHold(
                location, Optional.of("AccessExclusive"), Optional.empty(), Duration.ofMillis(100)));
        objectives.add(new Objective.LockWait(location, Objective.Victims.APPLICATION, Duration.ofMillis(500)));
        objectives.add(new Objective.MigrationTime(location, Duration.ofMinutes(10)));
        objectives.add(new Objective.Rewrites(location));
        if (canLoseWrites) {
            objectives.add(new Objective.LostWrites(location, 0));
        }
        if (hasRollback) {
            objectives.add(new Objective.Rollback(location, true, Optional.of(Duration.ofSeconds(30))));
        }
        return objectives;
    }
}
