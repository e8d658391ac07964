package dev.rehearsal.scenario;

import java.util.List;
import java.util.stream.Stream;

/**
 * The drills of a scenario that lists none: every one that applies and takes no more than a few times the migration's own time, and whatever an objective
 * asks for.
 *
 * <pre>
 * rerun           always
 * rollback        where there are rollback steps
 * crash           only where an objective asks: it runs the migration about four times for every step, so that a migration of a minute
 *                 would be drilled for half an hour by somebody who asked for nothing
 * failover        likewise, where there is a replica
 * compatibility   where a service has versions
 * drift           where there are several databases, of which one fails some day
 * </pre>
 */
final class DefaultDrills {
    private DefaultDrills() {}

    /**
     * @param replicas of the primary
     * @param severalDatabases whether the scenario says that there are
     */
    static List<Drill> of(
            Workload workload,
            MigrationPlan migration,
            List<Objective> objectives,
            int replicas,
            boolean severalDatabases) {
        return Stream.of(Drill.values())
                .filter(drill -> applies(drill, workload, migration) || asked(drill, objectives))
                .filter(drill -> drill != Drill.FAILOVER || replicas > 0)
                .filter(drill -> drill != Drill.DRIFT || severalDatabases)
                .toList();
    }

    private static boolean applies(Drill drill, Workload workload, MigrationPlan migration) {
        return switch (drill) {
            case RERUN, DRIFT -> true;
            case ROLLBACK -> !migration.rollback().isEmpty();
            case CRASH, FAILOVER -> false;
            case COMPATIBILITY ->
                workload.services().stream()
                        .anyMatch(service -> !service.versions().isEmpty());
        };
    }

    private static boolean asked(Drill drill, List<Objective> objectives) {
        return objectives.stream()
                .anyMatch(objective ->
                        objective instanceof Objective.OfDrill of && of.drills().contains(drill));
    }
}
