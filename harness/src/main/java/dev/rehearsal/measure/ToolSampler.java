package dev.rehearsal.measure;

import dev.rehearsal.run.ApplicationNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Reads the locks of a tool's sessions out of {@code pg_locks} while it runs, on a thread and over a connection of its own: every two milliseconds
 * where they have just changed, else every ten, because every reading stops the server's lock manager for a moment. Looks for sessions of nobody's
 * on the way. Safe for use by several threads, which take turns at the connection.
 */
final class ToolSampler implements AutoCloseable {
    private static final Duration FAST = Duration.ofMillis(2);
    private static final Duration SLOW = Duration.ofMillis(10);
    private static final long FAST_FOR_NANOS = Duration.ofMillis(50).toNanos();

    private static final String LOCKS = """
            select l.pid, l.relation::bigint, l.mode, l.granted, l.virtualtransaction
            from pg_catalog.pg_lock_status() l
            where l.locktype = 'relation' and l.relation >= 16384 and l.mode <> 'SIReadLock'
              and l.pid""";

    private static final String OF_ROLE =
            " in (select pid from pg_catalog.pg_stat_get_activity(null) where usesysid = ?)";

    private static final String OF_SESSIONS = " = any (?)";

    private static final String STRANGERS = """
            select pid, application_name from pg_catalog.pg_stat_activity
            where backend_type = 'client backend' and datname = current_database() and usename <> '%s'
              and application_name not like 'harness-%%' and (application_name <> '' or backend_start < clock_timestamp() - interval '50 ms')""".formatted(ApplicationNames.TOOL_ROLE);

    private final LongSupplier nanos;
    private final Connection connection;
    private final PreparedStatement locks;
    private final PreparedStatement strangers;
    private final Whose whose;
    private final Supplier<Set<Integer>> known;
    private final Strangers strangersSeen;
    private final Consumer<String> trouble;
    private final Map<Integer, List<Sightings>> seen = new HashMap<>();
    private final Thread thread;
    private volatile boolean closed;
    private long changedAt;

    /** Readings in a row that show the same. */
    private record Sightings(Sighting first, Sighting last) {}

    /** Tells a statement whose locks are wanted. */
    private interface Whose {
        void tell(PreparedStatement locks) throws SQLException;
    }

    /** @param role the OID of the role that the tool's sessions log in as */
    static ToolSampler ofRole(
            Connection connection, long role, LongSupplier nanos, Strangers strangers, Consumer<String> trouble)
            throws SQLException {
        return new ToolSampler(
                connection, OF_ROLE, locks -> locks.setLong(1, role), Set::of, nanos, strangers, trouble);
    }

    /** @param pids of the tool's sessions, as they are when it is asked */
    static ToolSampler ofSessions(
            Connection connection,
            Supplier<Set<Integer>> pids,
            LongSupplier nanos,
            Strangers strangers,
            Consumer<String> trouble)
            throws SQLException {
        Whose whose = locks ->
                locks.setArray(1, connection.createArrayOf("int4", pids.get().toArray()));
        return new ToolSampler(connection, OF_SESSIONS, whose, pids, nanos, strangers, trouble);
    }

    private ToolSampler(
            Connection connection,
            String condition,
            Whose whose,
            Supplier<Set<Integer>> known,
            LongSupplier nanos,
            Strangers strangersSeen,
            Consumer<String> trouble)
            throws SQLException {
        this.connection = connection;
        this.whose = whose;
        this.known = known;
        this.nanos = nanos;
        this.strangersSeen = strangersSeen;
        this.trouble = trouble;
        this.locks = connection.prepareStatement(LOCKS + condition);
        this.strangers = connection.prepareStatement(STRANGERS);
        this.thread = Thread.ofPlatform().name("tool-sampler").daemon().start(this::sample);
    }

    private void sample() {
        try {
            while (!closed) {
                read();
                lookForStrangers();
                Thread.sleep(nanos.getAsLong() - changedAt < FAST_FOR_NANOS ? FAST : SLOW);
            }
        } catch (SQLException e) {
            if (!closed) {
                trouble.accept("locks of the migration's tool could not be read: " + e.getMessage());
            }
        } catch (InterruptedException e) {
            // Only close() interrupts.
        }
    }

    /** One reading, now. */
    synchronized void read() throws SQLException {
        long from = nanos.getAsLong();
        Map<Integer, Set<Sighting.Lock>> granted = new HashMap<>();
        Map<Integer, String> transactions = new HashMap<>();
        Set<Integer> waiting = new HashSet<>();
        whose.tell(locks);
        try (ResultSet rows = locks.executeQuery()) {
            while (rows.next()) {
                int pid = rows.getInt(1);
                transactions.put(pid, rows.getString(5));
                if (rows.getBoolean(4)) {
                    granted.computeIfAbsent(pid, ignored -> new HashSet<>())
                            .add(new Sighting.Lock(rows.getLong(2), LogParser.modeName(rows.getString(3))));
                } else {
                    waiting.add(pid);
                }
            }
        }
        long to = nanos.getAsLong();
        synchronized (seen) {
            Set<Integer> pids = new HashSet<>(seen.keySet());
            pids.addAll(transactions.keySet());
            for (int pid : pids) {
                add(
                        pid,
                        new Sighting(
                                from,
                                to,
                                transactions.getOrDefault(pid, ""),
                                granted.getOrDefault(pid, Set.of()),
                                waiting.contains(pid)));
            }
        }
    }

    private void add(int pid, Sighting sighting) {
        List<Sightings> runs = seen.computeIfAbsent(pid, ignored -> new ArrayList<>());
        if (!runs.isEmpty() && runs.getLast().last().shows(sighting)) {
            runs.set(runs.size() - 1, new Sightings(runs.getLast().first(), sighting));
        } else {
            runs.add(new Sightings(sighting, sighting));
            changedAt = sighting.toNanos();
        }
    }

    private synchronized void lookForStrangers() throws SQLException {
        try (ResultSet rows = strangers.executeQuery()) {
            while (rows.next()) {
                if (!known.get().contains(rows.getInt(1))) {
                    strangersSeen.seen(rows.getInt(1), rows.getString(2));
                }
            }
        }
    }

    /**
     * What was seen of its session during a transaction, whose bounds are known to a millisecond, and the last before it. Locks that were there before it
     * began are those of another transaction.
     */
    List<Sighting> during(ToolTransaction transaction) {
        List<Sighting> inside = new ArrayList<>();
        synchronized (seen) {
            for (Sightings run : seen.getOrDefault(transaction.pid(), List.of())) {
                if (run.first().toNanos() < transaction.sentNanos()) {
                    inside.clear();
                    inside.add(nothing(run.last()));
                } else if (run.first().fromNanos() <= transaction.returnedNanos() - ToolSession.LOG_RESOLUTION_NANOS) {
                    inside.add(run.first());
                    inside.add(run.last());
                }
            }
        }
        return inside;
    }

    private static Sighting nothing(Sighting at) {
        return new Sighting(at.fromNanos(), at.toNanos(), "", Set.of(), false);
    }

    @Override
    public void close() {
        closed = true;
        EndingThreads.end(thread);
        ObserverConnections.close(connection);
    }
}
