package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import dev.rehearsal.scenario.ServerNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The replicas that a scenario names of a server that is not ours: seen to be what they are said to be, before anything is made there, and awaited when a
 * database was made.
 *
 * @param primary that they are said to follow
 * @param maintenance a database that is there
 * @param lagRefusal why nobody can say how far they are behind; empty: that can be asked
 */
record ExternalReplicas(
        ExternalAddress primary, String maintenance, List<Replica> replicas, Optional<String> lagRefusal) {
    /** Without getting any further, it follows another server, or none. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long STEP_MILLIS = 50;
    private static final String IDENTIFIER = "select system_identifier from pg_control_system()";
    private static final String WRITTEN = "select pg_current_wal_lsn()";
    private static final String REPLAYED = "select pg_last_wal_replay_lsn()";

    ExternalReplicas {
        replicas = List.copyOf(replicas);
    }

    /**
     * One of them.
     *
     * @param name {@code replica-1} and so on
     * @param key of the scenario
     */
    record Replica(String name, String key, ExternalAddress address) {}

    /** How a replica is reached. */
    @FunctionalInterface
    interface Reach {
        ExternalAddress address(ExternalSpec server) throws EnvironmentException;
    }

    /**
     * Asks each of them.
     *
     * @param toPrimary a session on the server that they are said to follow
     * @param forbidden names of hosts and databases that are production's
     * @param connections of the application
     * @throws EnvironmentException if one cannot be reached, looks like production, takes writes, or is another cluster's
     */
    static ExternalReplicas checked(
            ExternalSpec primary, Connection toPrimary, Reach reach, List<String> forbidden, int connections)
            throws EnvironmentException {
        List<Replica> replicas = new ArrayList<>();
        Optional<String> identifier = identifier(toPrimary);
        Optional<String> lagRefusal = primary.replicas().isEmpty() ? Optional.empty() : refusal(toPrimary, WRITTEN);
        for (int i = 0; i < primary.replicas().size(); i++) {
            String key = "environment.replicas[" + i + "]";
            ExternalSpec server = primary.at(primary.replicas().get(i));
            ExternalAddress address = reach.address(server);
            try (Connection connection = address.connect(primary.database(), "harness-observer")) {
                ExternalRights rights = ExternalRights.asked(connection);
                rights.refuseProduction(key, server, forbidden);
                if (!rights.inRecovery()) {
                    throw new EnvironmentException(
                            key + ": the server at " + server.address() + " is no replica: it takes writes",
                            "Name a server that follows the one at " + primary.address() + ".");
                }
                Optional<String> other = identifier(connection);
                if (identifier.isPresent() && other.isPresent() && !other.equals(identifier)) {
                    throw new EnvironmentException(
                            key + ": the server at " + server.address() + " is a replica, but not of the server at "
                                    + primary.address() + ": its system identifier is " + other.get()
                                    + ", and that one's "
                                    + identifier.get(),
                            "Name a server that follows the one at " + primary.address() + ".");
                }
                rights.requireConnections(server, connections, ExternalRights.SMALLER_POOLS);
                lagRefusal = lagRefusal.isPresent() ? lagRefusal : refusal(connection, REPLAYED);
            } catch (SQLException e) {
                throw NotTaken.of(key, server, address.credentials(), primary.database(), e);
            }
            replicas.add(new Replica(ServerNames.replica(i + 1), key, address));
        }
        return new ExternalReplicas(reach.address(primary), primary.database(), replicas, lagRefusal);
    }

    /** Of the cluster; empty if the role may not ask. */
    static Optional<String> identifier(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(IDENTIFIER)) {
            row.next();
            return Optional.of(row.getString(1));
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> refusal(Connection connection, String question) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getString(1) == null
                    ? Optional.of("A replica has nothing from its primary's write-ahead log yet.")
                    : Optional.empty();
        } catch (SQLException e) {
            return Optional.of("The server does not say it to this role: " + e.getMessage() + ".");
        }
    }

    /**
     * Returns when all of them have a database.
     *
     * @throws EnvironmentException if one has it not: though it has all that was written before now, or gets no further
     */
    void await(String database) throws EnvironmentException {
        if (replicas.isEmpty()) {
            return;
        }
        Optional<String> position = lagRefusal.isPresent() ? Optional.empty() : written();
        for (Replica replica : replicas) {
            try (Connection connection = replica.address.connect(maintenance, "harness-observer")) {
                await(database, position, replica, connection);
            } catch (SQLException e) {
                throw new EnvironmentException(
                        replica.key + ": the replica at " + replica.address.upstream() + " is lost: " + e.getMessage(),
                        "See whether it still answers.",
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EnvironmentException("interrupted while a replica was waited for", "Start again.", e);
            }
        }
    }

    private Optional<String> written() throws EnvironmentException {
        try (Connection connection = primary.connect(maintenance, "harness-observer")) {
            return Optional.of(text(connection, WRITTEN));
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the server at environment.url is lost: " + e.getMessage(), "See whether it still answers.", e);
        }
    }

    private static void await(String database, Optional<String> position, Replica replica, Connection connection)
            throws SQLException, EnvironmentException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String last = "";
        while (!has(connection, database)) {
            if (position.isPresent()) {
                String replayed = text(connection, REPLAYED);
                deadline = replayed.equals(last) ? deadline : System.nanoTime() + PATIENCE.toNanos();
                last = replayed;
                if (reached(connection, position.get()) && !has(connection, database)) {
                    throw lacking(
                            replica,
                            " has all that the server at environment.url had written, but not the database "
                                    + database);
                }
            }
            if (System.nanoTime() - deadline > 0) {
                throw lacking(
                        replica,
                        " has not got the database " + database + ", and for " + PATIENCE.toSeconds()
                                + " s nothing else either");
            }
            TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
        }
    }

    private static EnvironmentException lacking(Replica replica, String what) {
        return new EnvironmentException(
                replica.key + ": the replica at " + replica.address.upstream() + what,
                "Name a server that follows the one at environment.url.");
    }

    private static boolean reached(Connection connection, String position) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select pg_last_wal_replay_lsn() >= ?::pg_lsn")) {
            query.setString(1, position);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static String text(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private static boolean has(Connection connection, String database) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("select exists (select from pg_catalog.pg_database where datname = ?)")) {
            query.setString(1, database);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
