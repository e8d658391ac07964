package dev.rehearsal.environment;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.Synchrony;
import dev.rehearsal.scenario.ServerNames;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The servers of an environment by name, who of them is the primary, and how that changes. Safe for use by several threads; one failover at a
 * time.
 */
final class Topology {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long STEP_MILLIS = 5;

    private final StartedServer first;
    private final Map<String, StartedServer> replicas;
    private final Synchrony synchrony;
    private final FaultProxies proxies;
    private volatile Optional<String> promoted = Optional.empty();
    private volatile Optional<Path> retired = Optional.empty();

    /** @param replicas by name, in order */
    Topology(StartedServer first, Map<String, StartedServer> replicas, Synchrony synchrony, FaultProxies proxies) {
        this.first = first;
        this.replicas = Collections.unmodifiableMap(new LinkedHashMap<>(replicas));
        this.synchrony = synchrony;
        this.proxies = proxies;
    }

    /** Whoever is it now. */
    StartedServer primary() {
        return promoted.map(this::replica).orElse(first);
    }

    /** A promoted one is still called as it was. */
    StartedServer of(String name) {
        return name.equals(ServerNames.PRIMARY) ? primary() : replica(name);
    }

    private StartedServer replica(String name) {
        return Optional.ofNullable(replicas.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no server is called " + name));
    }

    /** By name, in order, without one that was promoted. */
    Map<String, StartedServer> replicas() {
        Map<String, StartedServer> following = new LinkedHashMap<>(replicas);
        promoted.ifPresent(following::remove);
        return following;
    }

    Optional<Path> retired() {
        return retired;
    }

    /** How many replicas there were at the start. */
    int replicaCount() {
        return replicas.size();
    }

    List<String> troubles() {
        List<String> troubles = new ArrayList<>(first.troubles());
        replicas.values().forEach(replica -> troubles.addAll(replica.troubles()));
        return troubles;
    }

    /**
     * See {@link Environment#failOver}. The proxies are closed before their server ends: one that goes on calling a dead container does not hear of
     * its new way for many seconds.
     */
    synchronized Duration failOver(String replica, boolean planned) throws EnvironmentException {
        StartedServer old = primary();
        StartedServer next = replica(replica);
        long cutNanos = System.nanoTime();
        // Opened before, because everybody waits from the old primary's end on.
        try (Connection connection = DriverManager.getConnection(url(next));
                Statement statement = connection.createStatement()) {
            connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
            cutNanos = System.nanoTime();
            proxies.cut(ServerNames.PRIMARY);
            if (planned) {
                awaitAll(old, replica, statement);
            }
            for (String link : replicas().keySet()) {
                proxies.cut(ServerNames.link(link));
            }
            if (planned) {
                old.close();
            } else {
                old.kill();
            }
            promote(replica, statement);
        } catch (SQLException e) {
            throw new EnvironmentException(
                    replica + " could not be made the primary: " + e.getMessage(),
                    "See " + replica + ".log in the run's directory.",
                    e);
        }
        proxies.lead(ServerNames.PRIMARY, next);
        Duration without = Duration.ofNanos(System.nanoTime() - cutNanos);
        promoted = Optional.of(replica);
        retired = Optional.of(old.facts().dataDirectory());
        for (Map.Entry<String, StartedServer> other : replicas().entrySet()) {
            Slots.make(url(next), other.getKey());
            proxies.lead(ServerNames.link(other.getKey()), next);
        }
        if (synchrony != Synchrony.ASYNCHRONOUS && !replicas().isEmpty()) {
            waitFor(replicas().keySet().stream().toList(), next);
        }
        old.discard();
        return without;
    }

    /** Nobody reaches the primary any more: what it has written until now, the replica is to have. */
    private void awaitAll(StartedServer primary, String replica, Statement ofReplica)
            throws SQLException, EnvironmentException {
        long written;
        try (Connection connection = DriverManager.getConnection(url(primary));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select pg_wal_lsn_diff(pg_create_restore_point('failover'), '0/0')::bigint")) {
            row.next();
            written = row.getLong(1);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (replayed(ofReplica) < written) {
            if (System.nanoTime() - deadline > 0) {
                proxies.lead(ServerNames.PRIMARY, primary);
                throw new EnvironmentException(
                        replica + " did not get what the primary had written within " + PATIENCE.toSeconds()
                                + " s; the primary goes on",
                        "Let no fault hold their link when a failover is planned.");
            }
            pause();
        }
    }

    private static long replayed(Statement ofReplica) throws SQLException {
        try (ResultSet row =
                ofReplica.executeQuery("select pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void promote(String replica, Statement statement) throws SQLException, EnvironmentException {
        statement.execute("select pg_promote(false)");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean recovering = true;
        while (recovering) {
            try (ResultSet row = statement.executeQuery("select pg_is_in_recovery()")) {
                row.next();
                recovering = row.getBoolean(1);
            }
            if (recovering && System.nanoTime() - deadline > 0) {
                throw new EnvironmentException(
                        replica + " did not become a primary within " + PATIENCE.toSeconds() + " s",
                        "See " + replica + ".log in the run's directory.");
            }
            if (recovering) {
                pause();
            }
        }
    }

    private static void pause() throws EnvironmentException {
        try {
            TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while a replica was promoted", "Start again.", e);
        }
    }

    /** A replica that was promoted has nobody to wait for, until it is told whom. */
    private static void waitFor(List<String> names, StartedServer primary) throws EnvironmentException {
        try (Connection connection = DriverManager.getConnection(url(primary));
                Statement statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = local");
            statement.execute(
                    "alter system set synchronous_standby_names = '" + ReplicationSettings.first(names) + "'");
            statement.execute("select pg_reload_conf()");
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the new primary cannot be told to wait for replicas: " + e.getMessage(),
                    "See its log in the run's directory.",
                    e);
        }
    }

    static String url(StartedServer server) {
        return server.server(Snapshot.DATABASE).jdbcUrl(ApplicationNames.OBSERVER) + "&connectTimeout=10";
    }
}
