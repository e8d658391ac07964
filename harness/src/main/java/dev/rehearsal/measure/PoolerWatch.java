package dev.rehearsal.measure;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.PoolerSampled;
import dev.rehearsal.run.RunEvent.SessionState;
import dev.rehearsal.run.RunEvent.SessionStateFound;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Watches a PgBouncer: asks it ten times a second how many clients wait for a connection to the server, and for how long, and, when nobody uses
 * them any more, the sessions themselves what was left in them. Safe for use by several threads.
 */
public final class PoolerWatch implements AutoCloseable {
    /** The time between two samples, which is how far a longest wait that was seen may be from the longest that there was. */
    public static final Duration INTERVAL = Duration.ofMillis(100);

    private static final String INSTRUMENT = "pooler watch";
    private static final String OWN_DATABASE = "pgbouncer";

    /** What PgBouncer itself sets, for each client as that wants it. */
    private static final String SETTINGS = """
            select name, current_setting(name) from pg_catalog.pg_settings
            where source = 'session' and lower(name) not in ('application_name', 'client_encoding', 'datestyle', 'timezone',
                'standard_conforming_strings', 'intervalstyle', 'search_path', 'default_transaction_read_only')
            order by name""";

    private static final String ADVISORY_LOCKS = """
            select l.pid, l.mode, l.classid::bigint, l.objid::bigint from pg_catalog.pg_locks l
            where l.locktype = 'advisory' and l.granted
              and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
            order by l.pid, l.classid, l.objid""";

    private final Addresses addresses;
    private final RunClock clock;
    private final Journal journal;
    private final Thread thread;

    /**
     * Where everybody is; users and passwords are in the URLs.
     *
     * @param console where PgBouncer tells of itself
     * @param pooled the database through PgBouncer
     * @param direct the database past it, on whichever server is the primary then
     * @param shared whether sessions are given to a client for a transaction alone
     * @param poolSize connections to the server, at most
     */
    public record Addresses(Console console, String pooled, Supplier<String> direct, boolean shared, int poolSize) {}

    /** @param user one of its administrators */
    public record Console(String host, int port, String user, String password) {
        /** Shows no password. */
        @Override
        public String toString() {
            return user + "@" + host + ":" + port;
        }
    }

    private PoolerWatch(Addresses addresses, PgBouncerConsole console, RunClock clock, Journal journal) {
        this.addresses = addresses;
        this.clock = clock;
        this.journal = journal;
        this.thread = Thread.ofPlatform().name("pooler-watch").daemon().unstarted(() -> sample(console));
    }

    public static PoolerWatch started(Addresses addresses, RunClock clock, Journal journal)
            throws EnvironmentException {
        try {
            PoolerWatch watch =
                    new PoolerWatch(addresses, PgBouncerConsole.opened(addresses.console()), clock, journal);
            watch.thread.start();
            return watch;
        } catch (IOException e) {
            throw new EnvironmentException(
                    "the pooler does not tell of itself: " + e.getMessage(), "See whether it still runs.", e);
        }
    }

    private void sample(PgBouncerConsole console) {
        try (console) {
            while (!Thread.currentThread().isInterrupted()) {
                journal.record(sampled(console));
                Thread.sleep(INTERVAL);
            }
        } catch (IOException e) {
            if (!Thread.currentThread().isInterrupted()) {
                trouble("the pooler could not be sampled: " + e.getMessage());
            }
        } catch (InterruptedException e) {
            // close() is the only one who interrupts this thread.
        }
    }

    private PoolerSampled sampled(PgBouncerConsole console) throws IOException {
        int served = 0;
        int waiting = 0;
        int busy = 0;
        int idle = 0;
        long longestMicros = 0;
        for (Map<String, String> pool : console.ask("show pools")) {
            if (OWN_DATABASE.equals(pool.get("database"))) {
                continue;
            }
            served += number(pool, "cl_active");
            waiting += number(pool, "cl_waiting");
            busy += number(pool, "sv_active");
            idle += number(pool, "sv_idle") + number(pool, "sv_used");
            longestMicros = Math.max(longestMicros, number(pool, "maxwait") * 1_000_000L + number(pool, "maxwait_us"));
        }
        return new PoolerSampled(clock.nowNanos(), served, waiting, busy, idle, longestMicros * 1_000);
    }

    private static int number(Map<String, String> pool, String column) throws IOException {
        try {
            return Integer.parseInt(pool.getOrDefault(column, ""));
        } catch (NumberFormatException e) {
            throw new IOException("show pools has no number in " + column, e);
        }
    }

    /**
     * Asks each session that the pooler has what was left in it. To be called when nobody else uses them: as many transactions as there can be sessions
     * are open at a time, so that each is in another.
     */
    public void findRemains() {
        if (!addresses.shared()) {
            return;
        }
        List<Connection> holding = new ArrayList<>();
        try {
            Set<Integer> asked = new HashSet<>();
            for (int i = 0; i < addresses.poolSize(); i++) {
                Connection connection = DriverManager.getConnection(
                        addresses.pooled() + "&prepareThreshold=0&connectTimeout=10&socketTimeout=30");
                holding.add(connection);
                connection.setAutoCommit(false);
                ask(connection, asked);
            }
            askForLocks();
        } catch (SQLException e) {
            trouble("what the pooler's sessions were left with could not be asked of all of them: " + e.getMessage());
        } finally {
            holding.forEach(ObserverConnections::close);
        }
    }

    private void ask(Connection connection, Set<Integer> asked) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int pid;
            try (ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
                row.next();
                pid = row.getInt(1);
            }
            if (!asked.add(pid)) {
                return;
            }
            try (ResultSet rows = statement.executeQuery(SETTINGS)) {
                while (rows.next()) {
                    found(SessionState.LEAKED_SETTING, rows.getString(1), rows.getString(2), pid);
                }
            }
        }
    }

    private void askForLocks() throws SQLException {
        try (Connection connection = ObserverConnections.open(addresses.direct().get());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ADVISORY_LOCKS)) {
            while (rows.next()) {
                found(
                        SessionState.LEAKED_LOCK,
                        rows.getLong(3) + ", " + rows.getLong(4),
                        LogParser.modeName(rows.getString(2)),
                        rows.getInt(1));
            }
        }
    }

    private void found(SessionState kind, String setting, String value, int pid) {
        journal.record(new SessionStateFound(
                clock.nowNanos(), kind, setting, value, pid, OptionalInt.empty(), Optional.empty()));
    }

    private void trouble(String message) {
        journal.record(new InstrumentTrouble(clock.nowNanos(), INSTRUMENT, message));
    }

    @Override
    public void close() {
        EndingThreads.end(thread);
    }
}
