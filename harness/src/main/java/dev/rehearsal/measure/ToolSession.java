package dev.rehearsal.measure;

import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.scenario.sql.SqlScript;
import dev.rehearsal.scenario.sql.StatementKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One session of a migration tool's, as the server's log tells it: what it executed, transaction by transaction. Safe for use by several threads.
 *
 * <p>A record's time is cut to milliseconds, and what our triggers say is in microseconds; but the records of one session stand in the order in which
 * things happened, so a statement is never taken to have begun before something that its predecessor did.
 */
final class ToolSession {
    static final long LOG_RESOLUTION_NANOS = 1_000_000;

    private final int pid;
    private final RunClock clock;
    private final List<ToolTransaction> ended = new ArrayList<>();
    private final SessionLog log = new SessionLog();
    private List<ToolTransaction.Statement> statements = new ArrayList<>();
    private Optional<Open> open = Optional.empty();
    private OptionalLong preparedFrom = OptionalLong.empty();
    private boolean inTransaction;
    private long last = Long.MIN_VALUE;

    private record Open(String sql, long sentNanos) {}

    ToolSession(int pid, RunClock clock) {
        this.pid = pid;
        this.clock = clock;
    }

    synchronized void began(LogEntry.StatementBegan statement) {
        open.ifPresent(unended -> end(unended.sentNanos(), Optional.empty()));
        long at = clock.fromWallClock(statement.at());
        open = Optional.of(new Open(statement.sql(), sent(at)));
        preparedFrom = OptionalLong.empty();
    }

    private long sent(long at) {
        return Math.max(last + 1, Math.min(at, preparedFrom.orElse(at)));
    }

    synchronized void prepared(LogEntry.StatementPrepared statement) {
        long from = clock.fromWallClock(statement.at()) - statement.durationNanos();
        preparedFrom = OptionalLong.of(Math.min(from, preparedFrom.orElse(from)));
    }

    synchronized void ended(LogEntry.StatementEnded statement) {
        long at = clock.fromWallClock(statement.at());
        open.ifPresent(begun -> end(Math.max(at, begun.sentNanos() + statement.durationNanos()), Optional.empty()));
        last = Math.max(last, at);
    }

    synchronized void failed(LogEntry.SessionFailed failure) {
        long at = clock.fromWallClock(failure.at());
        if (open.isEmpty() && failure.statement().isBlank()) {
            // The session was ended while it did nothing.
            return;
        }
        if (open.isEmpty()) {
            // It was refused before it could be executed.
            open = Optional.of(new Open(failure.statement(), sent(at)));
            preparedFrom = OptionalLong.empty();
        }
        end(at, Optional.of(new ToolTransaction.Failure(failure.sqlState(), failure.message())));
        last = Math.max(last, at);
    }

    synchronized void add(LockWaited wait) {
        log.add(wait);
    }

    synchronized void add(LogEntry.TableRewritten rewrite) {
        last = Math.max(last, clock.fromWallClock(rewrite.at()));
        log.add(rewrite);
    }

    synchronized void add(LogEntry.CommandBegan command) {
        last = Math.max(last, clock.fromWallClock(command.at()));
        log.add(command);
    }

    synchronized void add(LogEntry.CommandEnded command) {
        last = Math.max(last, clock.fromWallClock(command.at()));
        log.add(command);
    }

    private void end(long returnedNanos, Optional<ToolTransaction.Failure> failure) {
        Open begun = open.orElseThrow();
        open = Optional.empty();
        statements.add(new ToolTransaction.Statement(
                begun.sql(), begun.sentNanos(), Math.max(returnedNanos, last) + LOG_RESOLUTION_NANOS, failure));
        for (SqlScript.Statement statement : SqlScript.split(begun.sql()).statements()) {
            if (StatementKind.of(statement.text()).controlsTransaction()) {
                inTransaction = StatementKind.begins(statement.text());
            }
        }
        if (!inTransaction) {
            endTransaction();
        }
    }

    private void endTransaction() {
        if (!statements.isEmpty()) {
            ended.add(new ToolTransaction(pid, statements, log.take(), Map.of()));
            statements = new ArrayList<>();
        }
    }

    /**
     * What it did up to now. A transaction that is still open ended with its session.
     *
     * @param nowNanos when the session was gone
     */
    synchronized List<ToolTransaction> taken(long nowNanos) {
        open.ifPresent(unended -> end(nowNanos, Optional.empty()));
        if (!statements.isEmpty()) {
            statements.add(new ToolTransaction.Statement(
                    "rollback", statements.getLast().returnedNanos(), nowNanos, Optional.empty()));
            inTransaction = false;
            endTransaction();
        }
        List<ToolTransaction> taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }
}
