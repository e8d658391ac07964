package dev.rehearsal.drill;

import dev.rehearsal.scenario.Drill;
import dev.rehearsal.scenario.Scenario;
import java.util.stream.Collectors;

/** How much a scenario's drills are, as far as that can be said beforehand: how often each runs the migration. */
final class DrillCost {
    private DrillCost() {}

    /** Such as {@code drills at the end: rerun, rollback; on fresh clones, they run the migration about 4 times more …}. */
    static String told(Scenario scenario) {
        int times = scenario.drills().stream()
                .mapToInt(drill -> migrations(drill, scenario))
                .sum();
        return "drills at the end: "
                + scenario.drills().stream().map(Drill::word).collect(Collectors.joining(", "))
                + "; on fresh clones, they run the migration about " + times + (times == 1 ? " time" : " times")
                + " more (--no-drills leaves them out)";
    }

    private static int migrations(Drill drill, Scenario scenario) {
        return switch (drill) {
            case RERUN, ROLLBACK -> 2;
            // Twice undisturbed; then, before each step, in it, and after the last, as far as it comes and once more.
            case CRASH, FAILOVER -> 2 + 4 * scenario.migration().steps().size();
            case COMPATIBILITY -> 1;
            // On each, and again where it failed.
            case DRIFT ->
                scenario.databases().map(databases -> databases.count() + 1).orElse(0);
        };
    }
}
