package dev.rehearsal.measure;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A line of the server's log that says something to the lock tracer. {@code at} is cut to milliseconds, as the server writes it. */
sealed interface LogEntry {
    Instant at();

    /** The process that wrote the line. */
    int pid();

    /**
     * {@code still waiting for}, and its rarer forms (deadlock detected or avoided): a wait that has lasted {@code durationNanos} so far.
     *
     * @param session pid of the session; for a parallel worker its leader's
     */
    record WaitReported(
            Instant at,
            int pid,
            int session,
            String applicationName,
            String mode,
            LockTarget target,
            long durationNanos,
            List<Integer> holders,
            List<Integer> queue)
            implements LogEntry {
        public WaitReported {
            holders = List.copyOf(holders);
            queue = List.copyOf(queue);
        }
    }

    /** {@code acquired}: the wait is over. */
    record WaitAcquired(
            Instant at,
            int pid,
            int session,
            String applicationName,
            String mode,
            LockTarget target,
            long durationNanos)
            implements LogEntry {}

    /**
     * An ERROR, FATAL or PANIC of a session: whatever it waited for, it does not any more.
     *
     * @param statement that it was at; empty if the log does not say
     */
    record SessionFailed(Instant at, int pid, String sqlState, String message, String statement) implements LogEntry {}

    /** Of a session of a migration tool's: the server begins to execute a statement, or several that came in one message. */
    record StatementBegan(Instant at, int pid, String sql) implements LogEntry {}

    /** Of a session of a migration tool's: it has parsed or bound a statement, for which it may have waited for locks already. */
    record StatementPrepared(Instant at, int pid, long durationNanos) implements LogEntry {}

    /** Of a session of a migration tool's: what it began to execute last has succeeded. */
    record StatementEnded(Instant at, int pid, long durationNanos) implements LogEntry {}

    /** A session that is nobody's whom the harness knows has changed the schema. */
    record StrangerChanged(Instant at, int pid, String applicationName) implements LogEntry {}

    /** The {@code table_rewrite} event trigger. Like every line of our triggers, {@code at} is in microseconds. */
    record TableRewritten(Instant at, int pid, long table, String relation, int reason) implements LogEntry {}

    /**
     * The {@code ddl_command_start} event trigger, of servers that do not set their row counts back on demand.
     *
     * @param rowsRead by relation, counted by the session when the command began: by whatever it has done since it last reported
     */
    record CommandBegan(Instant at, int pid, Map<Long, Long> rowsRead) implements LogEntry {
        public CommandBegan {
            rowsRead = Map.copyOf(rowsRead);
        }
    }

    /** The {@code ddl_command_end} event trigger: the relation locks that the migration's session had just then ({@code at} in microseconds). */
    record CommandEnded(Instant at, int pid, List<HeldLock> locks) implements LogEntry {
        public CommandEnded {
            locks = List.copyOf(locks);
        }
    }

    /** @param rowsRead of the relation, by scans, counted by the session when the command ended */
    record HeldLock(long relation, String name, String mode, long rowsRead) {}

    /** A line that the tracer itself had written, to know how far it has read. */
    record Marker(Instant at, int pid, String text) implements LogEntry {}

    /** An event trigger of ours could not do its work. */
    record TriggerFailed(Instant at, int pid, String message) implements LogEntry {}
}
