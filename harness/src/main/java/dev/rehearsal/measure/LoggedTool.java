package dev.rehearsal.measure;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Watches a migration tool's sessions by the server's log and its event triggers.
 *
 * <p>The tool logs in as a role of ours, whose settings have the server log every statement of its sessions with its duration, and set the role back
 * to the superuser's, so that what the tool makes has the owner that it would have. So its statements are known however it names its sessions; its locks
 * are known from the event triggers and from a sampler; its waits from the log, as everybody's. What cannot be known of it is how much it wrote,
 * and what was read by statements that are not DDL. Safe for use by several threads.
 */
final class LoggedTool implements ToolWatch {
    private final ObservedServer server;
    private final LockTracer tracer;
    private final RunClock clock;
    private final ToolSessions sessions;
    private final ToolSampler sampler;
    private final String password;
    private final Map<Long, String> namesBefore = new HashMap<>();
    private final Consumer<String> trouble;

    private LoggedTool(
            ObservedServer server,
            LockTracer tracer,
            RunClock clock,
            ToolSessions sessions,
            ToolSampler sampler,
            String password,
            Consumer<String> trouble) {
        this.server = server;
        this.tracer = tracer;
        this.clock = clock;
        this.sessions = sessions;
        this.sampler = sampler;
        this.password = password;
        this.trouble = trouble;
        namesBefore.putAll(tracer.names().known().names());
    }

    /**
     * @param login the run's: a pooler keeps what it has heard of a password, so that each step's would not do
     */
    static LoggedTool begun(
            ObservedServer server,
            Login login,
            Map<String, String> settings,
            LockTracer tracer,
            RunClock clock,
            Consumer<String> trouble)
            throws SQLException {
        Connection connection = server.open();
        try {
            long role = role(connection, login, settings);
            tracer.names().refresh();
            ToolSessions sessions = new ToolSessions(clock);
            tracer.follow(sessions);
            ToolSampler sampler = ToolSampler.ofRole(connection, role, clock::nowNanos, sessions.strangers(), trouble);
            return new LoggedTool(server, tracer, clock, sessions, sampler, login.password, trouble);
        } catch (SQLException e) {
            ObserverConnections.close(connection);
            throw e;
        }
    }

    /** The OID of the role, which is made if it is not there. */
    private static long role(Connection connection, Login login, Map<String, String> settings) throws SQLException {
        String name = ApplicationNames.TOOL_ROLE;
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    do $$ begin
                        if not exists (select from pg_catalog.pg_roles where rolname = '%1$s') then
                            create role %1$s superuser login;
                        end if;
                        execute format('alter role %1$s set role = %%I', current_user);
                    end $$;
                    alter role %1$s set log_statement = 'all';
                    alter role %1$s set log_min_duration_statement = 0""".formatted(name));
            if (!login.made) {
                statement.execute("alter role " + name + " password '" + login.password + "'");
                login.made = true;
            }
            // What a pooler has kept of an earlier tool has that one's settings.
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where state = 'idle' and usename = '"
                            + name + "'");
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                statement.execute(
                        "alter role " + name + " set " + setting.getKey() + " = '" + setting.getValue() + "'");
            }
            try (ResultSet row = statement.executeQuery("select '" + name + "'::regrole::oid::bigint")) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** How tools log in, over a whole run. Used by one thread at a time. */
    static final class Login {
        private final String password = newPassword();
        private boolean made;
    }

    private static String newPassword() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public Way way() {
        return new Way.AsRole(ApplicationNames.TOOL_ROLE, password);
    }

    @Override
    public List<ToolStatement> statements() {
        tracer.drain();
        long now = clock.nowNanos();
        try {
            tracer.names().refresh();
        } catch (SQLException e) {
            trouble.accept("names of relations could not be read: " + e.getMessage());
        }
        List<ToolStatement> all = new ArrayList<>();
        for (ToolSession session : sessions.all().values()) {
            for (ToolTransaction transaction : session.taken(now)) {
                all.addAll(transaction.told(
                        clock,
                        readings(transaction),
                        namesBefore,
                        tracer.names().known()));
            }
        }
        all.sort(Comparator.comparingLong(statement -> statement.observation().sentNanos()));
        namesBefore.putAll(tracer.names().known().names());
        return all;
    }

    /** By the end of each. */
    private List<Sighting> readings(ToolTransaction transaction) {
        List<Sighting> readings = sampler.during(transaction);
        List<Sighting> told = transaction.logged().commands().stream()
                .map(command -> told(command, readings))
                .toList();
        List<Sighting> all = new ArrayList<>(told);
        readings.forEach(reading -> all.add(notAfter(told, reading)));
        // A reading of a busy server may span statements: what is known sooner says more.
        all.sort(Comparator.comparingLong(Sighting::toNanos));
        return all;
    }

    /**
     * A reading that was under way when a command said what it held, and that lacks some of it, was made before that: a transaction gives nothing back.
     * Unless it is over, which is seen by what was said later.
     */
    private static Sighting notAfter(List<Sighting> told, Sighting reading) {
        for (Sighting command : told) {
            Set<Sighting.Lock> missing = new HashSet<>(command.granted());
            missing.removeAll(reading.granted());
            boolean underWay = reading.fromNanos() < command.toNanos() && command.toNanos() <= reading.toNanos();
            boolean goesOn = told.stream()
                    .anyMatch(later -> later.toNanos() > reading.toNanos()
                            && later.granted().containsAll(missing));
            if (underWay && goesOn && !missing.isEmpty()) {
                return new Sighting(
                        reading.fromNanos(),
                        command.toNanos() - 1,
                        reading.virtualTransaction(),
                        reading.granted(),
                        reading.waiting());
            }
        }
        return reading;
    }

    /**
     * What a command said at its end that it held is a reading too: the only one of locks that come and go between two of the sampler's.
     *
     * @param readings the sampler's, which know the virtual transaction
     */
    private Sighting told(LogEntry.CommandEnded command, List<Sighting> readings) {
        long at = clock.fromWallClock(command.at());
        Set<Sighting.Lock> held = new HashSet<>();
        command.locks().forEach(lock -> held.add(new Sighting.Lock(lock.relation(), lock.mode())));
        String transaction = readings.stream()
                .filter(reading -> !reading.virtualTransaction().isEmpty())
                .min(Comparator.comparingLong(reading -> Math.abs(reading.fromNanos() - at)))
                .map(Sighting::virtualTransaction)
                .orElse("");
        // A reading that has not yet all of it was before, however close.
        long from = readings.stream()
                .filter(reading ->
                        reading.fromNanos() < at && !reading.granted().containsAll(held))
                .mapToLong(Sighting::toNanos)
                .filter(to -> to < at)
                .max()
                .orElse(Long.MIN_VALUE);
        return new Sighting(Math.max(at - TransactionSummary.CLOCKS_NANOS, from), at, transaction, held, false);
    }

    @Override
    public void endSessions() throws SQLException {
        try (Connection connection = server.open();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where usename = '"
                    + ApplicationNames.TOOL_ROLE + "'");
        }
    }

    @Override
    public int sessionCount() {
        return sessions.all().size();
    }

    @Override
    public Set<String> strangers() {
        return sessions.strangers().names();
    }

    @Override
    public void close() {
        tracer.unfollowTools();
        sampler.close();
    }
}
