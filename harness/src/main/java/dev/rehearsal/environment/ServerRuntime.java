package dev.rehearsal.environment;

import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.nio.file.Path;
import java.util.Map;

/** Where servers run. To be closed after the environments that it has started. */
public sealed interface ServerRuntime extends AutoCloseable permits LocalRuntime, ContainerRuntime {
    /** For building datasets. */
    ServerLauncher servers();

    /**
     * Starts a server over a clone, and the fault proxy in front of it.
     *
     * @param clonedDataDirectory the caller's to delete once the environment is closed
     * @param instrumentSettings what the instruments need; they win over the scenario's
     * @param connectionsNeeded by the application, the migration and the instruments together
     * @param runDirectory gets {@code server.log} when the environment is closed
     */
    Environment start(
            EnvironmentSpec spec,
            Path clonedDataDirectory,
            Map<String, String> instrumentSettings,
            int connectionsNeeded,
            Path runDirectory)
            throws EnvironmentException;

    @Override
    void close() throws EnvironmentException;
}
