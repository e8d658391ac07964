package dev.rehearsal.environment;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.proxy.FaultProxyServer;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Environments of PostgreSQL's own programs on this machine. */
public final class LocalRuntime {
    private static final long MEGABYTE = 1 << 20;
    private static final long SHARED_BUFFERS_AT_MOST = 1024 * MEGABYTE;
    private static final String PROXY = "primary";

    /** For whoever looks on, and for PostgreSQL's own reserve. */
    private static final int SPARE_CONNECTIONS = 30;

    private final LocalServers servers;

    public LocalRuntime(LocalServers servers) {
        this.servers = servers;
    }

    /**
     * Starts a server over a clone, and the fault proxy in front of it.
     *
     * @param clonedDataDirectory the caller's to delete once the environment is closed
     * @param instrumentSettings what the instruments need; they win over the scenario's
     * @param connectionsNeeded by the application, the migration and the instruments together
     * @param runDirectory gets {@code server.log} when the environment is closed
     */
    public Environment start(
            EnvironmentSpec spec,
            Path clonedDataDirectory,
            Map<String, String> instrumentSettings,
            int connectionsNeeded,
            Path runDirectory)
            throws EnvironmentException {
        Path data = clonedDataDirectory.toAbsolutePath();
        CompletableFuture<RunEvent.HostFacts> host = CompletableFuture.supplyAsync(HostInspector::facts);
        StartedThings started = new StartedThings();
        boolean complete = false;
        try {
            ServerLog.clear(data);
            started.add("the server's log", () -> ServerLog.writeText(data, runDirectory.resolve("server.log")));
            LocalServer server = servers.start(
                    data,
                    ServerSettings.merged(
                            defaults(connectionsNeeded), spec.settings(), instrumentSettings, ServerLog.SETTINGS));
            started.add("the server", server::discard);
            FaultProxyServer proxy = FaultProxyServer.start(0);
            started.add("the fault proxy", proxy::close);
            int port = proxy.add(PROXY, server.host() + ":" + server.port());
            LocalEnvironment environment = new LocalEnvironment(
                    spec, servers.serverVersion(), server, proxy, PROXY, port, Snapshot.DATABASE, started, host);
            complete = true;
            return environment;
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot start the environment over " + data + ": " + e,
                    "Check that the disk is not full and that the loopback interface is up.",
                    e);
        } finally {
            if (!complete) {
                started.close();
            }
        }
    }

    /** What a server of this size would have in production, where PostgreSQL's own defaults are for a machine of 1990. */
    private static Map<String, String> defaults(int connectionsNeeded) {
        long buffers = Math.min(HostInspector.memoryBytes() / 4, SHARED_BUFFERS_AT_MOST);
        return Map.of(
                "shared_buffers",
                buffers / MEGABYTE + "MB",
                "max_wal_size",
                "4GB",
                "max_connections",
                Integer.toString(connectionsNeeded + SPARE_CONNECTIONS),
                "track_io_timing",
                "on");
    }
}
