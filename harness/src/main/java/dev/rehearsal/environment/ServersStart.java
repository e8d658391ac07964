package dev.rehearsal.environment;

import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.Replication;
import dev.rehearsal.scenario.EnvironmentSpec.Synchrony;
import dev.rehearsal.scenario.ServerNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts a primary, its replicas, and the fault proxies in front of them and between them.
 *
 * <pre>
 *   data             the primary's
 *   data-replica-1   beside it: a clone of it, made while it stood still
 * </pre>
 */
final class ServersStart {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long STEP_MILLIS = 10;

    private final Replication replication;
    private final Map<String, String> settings;
    private final Path runDirectory;
    private final StartedThings started;
    private final OneServer servers;

    /** Starts one server over a data directory. */
    @FunctionalInterface
    interface OneServer {
        /** @param name as the scenario calls it */
        StartedServer start(String name, Path data, Map<String, String> settings) throws EnvironmentException;
    }

    /** All that is up. */
    record Started(
            Topology topology,
            FaultProxies proxies,
            FaultProxies.Entrance application,
            List<FaultProxies.Entrance> reads) {
        Started {
            reads = List.copyOf(reads);
        }
    }

    /**
     * @param settings of every server
     * @param started is told how to end each
     */
    ServersStart(
            Replication replication,
            Map<String, String> settings,
            Path runDirectory,
            StartedThings started,
            OneServer servers) {
        this.replication = replication;
        this.settings = settings;
        this.runDirectory = runDirectory;
        this.started = started;
        this.servers = servers;
    }

    Started start(Path data, FaultProxies.Start proxiesStart) throws EnvironmentException, IOException {
        Map<String, Path> clones = clones(data);
        StartedServer primary = servers.start(
                ServerNames.PRIMARY, data, ServerSettings.merged(settings, ReplicationSettings.ofPrimary(replication)));
        started.add("the server", primary::discard);
        FaultProxies proxies = proxiesStart.start(started);
        FaultProxies.Entrance application = proxies.add(ServerNames.PRIMARY, primary);
        Map<String, StartedServer> replicas = new LinkedHashMap<>();
        List<FaultProxies.Entrance> reads = new ArrayList<>();
        for (Map.Entry<String, Path> clone : clones.entrySet()) {
            StartedServer replica = replica(clone.getKey(), clone.getValue(), primary, proxies);
            replicas.put(clone.getKey(), replica);
            reads.add(proxies.add(clone.getKey(), replica));
        }
        awaitStreaming(primary);
        return new Started(
                new Topology(primary, replicas, replication.synchrony(), proxies), proxies, application, reads);
    }

    private StartedServer replica(String name, Path data, StartedServer primary, FaultProxies proxies)
            throws EnvironmentException, IOException {
        Slots.make(Topology.url(primary), name);
        FaultProxies.Entrance link = proxies.addLink(ServerNames.link(name), primary);
        Files.createFile(data.resolve("standby.signal"));
        StartedServer replica = servers.start(
                name,
                data,
                ServerSettings.merged(
                        settings,
                        ReplicationSettings.ofReplica(
                                name, link, primary.facts().password(), replication)));
        started.add(name, replica::discard);
        return replica;
    }

    /**
     * Clones are made once the primary has been up and down with its settings: the server that built the data wrote a log that no replica can
     * follow, and says so in the data.
     */
    private Map<String, Path> clones(Path data) throws EnvironmentException, IOException {
        Map<String, Path> clones = new LinkedHashMap<>();
        if (replication.replicas() == 0) {
            return clones;
        }
        StartedServer once = servers.start(ServerNames.PRIMARY, data, settings);
        boolean clean = false;
        try {
            once.close();
            clean = true;
        } finally {
            if (!clean) {
                once.discard();
            }
        }
        ServerLog.clear(data);
        for (String name : replication.names()) {
            clones.put(name, clone(name, data, once));
        }
        return clones;
    }

    private Path clone(String name, Path data, StartedServer once) throws EnvironmentException {
        Path target = data.resolveSibling(data.getFileName() + "-" + name);
        try {
            Cloner.between(data, data.getParent()).copy(data, target);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while data was cloned for " + name, "Start again.", e);
        }
        started.add(
                "the log of " + name,
                () -> ServerLog.writeText(target, once.facts().version(), runDirectory.resolve(name + ".log")));
        return target;
    }

    /** A commit that waits for a replica is not to wait for its start. */
    private void awaitStreaming(StartedServer primary) throws EnvironmentException {
        if (replication.replicas() == 0) {
            return;
        }
        String complete = "select count(*) = " + replication.replicas()
                + (replication.synchrony() == Synchrony.ASYNCHRONOUS
                        ? ""
                        : " and count(*) filter (where sync_state = 'sync') = 1")
                + " from pg_stat_replication where state = 'streaming'";
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Connection connection = DriverManager.getConnection(Topology.url(primary));
                Statement statement = connection.createStatement()) {
            while (!holds(statement, complete)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new EnvironmentException(
                            "not every replica follows the primary after " + PATIENCE.toSeconds() + " s",
                            "See the replicas' logs in the run's directory.");
                }
                TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
            }
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the primary does not tell of its replicas: " + e.getMessage(),
                    "See server.log in the run's directory.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while replicas started", "Start again.", e);
        }
    }

    private static boolean holds(Statement statement, String question) throws SQLException {
        try (ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
