package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The proposed change and the way back.
 *
 * @param timeLimit of all steps together, and again of the rollback; after it the running statement is cancelled and the migration has failed
 * @param baseline what is in production already, applied to the dataset when that is built
 * @param rollbackDerived whether the way back is what the migrations' sources say, and not the scenario file
 * @param noWayBack what the migrations lack that say nothing of one, where the scenario file says nothing either
 */
public record MigrationPlan(
        Duration timeLimit,
        List<Step> baseline,
        List<Step> steps,
        List<Step> rollback,
        boolean rollbackDerived,
        List<String> noWayBack) {
    public MigrationPlan {
        baseline = List.copyOf(baseline);
        steps = List.copyOf(steps);
        rollback = List.copyOf(rollback);
        noWayBack = List.copyOf(noWayBack);
    }

    /** One of which nothing is missing. */
    public MigrationPlan(
            Duration timeLimit, List<Step> baseline, List<Step> steps, List<Step> rollback, boolean rollbackDerived) {
        this(timeLimit, baseline, steps, rollback, rollbackDerived, List.of());
    }

    /** One over the dataset as it is, whose way back the scenario file says. */
    public MigrationPlan(Duration timeLimit, List<Step> steps, List<Step> rollback) {
        this(timeLimit, List.of(), steps, rollback, false);
    }

    /**
     * Names of the steps of the way back that have nothing to take back where the migration ended early: what they undo was not begun, or has failed and
     * left nothing.
     *
     * @param failed name of the step at which the migration ended
     */
    public Set<String> nothingToTakeBack(String failed) {
        List<String> names = steps.stream().map(Step::name).toList();
        int end = names.indexOf(failed);
        if (end < 0) {
            return Set.of();
        }
        int applied = steps.get(end).leavesNothingWhereItFails() ? end : end + 1;
        return rollback.stream()
                .filter(step -> step.undoes()
                        .filter(undone -> names.indexOf(undone) >= applied)
                        .isPresent())
                .map(Step::name)
                .collect(Collectors.toUnmodifiableSet());
    }
}
