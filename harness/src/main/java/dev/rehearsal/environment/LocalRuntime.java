package dev.rehearsal.environment;

import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Environments of PostgreSQL's own programs on this machine. */
public final class LocalRuntime implements ServerRuntime {
    private final LocalServers servers;
    private final LocalFaultProxy faultProxy;
    private final String reason;

    /** @param reason why this runtime: a sentence */
    public LocalRuntime(LocalServers servers, LocalFaultProxy faultProxy, String reason) {
        this.servers = servers;
        this.faultProxy = faultProxy;
        this.reason = reason;
    }

    @Override
    public ServerLauncher servers() {
        return servers;
    }

    @Override
    public Environment start(
            EnvironmentSpec spec,
            Path clonedDataDirectory,
            Map<String, String> instrumentSettings,
            int connectionsNeeded,
            Path runDirectory)
            throws EnvironmentException {
        Optional<PoolerProgram> pooler = spec.pooler().isPresent()
                ? Optional.of(PgBouncerProgram.find(
                        spec.pooler().get(),
                        spec.binaries(),
                        Optional.ofNullable(System.getenv("PATH")).orElse(""),
                        servers.privileges(),
                        servers.registry()))
                : Optional.empty();
        if (pooler.isPresent()) {
            NewCluster.takeSecretsAlone(clonedDataDirectory);
        }
        return EnvironmentStart.over(
                new EnvironmentStart.Wish(
                        spec,
                        servers.majorVersion(),
                        EnvironmentStart.settings(
                                spec,
                                servers.majorVersion(),
                                instrumentSettings,
                                connectionsNeeded,
                                HostInspector.memoryBytes()),
                        runDirectory),
                clonedDataDirectory,
                new StartedEnvironment.RuntimeFacts("local", reason, servers.serverVersion(), Optional.empty()),
                (name, data, settings) -> servers.start(data, settings),
                started -> LocalFaultProxy.start(faultProxy, started, servers.registry()),
                Front.of(spec.pooler(), pooler, connectionsNeeded));
    }

    /** Nothing is shared by its environments. */
    @Override
    public void close() {}
}
