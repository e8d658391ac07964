package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.drill.DrillServers;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.ServerRuntime;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Servers over further clones of the run's snapshot, for drills.
 *
 * @param spec of which each drill says how many replicas it needs; what a pooler does is seen in the timeline, so that drills go without
 * @param connections that a drill's own sessions need
 * @param runDirectory gets each server's log, in {@code drills}
 */
record FreshServers(
        Snapshot snapshot,
        Workspace workspace,
        ServerRuntime runtime,
        EnvironmentSpec spec,
        int connections,
        Path runDirectory)
        implements DrillServers {

    @Override
    public Fresh start(String name, int replicas) throws EnvironmentException, InterruptedException {
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
                    spec.withReplicas(replicas).behind(Optional.empty()),
                    clone.directory(),
                    Instruments.serverSettings(),
                    connections,
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
