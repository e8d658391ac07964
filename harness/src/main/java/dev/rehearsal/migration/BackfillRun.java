package dev.rehearsal.migration;

import dev.rehearsal.measure.Observation;
import dev.rehearsal.measure.WitnessedSession;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.RunEvent.BackfillEnded;
import dev.rehearsal.run.RunEvent.BackfillProgressed;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Backfill;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * One run of a backfill: walks over the table by ranges of its primary key, each a transaction of its own, and walks again until a walk finds nothing
 * that still matches, because rows come and go meanwhile whose keys lie behind.
 *
 * <p>How far it is stands in a table of its own, written in the transaction of each batch, so that one which was cut off is resumed by running it again.
 * That table is only a hint: the last walk is always over the whole table. It is dropped when the backfill has come to its end.
 */
final class BackfillRun implements StepRun {
    /** lock_not_available, deadlock_detected and serialization_failure: another try of the batch may go well. */
    private static final Set<String> WORTH_ANOTHER_TRY = Set.of("55P03", "40P01", "40001");

    /** Whoever still writes rows that match after so many walks will not stop. */
    private static final int MOST_WALKS = 3;

    private static final Duration TOLD_EVERY = Duration.ofSeconds(1);

    private final StepTools tools;
    private final BaseConnection connection;
    private final WitnessedSession session;
    private final Step.BackfillStep step;
    private final Backfill backfill;
    private final SqlStatement statement;
    private final int index;
    private final BatchPace pace;
    private final Brake brake;
    private final BatchEvidence evidence;
    private final String state;

    private long rows;
    private long batches;
    private int walks;
    private boolean resumed;
    private int retries;
    private long longestBatchNanos;
    private long busyNanos;
    private long pausedNanos;
    private long estimatedKeys;
    private long toldNanos;

    /** A range of keys. */
    private record Range(Optional<List<String>> after, List<String> upTo, long keys) {}

    /** What a batch changed, and what of it still matches. */
    private record Changed(long rows, long still) {}

    /** A batch that cannot be, whatever the server says. */
    private static final class Unending extends Exception {
        private static final long serialVersionUID = 1L;

        Unending(String message) {
            super(message);
        }
    }

    BackfillRun(StepTools tools, Step.BackfillStep step, int index) {
        this.tools = tools;
        this.connection = tools.connection();
        this.session = tools.session();
        this.step = step;
        this.backfill = step.backfill();
        this.statement = step.statement();
        this.index = index;
        this.pace = new BatchPace(backfill.batch());
        this.brake = new Brake(backfill.throttle(), tools.surroundings(), tools.stop());
        // One a backfill, so that another one of the same table has its own.
        this.state = "harness_backfill_" + Integer.toHexString(backfill.sql().hashCode());
        this.evidence = new BatchEvidence(state);
    }

    @Override
    public Ending run() throws InterruptedException {
        OptionalLong bytesBefore = bytes();
        Optional<Failure> failure;
        try {
            failure = walked();
        } catch (Unending e) {
            failure = Optional.of(failed(Optional.empty(), e.getMessage()));
        } catch (SQLException e) {
            failure = Optional.of(failed(Optional.ofNullable(e.getSQLState()), FailureText.of(e)));
        }
        Status status = failure.isEmpty() ? Status.SUCCEEDED : tools.stop().failed();
        journal(failure, status, bytesBefore);
        return new Ending(status, retries + 1, failure);
    }

    private Failure failed(Optional<String> sqlState, String message) {
        return new Failure(step.name(), Optional.of(statement), sqlState, message);
    }

    private Optional<Failure> walked() throws SQLException, InterruptedException, Unending {
        if (!session.shared()) {
            execute("set lock_timeout = "
                    + step.lockPolicy().lockTimeout().map(Duration::toMillis).orElse(0L));
        }
        KeyRange key = KeyRange.of(backfill.table(), connection)
                .orElseThrow(
                        () -> new Unending(
                                "table " + backfill.table()
                                        + " has no primary key, by whose ranges a backfill goes; add one first, or update it in a step of SQL"));
        estimatedKeys = number("select greatest(reltuples, 0)::bigint from pg_class where oid = "
                + KeyRange.literal(backfill.table()) + "::regclass");
        Optional<List<String>> position = openState();
        resumed = position.isPresent();
        while (walks < MOST_WALKS) {
            walks++;
            long before = rows;
            if (!walk(key, position)) {
                return Optional.of(failed(
                        Optional.empty(), "stopped after %,d rows; run again, it goes on from there".formatted(rows)));
            }
            // A walk that began in the middle has not seen everything.
            if (rows == before && position.isEmpty()) {
                break;
            }
            position = Optional.empty();
            if (walks == MOST_WALKS) {
                tools.journal()
                        .record(new Noted(
                                tools.clock().nowNanos(),
                                "Of %s, rows that match `%s` were written as fast as step %s changed them: it was left after %d walks over the table. Let the application, a default or a trigger fill new rows first."
                                        .formatted(backfill.table(), backfill.where(), step.name(), MOST_WALKS)));
            }
        }
        manage("drop table if exists " + state);
        return Optional.empty();
    }

    /** The position that an earlier run came to; empty: from the beginning. */
    private Optional<List<String>> openState() throws SQLException, InterruptedException {
        manage("create table if not exists " + state + " (position text[], rows bigint not null)");
        manage("insert into " + state + " select null, 0 where not exists (select from " + state + ")");
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("select position from " + state)) {
            row.next();
            Array position = row.getArray(1);
            return row.wasNull() ? Optional.empty() : Optional.of(texts(position));
        }
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    /** Over the table once; false when it was stopped. */
    private boolean walk(KeyRange key, Optional<List<String>> from)
            throws SQLException, InterruptedException, Unending {
        Optional<List<String>> position = from;
        long keys = 0;
        long begun = tools.clock().nowNanos();
        while (true) {
            if (brake.await()) {
                pace.heldUp();
            }
            if (tools.stop().requested()) {
                return false;
            }
            int wanted = pace.keys();
            Optional<Range> range = next(key, position, wanted);
            if (range.isEmpty()) {
                return true;
            }
            tools.listener().statementStarted(step, statement);
            long sent = tools.clock().nowNanos();
            long changed = batch(key, range.get());
            long took = tools.clock().nowNanos() - sent;
            busyNanos += took;
            longestBatchNanos = Math.max(longestBatchNanos, took);
            keys += range.get().keys();
            tell(keys, begun);
            if (range.get().keys() < wanted) {
                // The end of the table as it is now; a walk that followed who inserts there would never end.
                return true;
            }
            if (changed > 0) {
                // Ranges where nothing is to be done are fast, and say nothing about those where something is.
                pace.took(Duration.ofNanos(took));
                pause();
            }
            position = Optional.of(range.get().upTo());
        }
    }

    private void pause() throws InterruptedException {
        if (tools.surroundings().inhabited() && backfill.pause().isPositive()) {
            long before = tools.clock().nowNanos();
            tools.stop().pause(backfill.pause());
            pausedNanos += tools.clock().nowNanos() - before;
        }
    }

    private Optional<Range> next(KeyRange key, Optional<List<String>> after, int keys) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(key.next(backfill.table(), after, keys))) {
            return row.next()
                    ? Optional.of(new Range(after, texts(row.getArray(1)), row.getLong(2)))
                    : Optional.empty();
        }
    }

    /** Changes a range, tried again as the scenario says; how many rows it changed. */
    private long batch(KeyRange key, Range range) throws SQLException, InterruptedException, Unending {
        for (int failures = 0; ; ) {
            try {
                Changed changed = tried(key, range);
                rows += changed.rows();
                batches += changed.rows() > 0 ? 1 : 0;
                return changed.rows();
            } catch (SQLException e) {
                boolean again = failures < step.lockPolicy().retries()
                        && !tools.stop().requested()
                        && e.getSQLState() != null
                        && WORTH_ANOTHER_TRY.contains(e.getSQLState());
                if (!again) {
                    throw e;
                }
                failures++;
                retries++;
                tools.stop().pause(tools.backoff().after(failures, step.lockPolicy()));
            }
        }
    }

    /** One transaction, which ends either way. */
    private Changed tried(KeyRange key, Range range) throws SQLException, InterruptedException, Unending {
        execute("begin");
        boolean committed = false;
        try {
            if (session.shared() && step.lockPolicy().lockTimeout().isPresent()) {
                execute("set local lock_timeout = "
                        + step.lockPolicy().lockTimeout().get().toMillis());
            }
            Changed changed = observed(update(key, range)).orElseThrow();
            if (changed.still() > 0) {
                throw new Unending(
                        "%,d of the %,d rows that a batch changed still match %s, so the backfill would never end; let set make it untrue, or see which trigger undoes it"
                                .formatted(changed.still(), changed.rows(), backfill.where()));
            }
            observed("commit");
            committed = true;
            return changed;
        } finally {
            if (!committed && !connection.isClosed() && connection.getTransactionState() != TransactionState.IDLE) {
                observed("rollback");
            }
            ended();
        }
    }

    private String update(KeyRange key, Range range) {
        String position =
                String.join(", ", range.upTo().stream().map(KeyRange::literal).toList());
        // The condition stands on lines of its own: it may end in a comment.
        return "with batch as (update " + backfill.table() + " set " + backfill.set() + "\nwhere "
                + key.within(range.after(), range.upTo()) + " and (" + backfill.where() + "\n) returning ("
                + backfill.where() + "\n) as still), progress as (update " + state + " set position = array[" + position
                + "]::text[], rows = rows + (select count(*) from batch) where exists (select from batch))"
                + " select count(*), count(*) filter (where still) from batch";
    }

    /** What it changed, if it says. */
    private Optional<Changed> observed(String sql) throws SQLException, InterruptedException {
        session.sending(sql);
        try (Statement query = connection.createStatement()) {
            query.setEscapeProcessing(false);
            boolean hasRows = query.execute(sql);
            session.returned(transaction());
            if (!hasRows) {
                return Optional.empty();
            }
            try (ResultSet row = query.getResultSet()) {
                row.next();
                return Optional.of(new Changed(row.getLong(1), row.getLong(2)));
            }
        } catch (SQLException e) {
            if (connection.isClosed()) {
                session.connectionLost();
            } else {
                session.returned(transaction());
            }
            throw e;
        }
    }

    private WitnessedSession.Transaction transaction() {
        return switch (connection.getTransactionState()) {
            case IDLE -> WitnessedSession.Transaction.ENDED;
            case OPEN -> WitnessedSession.Transaction.OPEN;
            case FAILED -> WitnessedSession.Transaction.FAILED;
        };
    }

    /** The transaction's first statement is the batch; what follows ended it. */
    private void ended() {
        Consumer<List<Observation>> known = observations -> evidence.add(observations.getFirst());
        session.transactionEnded(known);
    }

    /** Watched, so that it is not taken for what a batch does, and forgotten: nobody else uses that table. */
    private void manage(String sql) throws SQLException, InterruptedException {
        observed(sql);
        session.transactionEnded(observations -> {});
    }

    private void execute(String sql) throws SQLException {
        try (Statement query = connection.createStatement()) {
            query.setEscapeProcessing(false);
            query.execute(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void tell(long keys, long begunNanos) {
        long now = tools.clock().nowNanos();
        if (now - toldNanos < TOLD_EVERY.toNanos()) {
            return;
        }
        toldNanos = now;
        long all = Math.max(keys, estimatedKeys);
        long remaining = (long) ((double) (now - begunNanos) / keys * (all - keys));
        tools.journal()
                .record(new BackfillProgressed(
                        now, index, walks, keys, all, rows, batches, pace.keys(), OptionalLong.of(remaining)));
        tools.listener()
                .progressed(
                        step,
                        String.format(
                                Locale.ROOT,
                                "backfill of %s: %,d of about %,d rows, %,d a batch, %,d s left",
                                backfill.table(),
                                keys,
                                all,
                                pace.keys(),
                                remaining / 1_000_000_000));
    }

    private void journal(Optional<Failure> failure, Status status, OptionalLong bytesBefore) {
        int pid = session.backendPid();
        BackfillEnded ended = new BackfillEnded(
                tools.clock().nowNanos(),
                index,
                backfill.table(),
                rows,
                batches,
                walks,
                resumed,
                retries,
                pace.keys(),
                longestBatchNanos,
                busyNanos,
                pausedNanos,
                brake.heldNanos(),
                bytesBefore,
                bytes(),
                deadTuples());
        tools.journal().record(ended);
        if (ended.batches() > 0) {
            tools.journal().record(new Noted(ended.atNanos(), sentence(ended)));
        }
        // Behind the evidence of the last batch, which is not known yet.
        session.transactionEnded(observations -> evidence.event(
                        index,
                        statement,
                        status,
                        failure.flatMap(Failure::sqlState),
                        failure.map(Failure::message),
                        pid)
                .ifPresent(tools.journal()::record));
    }

    private String sentence(BackfillEnded ended) {
        String held = ended.throttledNanos().isEmpty()
                ? ""
                : "; held up "
                        + String.join(
                                ", ",
                                ended.throttledNanos().entrySet().stream()
                                        .map(entry -> String.format(
                                                Locale.ROOT, "%.1f s by %s", entry.getValue() / 1e9, entry.getKey()))
                                        .toList());
        String size = ended.bytesBefore().isPresent() && ended.bytesAfter().isPresent()
                ? String.format(
                        Locale.ROOT,
                        " The table with its indexes had %,d MB before and has %,d MB.",
                        ended.bytesBefore().getAsLong() >> 20,
                        ended.bytesAfter().getAsLong() >> 20)
                : "";
        return String.format(
                        Locale.ROOT,
                        "Step %s changed %,d rows of %s in %,d batches, the longest of them %.1f ms",
                        step.name(),
                        ended.rows(),
                        ended.table(),
                        ended.batches(),
                        ended.longestBatchNanos() / 1e6)
                + held + "." + size;
    }

    private OptionalLong bytes() {
        return measured("select pg_total_relation_size(" + KeyRange.literal(backfill.table()) + "::regclass)");
    }

    private OptionalLong deadTuples() {
        return measured("select pg_stat_get_dead_tuples(" + KeyRange.literal(backfill.table()) + "::regclass)");
    }

    private OptionalLong measured(String sql) {
        try {
            return connection.isClosed() ? OptionalLong.empty() : OptionalLong.of(number(sql));
        } catch (SQLException e) {
            // Whether the table is there at all, the first batch will say.
            return OptionalLong.empty();
        }
    }
}
