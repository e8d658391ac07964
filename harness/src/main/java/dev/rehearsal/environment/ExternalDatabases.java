package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The databases that one run makes on a server that is not ours, and what tells whose they are.
 *
 * <pre>
 *   rehearsal_0f8c21aa93d4e7b0_data     the dataset, never connected to once it is built
 *   rehearsal_0f8c21aa93d4e7b0_1_run    a copy of it
 *             ^ the lease: also in each database's comment, for people, and the name of a session that lives as long as the run
 * </pre>
 *
 * A run that is killed loses that session at once. The next run of the same role looks for databases of such a name, with a genuine lease, whose session
 * is not there, and drops them: those, and nothing else. It looks for longer than a run that lives takes to open its session again.
 */
final class ExternalDatabases implements AutoCloseable {
    /** Of the session; the lease follows. */
    static final String SESSION = "harness-lease-";

    private static final Pattern NAME = Pattern.compile("rehearsal_(" + Lease.FORM + ")_[a-z0-9_]+");
    private static final String COMMENT = "rehearsal harness, lease ";
    private static final String BUILT = "data";
    private static final String OBJECT_IN_USE = "55006";
    private static final String NOT_ALLOWED = "42501";
    private static final long PING_SECONDS = 2;
    private static final int LOOKS = 4;

    private final ExternalAddress address;
    private final String maintenance;
    private String original = "";
    private final String lease = Lease.drawn();
    private final Thread keeper = Thread.ofPlatform().name("lease").daemon().unstarted(this::keep);
    private Connection session;
    private int made;

    private ExternalDatabases(ExternalAddress address, String maintenance, Connection session) {
        this.address = address;
        this.maintenance = maintenance;
        this.session = session;
    }

    /** @param maintenance a database that is there, from which others are made */
    static ExternalDatabases leased(ExternalAddress address, String maintenance) throws SQLException {
        ExternalDatabases databases =
                new ExternalDatabases(address, maintenance, address.connect(maintenance, "harness-lease"));
        databases.name(databases.session);
        databases.keeper.start();
        return databases;
    }

    private void name(Connection connection) throws SQLException {
        connection.setClientInfo("ApplicationName", SESSION + lease);
    }

    /** A session that is lost while the run lives is opened again, before anybody misses it. */
    private void keep() {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(PING_SECONDS);
                try (Statement statement = session.createStatement()) {
                    statement.execute("select 1");
                } catch (SQLException e) {
                    reopen();
                }
            }
        } catch (InterruptedException e) {
            // close() is the only one who interrupts this thread.
        }
    }

    private void reopen() {
        try {
            session.close();
            session = address.connect(maintenance, SESSION + lease);
        } catch (SQLException e) {
            // Again at the next ping; a server that is away sweeps nothing.
        }
    }

    /** An empty database for the dataset. */
    String makeEmpty() throws EnvironmentException {
        original = database(BUILT);
        // Not of template1, in which somebody may have put something.
        return make(BUILT, "template0");
    }

    /** Copies are to be made of a database that is there, and that nobody may be connected to meanwhile. */
    void copyFrom(String database) {
        original = database;
    }

    /** A copy of the dataset's database. */
    String makeCopy(String name) throws EnvironmentException {
        made++;
        String word = name.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
        return make(made + "_" + word.substring(0, Math.min(30, word.length())), original);
    }

    /** A database to ask from. */
    String maintenance() {
        return maintenance;
    }

    private String database(String suffix) {
        return "rehearsal_" + lease + "_" + suffix;
    }

    private String make(String suffix, String template) throws EnvironmentException {
        String name = database(suffix);
        try (Connection connection = address.connect(maintenance, "harness-observer");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " template \"" + template.replace("\"", "\"\"") + "\"");
            statement.execute("comment on database " + name + " is '" + COMMENT + lease + "'");
            return name;
        } catch (SQLException e) {
            if (OBJECT_IN_USE.equals(e.getSQLState())) {
                throw new EnvironmentException(
                        "the database " + template + " on " + address.upstream()
                                + " cannot be copied while others are connected to it: " + e.getMessage(),
                        "End their sessions for as long as a copy takes, or make a database of it that nobody uses, and name that in environment.url.",
                        e);
            }
            if (NOT_ALLOWED.equals(e.getSQLState()) && template.equals(original)) {
                throw new EnvironmentException(
                        "the database " + template + " on " + address.upstream() + " cannot be copied by the role "
                                + address.credentials().user() + ": " + e.getMessage(),
                        "It has to be that role's, or a template. Have somebody run: alter database \"" + template
                                + "\" is_template true. Its tables keep their owner in the copy, and the migration needs their rights.",
                        e);
            }
            throw new EnvironmentException(
                    "the database " + name + " cannot be made on " + address.upstream() + ": " + e.getMessage(),
                    "The role " + address.credentials().user()
                            + " needs CREATEDB; the server needs room for as many copies of the dataset as run at a time, and one.",
                    e);
        }
    }

    void drop(String name) throws SQLException {
        try (Connection connection = address.connect(maintenance, "harness-observer")) {
            drop(connection, name);
        }
    }

    private static void drop(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists " + name + " with (force)");
        }
    }

    /**
     * Drops what runs of this role that were killed have left.
     *
     * @return what was dropped, a sentence each
     */
    List<String> sweep() throws SQLException, InterruptedException {
        List<String> done = new ArrayList<>();
        try (Connection connection = address.connect(maintenance, "harness-observer")) {
            Map<String, Set<String>> left = left(connection);
            left.remove(lease);
            for (int look = 0; look < LOOKS && !left.isEmpty(); look++) {
                left.keySet().removeAll(alive(connection));
                if (!left.isEmpty()) {
                    TimeUnit.SECONDS.sleep(PING_SECONDS);
                }
            }
            for (String name : left.values().stream().flatMap(Set::stream).toList()) {
                drop(connection, name);
                done.add("dropped the database " + name + " on " + address.upstream()
                        + ", left by a harness that was killed");
            }
        }
        return done;
    }

    /** By lease. */
    private static Map<String, Set<String>> left(Connection connection) throws SQLException {
        Map<String, Set<String>> named = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select d.datname from pg_catalog.pg_database d
                        where d.datdba = (select oid from pg_catalog.pg_roles where rolname = current_user)""")) {
            while (rows.next()) {
                Matcher name = NAME.matcher(rows.getString(1));
                if (name.matches() && Lease.isGenuine(name.group(1))) {
                    named.computeIfAbsent(name.group(1), lease -> new TreeSet<>())
                            .add(rows.getString(1));
                }
            }
        }
        return named;
    }

    /** Leases whose session is there; every role may see the names of all sessions. */
    private static List<String> alive(Connection connection) throws SQLException {
        List<String> leases = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "select application_name from pg_catalog.pg_stat_activity where starts_with(application_name, ?)")) {
            query.setString(1, SESSION);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    leases.add(rows.getString(1).substring(SESSION.length()));
                }
            }
        }
        return leases;
    }

    /** Drops all that was made. */
    @Override
    public void close() throws EnvironmentException {
        keeper.interrupt();
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Connection lastly = session;
                Connection connection = address.connect(maintenance, "harness-observer")) {
            for (String name : left(connection).getOrDefault(lease, Set.of())) {
                drop(connection, name);
            }
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the databases rehearsal_" + lease + "_… on " + address.upstream() + " cannot be dropped: "
                            + e.getMessage(),
                    "The next rehearsal there drops them; or drop them yourself.",
                    e);
        }
    }
}
