package dev.rehearsal.environment;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What starting an environment over a clone is in every runtime: what is ended with it, in which order, and its server's settings. */
final class EnvironmentStart {
    private static final long MEGABYTE = 1 << 20;
    private static final long SHARED_BUFFERS_AT_MOST = 1024 * MEGABYTE;

    /** For whoever looks on, and for PostgreSQL's own reserve. */
    private static final int SPARE_CONNECTIONS = 30;

    private EnvironmentStart() {}

    /**
     * What is to be started.
     *
     * @param settings of every server
     * @param runDirectory gets their logs
     */
    record Wish(EnvironmentSpec spec, PostgresVersion version, Map<String, String> settings, Path runDirectory) {}

    static Environment over(
            Wish wish,
            Path clonedDataDirectory,
            StartedEnvironment.RuntimeFacts runtime,
            ServersStart.OneServer servers,
            FaultProxies.Start proxies,
            Front.Start front)
            throws EnvironmentException {
        Path data = clonedDataDirectory.toAbsolutePath();
        CompletableFuture<RunEvent.HostFacts> host = CompletableFuture.supplyAsync(HostInspector::facts);
        StartedThings started = new StartedThings();
        boolean complete = false;
        try {
            ServerLog.clear(data);
            started.add(
                    "the server's log",
                    () -> ServerLog.writeText(data, wish.version, wish.runDirectory.resolve("server.log")));
            ServersStart.Started up = new ServersStart(
                            wish.spec.replication(), wish.settings, wish.runDirectory, started, servers)
                    .start(data, proxies);
            Front before = front.of(
                    new Front.Behind(up.topology().primary().server(Snapshot.DATABASE), up.proxies(), up.application()),
                    started);
            complete = true;
            return new StartedEnvironment(runtime, up, before, started, host);
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

    /**
     * @param connectionsNeeded of the application, all pools full
     * @param memoryBytes that the servers may use together
     */
    static Map<String, String> settings(
            EnvironmentSpec spec,
            PostgresVersion version,
            Map<String, String> instrumentSettings,
            int connectionsNeeded,
            long memoryBytes) {
        return ServerSettings.merged(
                defaults(
                        sessions(spec, connectionsNeeded),
                        memoryBytes / (1 + spec.replication().replicas())),
                spec.settings(),
                instrumentSettings,
                ServerLog.settings(version));
    }

    /** Whoever connects through a pooler as another user has a pool of its own there. */
    private static int sessions(EnvironmentSpec spec, int connectionsNeeded) {
        return connectionsNeeded
                + 2
                        * spec.pooler()
                                .map(wanted -> wanted.connections(connectionsNeeded))
                                .orElse(0);
    }

    /** What a server of this size would have in production, where PostgreSQL's own defaults are for a machine of 1990. */
    private static Map<String, String> defaults(int connectionsNeeded, long memoryBytes) {
        long buffers = Math.min(memoryBytes / 4, SHARED_BUFFERS_AT_MOST);
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
