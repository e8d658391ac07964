package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.drill.DrillServers;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.ServerRuntime;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Servers over further clones of the run's snapshot, for drills.
 *
 * @param scenario of whose environment each drill says how many replicas it needs; what a pooler does is seen in the timeline, so that drills go without
 * @param runDirectory gets each server's log, in {@code drills}
 */
record FreshServers(Snapshot snapshot, Workspace workspace, ServerRuntime runtime, Scenario scenario, Path runDirectory)
        implements DrillServers {

    @Override
    public Fresh start(String name, int replicas, int database) throws EnvironmentException, InterruptedException {
        Path logs = runDirectory.resolve("drills").resolve(name);
        try {
            Files.createDirectories(logs);
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot make " + logs + ": " + e, "make room on its disk, or give another place: --out DIR", e);
        }
        Cloner.Clone clone = workspace.clone(snapshot, name);
        Runnable deletion = () -> workspace.delete(clone);
        boolean started = false;
        try {
            Environment environment = runtime.start(
                    scenario.environment().withReplicas(replicas).behind(Optional.empty()),
                    clone.directory(),
                    RunFacts.settings(scenario, database),
                    RunFacts.connections(scenario),
                    logs);
            started = true;
            return new Fresh(environment, deletion);
        } finally {
            if (!started) {
                deletion.run();
            }
        }
    }
}
