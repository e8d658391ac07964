package dev.rehearsal.measure;

import dev.rehearsal.engine.PostgresVersion;
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
import java.util.concurrent.CompletableFuture;
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
            select l.relation::bigint, l.relation::regclass::text, l.mode, pg_stat_get_xact_tuples_returned(l.relation)
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
    private final int pid;
    private final Connection statistics;
    private final PostgresVersion version;
    private final boolean countsWalBySession;
    private final LockTracer tracer;
    private final SessionLog log;
    private final LockSampler sampler;
    private final RunClock clock;
    private final Consumer<String> trouble;
    private final BooleanSupplier serverWasAway;

    private HoldTimeline timeline = new HoldTimeline();
    private List<Executed> executed = new ArrayList<>();
    private Map<Long, String> namesBefore = Map.of();
    private OptionalLong walBefore;
    private Executed current = new Executed("", 0, 0, List.of());
    private OptionalLong transactionNumber = OptionalLong.empty();
    private CompletableFuture<Void> toTell = CompletableFuture.completedFuture(null);
    private Optional<Map<Long, Long>> countedBefore = Optional.empty();

    /**
     * A statement that has come back.
     *
     * @param rowsRead that the session has counted so far, as it said itself afterwards; only of statements that are not DDL
     */
    record Executed(String sql, long sent, long returned, List<LogEntry.HeldLock> rowsRead) {}

    private WitnessedSession(
            Connection migration,
            int pid,
            String directJdbcUrl,
            Connection statistics,
            PostgresVersion version,
            boolean countsWalBySession,
            LockTracer tracer,
            RunClock clock,
            Consumer<String> trouble,
            BooleanSupplier serverWasAway)
            throws SQLException {
        this.migration = migration;
        this.pid = pid;
        this.statistics = statistics;
        this.version = version;
        this.countsWalBySession = countsWalBySession;
        this.tracer = tracer;
        this.clock = clock;
        this.trouble = trouble;
        this.serverWasAway = serverWasAway;
        this.sampler = new LockSampler(directJdbcUrl, clock::nowNanos, this::seen, trouble);
        this.log = tracer.follow(pid);
        this.walBefore = OptionalLong.empty();
    }

    /** @param serverWasAway whether, since this was called, the server was taken away on purpose, and the session with it */
    static WitnessedSession opened(
            Connection migration,
            String directJdbcUrl,
            Connection statistics,
            LockTracer tracer,
            RunClock clock,
            Consumer<String> trouble,
            BooleanSupplier serverWasAway)
            throws SQLException {
        int pid = number(migration, "select pg_backend_pid()");
        boolean walBySession =
                number(statistics, "select count(*) from pg_proc where proname = 'pg_stat_get_backend_wal'") > 0;
        warmUp(migration);
        WitnessedSession session = new WitnessedSession(
                migration,
                pid,
                directJdbcUrl,
                statistics,
                PostgresVersion.of(statistics),
                walBySession,
                tracer,
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

    public int backendPid() {
        return pid;
    }

    /** Of the transaction that is open, or that a lost connection left; empty while it has written nothing. 32 bits, as the server shows it in its locks. */
    public OptionalLong transactionNumber() {
        return transactionNumber;
    }

    /** The next call executes the statement. */
    public void sending(String sql) {
        countBefore(sql);
        sampler.start(pid);
        current = new Executed(sql, clock.nowNanos(), 0, List.of());
    }

    /**
     * The statement came back, or failed.
     *
     * @param transaction as the statement left it
     */
    public void returned(Transaction transaction) {
        long returned = clock.nowNanos();
        sampler.stop();
        switch (transaction) {
            case ENDED -> add(returned, List.of());
            case FAILED -> {
                sampler.read(pid);
                add(returned, List.of());
            }
            case OPEN -> {
                transactionNumber = sampler.read(pid);
                add(returned, StatementText.isNotDdl(current.sql()) ? rowsRead() : List.of());
            }
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
            add(clock.nowNanos(), List.of());
        }
    }

    private void add(long returned, List<LogEntry.HeldLock> rowsRead) {
        executed.add(new Executed(current.sql(), current.sent(), returned, rowsRead));
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
        RelationNames newNames = refreshedNames();
        List<HoldTimeline.Hold> holds;
        synchronized (this) {
            holds = timeline.holds();
        }
        Optional<Map<Long, Long>> counted = countedBefore;
        CompletableFuture<Void> told = tracer.caughtUp()
                .thenRun(() -> known.accept(new TransactionSummary(
                                clock, statements, counted, log.take(), holds, before, after, oldNames, newNames)
                        .observations()));
        toTell = CompletableFuture.allOf(toTell, told);
        walBefore = after;
        begin();
    }

    private void begin() {
        executed = new ArrayList<>();
        transactionNumber = OptionalLong.empty();
        countedBefore = Optional.empty();
        Map<Long, String> names = new HashMap<>();
        tracer.names().known().forEach((oid, relation) -> names.put(oid, relation.name()));
        namesBefore = names;
        synchronized (this) {
            timeline = new HoldTimeline();
        }
    }

    private RelationNames refreshedNames() {
        try {
            tracer.names().refresh();
        } catch (SQLException e) {
            trouble.accept("names of relations could not be read: " + e.getMessage());
        }
        return tracer.names();
    }

    private boolean exists() throws SQLException {
        try (PreparedStatement query =
                statistics.prepareStatement("select count(*) from pg_stat_get_activity(?) where pid is not null")) {
            query.setInt(1, pid);
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
        if (version.reportsStatisticsOnDemand() || countedBefore.isPresent() || !StatementText.isNotDdl(sql)) {
            return;
        }
        try {
            if (migration.unwrap(BaseConnection.class).getTransactionState() != TransactionState.OPEN) {
                return;
            }
            Map<Long, Long> counted = new HashMap<>();
            try (Statement statement = migration.createStatement();
                    ResultSet rows = statement.executeQuery(ROWS_COUNTED)) {
                while (rows.next()) {
                    counted.put(rows.getLong(1), rows.getLong(2));
                }
            }
            countedBefore = Optional.of(counted);
        } catch (SQLException e) {
            trouble.accept("row counts of the migration could not be read: " + e.getMessage());
        }
    }

    private List<LogEntry.HeldLock> rowsRead() {
        List<LogEntry.HeldLock> read = new ArrayList<>();
        try (Statement statement = migration.createStatement();
                ResultSet rows = statement.executeQuery(ROWS_READ)) {
            while (rows.next()) {
                read.add(new LogEntry.HeldLock(
                        rows.getLong(1),
                        LogParser.unqualified(rows.getString(2)),
                        LogParser.modeName(rows.getString(3)),
                        rows.getLong(4)));
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
            if (migration.isClosed()) {
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
        tracer.unfollow(pid);
        sampler.close();
    }
}
