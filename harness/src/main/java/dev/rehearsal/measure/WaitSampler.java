package dev.rehearsal.measure;

import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockWaited;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lock waits of servers whose log cannot be had: all locks that somebody waits for, read a hundred times a second. Safe for use by several threads.
 *
 * <p>The server says since when a session has waited (from version 14 on; before, that is known up to one interval), so a wait's beginning is
 * nearly exact and its end lies between two readings. A wait that is shorter than the time between two readings may be missed; the longest such time
 * while a migration ran is journaled.
 */
final class WaitSampler implements WaitAccount {
    private static final String INSTRUMENT = InstrumentLimited.LOCK_WAITS;
    static final Duration INTERVAL = Duration.ofMillis(10);

    private static final String CONSEQUENCE =
            "They are read out of the server's locks a hundred times a second instead: a wait's end is known up to one such"
                    + " interval, each wait with its own error, and who gave up is not told from who got the lock.";

    /** Whoever waits, and whoever has or wants what is waited for. Every such look stops the server's lock manager for a moment, so it is one. */
    private static final String QUERY = """
            select l.pid, l.granted, l.contested, l.mode, l.locktype, l.relation::bigint, l.page, l.tuple, l.virtualxid,
                l.transactionid::text, l.database::bigint, l.classid::bigint, l.objid::bigint, l.objsubid,
                case when not l.granted
                    then (extract(epoch from clock_timestamp() - l.waitstart) * 1000000)::bigint end,
                a.application_name, coalesce(a.leader_pid, l.pid)
            from (
                select k.*, bool_or(not k.granted) over (partition by k.locktype, k.database, k.relation, k.page, k.tuple,
                    k.virtualxid, k.transactionid::text, k.classid, k.objid, k.objsubid) as contested
                from pg_catalog.pg_lock_status() k) l
            left join lateral pg_catalog.pg_stat_get_activity(l.pid) a on not l.granted
            where l.contested
            order by l.waitstart nulls last, l.pid""";

    private final ObservedServer server;
    private final RunClock clock;
    private final Journal journal;
    private final Absences absences;
    private final RelationNames names;
    private final SampledWaits waits;
    private final String reason;
    private final Map<Integer, SessionLog> followed = new ConcurrentHashMap<>();
    private final List<CompletableFuture<Void>> askedFor = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;
    /** Touched by the sampler's thread only, like the next. */
    private OptionalLong lastFromNanos = OptionalLong.empty();

    private volatile long longestGapNanos = INTERVAL.toNanos();

    private WaitSampler(
            ObservedServer server,
            RelationNames names,
            String reason,
            RunClock clock,
            Journal journal,
            Absences absences) {
        this.server = server;
        this.names = names;
        this.reason = reason;
        this.clock = clock;
        this.journal = journal;
        this.absences = absences;
        this.waits = new SampledWaits(this::describe);
        this.thread = Thread.ofPlatform().name("wait-sampler").daemon().unstarted(this::sample);
    }

    /** @param reason why the log is not read, a sentence */
    static WaitSampler started(ObservedServer server, String reason, RunClock clock, Journal journal, Absences absences)
            throws SQLException {
        WaitSampler sampler = new WaitSampler(server, RelationNames.loaded(server), reason, clock, journal, absences);
        sampler.tellLimit();
        sampler.thread.start();
        return sampler;
    }

    private void tellLimit() {
        journal.record(new InstrumentLimited(
                clock.nowNanos(), INSTRUMENT, reason, CONSEQUENCE, OptionalLong.of(longestGapNanos)));
    }

    @Override
    public RelationNames names() {
        return names;
    }

    @Override
    public SessionLog follow(int pid) {
        return followed.computeIfAbsent(pid, ignored -> new SessionLog());
    }

    @Override
    public void follow(int pid, SessionLog log) {
        followed.put(pid, log);
    }

    @Override
    public void unfollow(int pid) {
        followed.remove(pid);
    }

    @Override
    public CompletableFuture<Void> caughtUp() {
        CompletableFuture<Void> read = new CompletableFuture<>();
        synchronized (askedFor) {
            if (closed || !thread.isAlive()) {
                return CompletableFuture.completedFuture(null);
            }
            askedFor.add(read);
        }
        return read;
    }

    /** The sampler opens a new connection by itself. */
    @Override
    public void reconnect() throws SQLException {
        names.reconnect();
    }

    @Override
    public void moveTo(LogAccess log) throws SQLException {
        names.reconnect();
    }

    private void sample() {
        try {
            while (!closed) {
                int begunBefore = absences.begun();
                try (Connection connection = server.open();
                        PreparedStatement query = connection.prepareStatement(query(connection))) {
                    while (!closed) {
                        read(query);
                        Thread.sleep(INTERVAL);
                    }
                } catch (SQLException e) {
                    if (!absences.haveBegunSince(begunBefore)) {
                        journal.record(new InstrumentTrouble(
                                clock.nowNanos(), INSTRUMENT, "locks could not be read any more: " + e.getMessage()));
                        return;
                    }
                    waits.lost(clock.nowNanos()).forEach(this::journal);
                    lastFromNanos = OptionalLong.empty();
                    absences.awaitEnd();
                }
            }
        } catch (InterruptedException e) {
            // close() is the only one who interrupts this thread.
        } finally {
            waits.lost(clock.nowNanos()).forEach(this::journal);
            synchronized (askedFor) {
                closed = true;
                askedFor.forEach(asked -> asked.complete(null));
                askedFor.clear();
            }
        }
    }

    private static String query(Connection connection) throws SQLException {
        boolean saysSinceWhen = PostgresVersion.of(connection).saysSinceWhenLocksAreWaitedFor();
        return saysSinceWhen ? QUERY : QUERY.replace("l.waitstart", "null::timestamptz");
    }

    private void read(PreparedStatement query) throws SQLException {
        List<CompletableFuture<Void>> answered;
        synchronized (askedFor) {
            answered = List.copyOf(askedFor);
        }
        long from = clock.nowNanos();
        List<SampledWaits.Row> rows = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                rows.add(row(row));
            }
        }
        long to = clock.nowNanos();
        if (!followed.isEmpty() && lastFromNanos.isPresent()) {
            longestGapNanos = Math.max(longestGapNanos, to - lastFromNanos.getAsLong());
        }
        lastFromNanos = OptionalLong.of(from);
        waits.reading(from, to, rows).forEach(this::journal);
        synchronized (askedFor) {
            // Others may have been added behind them.
            askedFor.subList(0, answered.size()).clear();
        }
        answered.forEach(asked -> asked.complete(null));
    }

    private SampledWaits.Row row(ResultSet row) throws SQLException {
        int pid = row.getInt(1);
        long waited = row.getLong(15);
        OptionalLong waitedMicros = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(waited);
        return new SampledWaits.Row(
                pid,
                row.getBoolean(2),
                LogParser.modeName(row.getString(4)),
                target(row),
                waitedMicros,
                isMigration(pid) ? ApplicationNames.MIGRATION : text(row, 16),
                row.getInt(17));
    }

    /** Whatever it calls itself: a tool has names of its own. */
    private boolean isMigration(int pid) {
        SessionLog log = followed.get(pid);
        return log != null && !log.isShared();
    }

    /** In the words of the server's log ({@code DescribeLockTag} in its lmgr.c). */
    private static LockTarget target(ResultSet row) throws SQLException {
        return switch (text(row, 5)) {
            case "relation" -> new LockTarget.Relation(row.getLong(6));
            case "extend" -> new LockTarget.PartOfRelation("extension", row.getLong(6));
            case "page" -> new LockTarget.PartOfRelation("page", row.getLong(6));
            case "tuple" -> new LockTarget.PartOfRelation("tuple", row.getLong(6));
            case "transactionid" -> new LockTarget.Other("transaction " + text(row, 10));
            case "virtualxid" -> new LockTarget.Other("virtual transaction " + text(row, 9));
            case "advisory" ->
                new LockTarget.Other("advisory lock [" + row.getLong(11) + "," + row.getLong(12) + "," + row.getLong(13)
                        + "," + row.getInt(14) + "]");
            case String other -> new LockTarget.Other(other + " " + row.getLong(12) + "/" + row.getLong(13));
        };
    }

    private static String text(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getString(column)).orElse("");
    }

    private String describe(LockTarget target) {
        return target.described(this::name);
    }

    private String name(long oid) {
        try {
            return names.findNow(oid).map(RelationNames.Relation::name).orElse("relation " + oid);
        } catch (SQLException e) {
            return "relation " + oid;
        }
    }

    private void journal(LockWaited wait) {
        Optional.ofNullable(followed.get(wait.pid())).ifPresent(log -> log.add(wait));
        journal.record(wait);
    }

    @Override
    public void close() {
        closed = true;
        EndingThreads.end(thread);
        tellLimit();
        names.close();
    }
}
