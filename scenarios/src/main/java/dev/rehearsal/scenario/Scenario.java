package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.List;

/**
 * One rehearsal, complete and checked.
 *
 * @param file the scenario file it was read from, absolute
 * @param sources where each part of the file stands, so that a finding can point at it
 */
public record Scenario(
        String name,
        String description,
        long seed,
        EnvironmentSpec environment,
        DatasetSpec dataset,
        Workload workload,
        MigrationPlan migration,
        Timeline timeline,
        List<Fault> faults,
        List<Objective> objectives,
        Path file,
        Sources sources) {
    public Scenario {
        faults = List.copyOf(faults);
        objectives = List.copyOf(objectives);
    }
}
