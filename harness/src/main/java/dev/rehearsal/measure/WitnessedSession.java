package dev.rehearsal.measure;

import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * One session under observation, from {@link StatementWitness#attach}. Its methods are called by the thread that runs the session's statements, in
 * this order:
 *
 * <pre>
 * sending(sql) → the statement is executed → returned(…)        for every statement, COMMIT and ROLLBACK included
 * transactionEnded(…)                                           when the session is idle again
 * </pre>
 */
public final class WitnessedSession implements AutoCloseable {
    private static final Duration GONE_POLL = Duration.ofMillis(20);

    private static final String ROWS_READ = """
            select l.relation::bigint, l.relation::regclass::text, l.mode, pg_stat_get_xact_tuples_returned(l.relation),
                pg_relation_filenode(l.relation)::bigint
            from pg_catalog.pg_lock_status() l
            where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted and l.relation >= 16384""";

    private static final String ROWS_COUNTED =
            "select c.oid::bigint, pg_stat_get_xact_tuples_returned(c.oid) from " + InstrumentSchema.COUNTED_RELATIONS;

    private static final String WAL_BYTES = "select wal_bytes::bigint from pg_stat_get_backend_wal(?)";

    /** The state of the session's transaction after a statement. */
    public enum Transaction {
        /** There is none (any more). */
        ENDED,
        OPEN,
        /** Open, but refuses everything up to its ROLLBACK. */
        FAILED
    }

    private final Connection migration;
    private final boolean shared;
    private volatile int pid;
    private final Set<Integer> followed = ConcurrentHashMap.newKeySet();
    private final SharedSettings settings = new SharedSettings();
    /** Whether the transaction that is open is known to be in the session {@link #pid}, to its end. */
    private boolean located;

    private final Connection statistics;
    private final PostgresVersion version;
    private final boolean countsWalBySession;
    private final WaitAccount tracer;
    private final boolean triggers;
    private final SessionLog log;
    private final LockSampler sampler;
    private final RunClock clock;
    private final Consumer<String> trouble;
    private final BooleanSupplier serverWasAway;

    private HoldTimeline timeline = new HoldTimeline();
    private List<Executed> executed = new ArrayList<>();
    private Map<Long, String> namesBefore = Map.of();
    private OptionalLong walBefore;
    /** By table, the file that it was last seen to have; looked at only where no trigger tells of rewrites. */
    private Map<Long, Long> files = Map.of();

    private Executed current = new Executed("", 0, 0, List.of(), List.of());
    private OptionalLong transactionNumber = OptionalLong.empty();
    private CompletableFuture<Void> toTell = CompletableFuture.completedFuture(null);
    private Optional<Map<Long, Long>> countedBefore = Optional.empty();

    /**
     * A statement that has come back.
     *
     * @param rowsRead that the session has counted so far, as it said itself afterwards; where triggers tell of DDL, only of other statements
     * @param newFiles tables that have another file than before; none where triggers tell of rewrites
     */
    record Executed(String sql, long sent, long returned, List<LogEntry.HeldLock> rowsRead, List<Long> newFiles) {}

    private WitnessedSession(
            Connection migration,
            boolean shared,
            int pid,
            String directJdbcUrl,
            Connection statistics,
            PostgresVersion version,
            boolean countsWalBySession,
            WaitAccount tracer,
            boolean triggers,
            RunClock clock,
            Consumer<String> trouble,
            BooleanSupplier serverWasAway)
            throws SQLException {
        this.triggers = triggers;
        this.migration = migration;
        this.shared = shared;
        this.pid = pid;
        this.statistics = statistics;
        this.version = version;
        this.countsWalBySession = countsWalBySession;
        this.tracer = tracer;
        this.clock = clock;
        this.trouble = trouble;
        this.serverWasAway = serverWasAway;
        this.sampler = new LockSampler(directJdbcUrl, clock::nowNanos, this::seen, this::moved, trouble);
        if (shared) {
            this.log = new SessionLog(true);
            moved(pid);
        } else {
            this.log = tracer.follow(pid);
            followed.add(pid);
        }
        this.walBefore = OptionalLong.empty();
    }

    /**
     * @param shared whether a pooler may give each transaction to another session
     * @param triggers whether those of {@link InstrumentSchema} are there and are heard
     * @param serverWasAway whether, since this was called, the server was taken away on purpose, and the session with it
     */
    static WitnessedSession opened(
            Connection migration,
            boolean shared,
            String directJdbcUrl,
            Connection statistics,
            WaitAccount tracer,
            boolean triggers,
            RunClock clock,
            Consumer<String> trouble,
            BooleanSupplier serverWasAway)
            throws SQLException {
        int pid = number(migration, "select pg_backend_pid()");
        boolean walBySession =
                number(statistics, "select count(*) from pg_proc where proname = 'pg_stat_get_backend_wal'") > 0;
        if (triggers) {
            warmUp(migration);
        }
        WitnessedSession session = new WitnessedSession(
                migration,
                shared,
                pid,
                directJdbcUrl,
                statistics,
                PostgresVersion.of(statistics),
                walBySession,
                tracer,
                triggers,
                clock,
                trouble,
                serverWasAway);
        tracer.names().baseline();
        session.walBefore = session.walBytes();
        session.begin();
        return session;
    }

    private static int number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** Has the session compile our trigger functions now, and not while it holds the first lock. */
    private static void warmUp(Connection migration) throws SQLException {
        try (Statement statement = migration.createStatement()) {
            statement.execute("begin");
            statement.execute("comment on schema " + InstrumentSchema.NAME + " is 'instruments of a rehearsal'");
            statement.execute("rollback");
        }
    }

    /** Of the session that the last statement was in; as far as is known, where a pooler shares sessions out and the statement was no part of a transaction. */
    public int backendPid() {
        return pid;
    }

    /** Whether a pooler may give each transaction to another session. */
    public boolean shared() {
        return shared;
    }

    /** Settings that had been set before and that the session does not have which the last statement was given to; each is told once for a statement. */
    public List<LostSetting> lostSettings() {
        return settings.takeLost();
    }

    /** May be called by the sampler's thread. */
    private void moved(int now) {
        pid = now;
        if (followed.add(now)) {
            tracer.follow(now, log);
        }
    }

    /** Asks which session the statement will be in: known for certain inside a transaction, else it is the one that was given last. */
    private void locate() {
        try {
            TransactionState state = migration.unwrap(BaseConnection.class).getTransactionState();
            if (located || state == TransactionState.FAILED) {
                return;
            }
            moved(number(migration, "select pg_backend_pid()"));
            located = state == TransactionState.OPEN;
            if (located) {
                countedBefore = Optional.of(counted());
            }
            settings.compare(migration);
        } catch (SQLException e) {
            // The connection is lost, which the statement itself will say.
        }
    }

    /** Of the transaction that is open, or that a lost connection left; empty while it has written nothing. 32 bits, as the server shows it in its locks. */
    public OptionalLong transactionNumber() {
        return transactionNumber;
    }

    /** The next call executes the statement. */
    public void sending(String sql) {
        if (shared) {
            locate();
        }
        countBefore(sql);
        if (shared && !located) {
            sampler.start(pid, ApplicationNames.MIGRATION);
        } else {
            sampler.start(pid);
        }
        current = new Executed(sql, clock.nowNanos(), 0, List.of(), List.of());
    }

    /**
     * The statement came back, or failed.
     *
     * @param transaction as the statement left it
     */
    public void returned(Transaction transaction) {
        long returned = clock.nowNanos();
        sampler.stop();
        if (shared && transaction != Transaction.FAILED) {
            settings.executed(current.sql());
        }
        switch (transaction) {
            case ENDED -> add(returned, List.of(), committedNewFiles());
            case FAILED -> {
                sampler.read(pid);
                add(returned, List.of(), List.of());
            }
            case OPEN -> {
                transactionNumber = sampler.read(pid);
                if (StatementText.isNotDdl(current.sql()) || !(triggers || StatementText.isControl(current.sql()))) {
                    Map<Long, Long> now = new HashMap<>();
                    List<LogEntry.HeldLock> read = rowsRead(now);
                    add(returned, read, triggers ? List.of() : newFiles(now));
                } else {
                    add(returned, List.of(), List.of());
                }
            }
        }
    }

    /** Of a statement that was a transaction of its own: seen from outside, which costs its session nothing. */
    private List<Long> committedNewFiles() {
        return triggers || StatementText.isControl(current.sql()) ? List.of() : newFiles(files());
    }

    /** Tables that were there before and have another file now; it is theirs from now on. */
    private List<Long> newFiles(Map<Long, Long> now) {
        List<Long> rewritten = new ArrayList<>();
        Map<Long, Long> next = new HashMap<>(files);
        now.forEach((table, file) -> {
            if (files.containsKey(table) && !file.equals(files.get(table))) {
                next.put(table, file);
                if (!StatementText.empties(current.sql())) {
                    rewritten.add(table);
                }
            }
        });
        files = next;
        return rewritten;
    }

    private Map<Long, Long> files() {
        try {
            return TableFiles.read(statistics);
        } catch (SQLException e) {
            trouble.accept("the files of tables could not be read: " + e.getMessage());
            return new HashMap<>();
        }
    }

    /** The connection broke under the statement. The server may not know and work on, so this waits until the session is gone. */
    public void connectionLost() throws InterruptedException {
        try {
            while (!serverWasAway.getAsBoolean() && exists()) {
                Thread.sleep(GONE_POLL);
            }
        } catch (SQLException e) {
            trouble.accept("cannot see whether the migration's lost session still works: " + e.getMessage());
        } finally {
            sampler.stop();
            add(clock.nowNanos(), List.of(), List.of());
        }
    }

    private void add(long returned, List<LogEntry.HeldLock> rowsRead, List<Long> newFiles) {
        executed.add(new Executed(current.sql(), current.sent(), returned, rowsRead, newFiles));
        synchronized (this) {
            timeline.statement(current.sent(), returned, StatementText.mayCommit(current.sql()));
        }
    }

    private synchronized void seen(Sighting sighting) {
        timeline.add(sighting);
    }

    /**
     * What the statements since the last call did, one element for each pair of {@link #sending} and {@link #returned}. Known when the server's log was
     * read up to now; meanwhile the session may go on, as it would if nobody watched.
     *
     * @param known called by another thread, in the order of transactions; {@link #close} waits for it
     */
    public void transactionEnded(Consumer<List<Observation>> known) {
        List<Executed> statements = executed;
        OptionalLong before = walBefore;
        OptionalLong after = walBytes();
        Map<Long, String> oldNames = namesBefore;
        RelationNames.Known newNames = refreshedNames();
        List<HoldTimeline.Hold> holds;
        synchronized (this) {
            holds = timeline.holds();
        }
        Optional<Map<Long, Long>> counted = countedBefore;
        boolean countable = !shared || located;
        CompletableFuture<Void> told = tracer.caughtUp()
                .thenRun(() -> known.accept(new TransactionSummary(
                                clock, statements, counted, taken(countable), holds, before, after, oldNames, newNames)
                        .observations()));
        toTell = CompletableFuture.allOf(toTell, told);
        walBefore = after;
        begin();
    }

    private SessionLog.Taken taken(boolean countable) {
        return countable ? log.take() : log.take().uncounted();
    }

    private void begin() {
        executed = new ArrayList<>();
        located = false;
        transactionNumber = OptionalLong.empty();
        countedBefore = Optional.empty();
        namesBefore = tracer.names().known().names();
        files = triggers ? Map.of() : files();
        synchronized (this) {
            timeline = new HoldTimeline();
        }
    }

    private RelationNames.Known refreshedNames() {
        try {
            tracer.names().refresh();
        } catch (SQLException e) {
            trouble.accept("names of relations could not be read: " + e.getMessage());
        }
        return tracer.names().known();
    }

    private boolean exists() throws SQLException {
        try (PreparedStatement query = statistics.prepareStatement(
                "select count(*) from pg_stat_get_activity(?) where pid is not null and (not ? or application_name = ?)")) {
            query.setInt(1, pid);
            query.setBoolean(2, shared);
            query.setString(3, ApplicationNames.MIGRATION);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getInt(1) > 0;
            }
        }
    }

    /**
     * Reads what the session has counted before this transaction, where the end of a transaction does not set that back and no trigger of ours tells
     * it: before the first statement that is not DDL. That one takes a snapshot anyway; before any other, reading would take it too soon.
     */
    private void countBefore(String sql) {
        if (shared
                || version.reportsStatisticsOnDemand()
                || countedBefore.isPresent()
                || !StatementText.isNotDdl(sql)) {
            return;
        }
        try {
            if (migration.unwrap(BaseConnection.class).getTransactionState() != TransactionState.OPEN) {
                return;
            }
            countedBefore = Optional.of(counted());
        } catch (SQLException e) {
            trouble.accept("row counts of the migration could not be read: " + e.getMessage());
        }
    }

    private Map<Long, Long> counted() throws SQLException {
        Map<Long, Long> counted = new HashMap<>();
        try (Statement statement = migration.createStatement();
                ResultSet rows = statement.executeQuery(ROWS_COUNTED)) {
            while (rows.next()) {
                counted.put(rows.getLong(1), rows.getLong(2));
            }
        }
        return counted;
    }

    /** @param files filled with those of the relations that the session has locks on */
    private List<LogEntry.HeldLock> rowsRead(Map<Long, Long> files) {
        List<LogEntry.HeldLock> read = new ArrayList<>();
        try (Statement statement = migration.createStatement();
                ResultSet rows = statement.executeQuery(ROWS_READ)) {
            while (rows.next()) {
                read.add(new LogEntry.HeldLock(
                        rows.getLong(1),
                        LogParser.unqualified(rows.getString(2)),
                        LogParser.modeName(rows.getString(3)),
                        rows.getLong(4)));
                long file = rows.getLong(5);
                if (!rows.wasNull()) {
                    files.put(rows.getLong(1), file);
                }
            }
        } catch (SQLException e) {
            trouble.accept("row counts of the migration could not be read: " + e.getMessage());
        }
        return read;
    }

    /**
     * WAL that the session has written in its life. It counts what is flushed, so the session is made to flush, where it can be; that also sets its row
     * counts back to zero.
     */
    private OptionalLong walBytes() {
        try {
            // What a session that is shared has written is not this migration's alone.
            if (shared || migration.isClosed()) {
                return OptionalLong.empty();
            }
            if (version.reportsStatisticsOnDemand()) {
                try (Statement statement = migration.createStatement()) {
                    statement.execute("select pg_stat_force_next_flush()");
                }
            }
            if (!countsWalBySession) {
                return OptionalLong.empty();
            }
            try (PreparedStatement query = statistics.prepareStatement(WAL_BYTES)) {
                query.setInt(1, pid);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
                }
            }
        } catch (SQLException e) {
            // The migration's connection is lost, which its next statement will say; this statement's WAL is not known.
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        toTell.join();
        followed.forEach(tracer::unfollow);
        sampler.close();
    }
}
