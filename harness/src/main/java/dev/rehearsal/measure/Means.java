package dev.rehearsal.measure;

import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the instruments have to work with on a server.
 *
 * @param log where lock waits come from
 * @param triggers whether those of {@link InstrumentSchema} are there, and are heard in the log
 */
record Means(LogAccess log, boolean triggers) {
    private static final String CONSEQUENCE =
            "That a table was rewritten is told by its file instead, which has another number afterwards, and why, only by the"
                    + " statement's text. For that the migration's session is asked after each statement of an open transaction,"
                    + " which keeps its locks for one more round trip; what a statement that is a transaction of its own has read"
                    + " is not known. Locks that a statement has for a moment are known from readings alone.";

    private static final String UNHEARD =
            "They tell of rewrites and scans through the server's log, which is not read.";

    /** Tries what the server allows, puts into the database what it does, and journals what it does not. */
    static Means of(Connection connection, LogAccess log, RunClock clock, Journal journal) throws SQLException {
        LogAccess used = log instanceof LogAccess.AtHand && !logsLockWaits(connection)
                ? new LogAccess.Unreadable("The server's settings have log_lock_waits off.")
                : log;
        Optional<String> refusal = Optional.of(UNHEARD);
        if (used instanceof LogAccess.AtHand) {
            refusal = InstrumentSchema.install(connection).map(message -> "They may not be made: " + message + ".");
        } else {
            InstrumentSchema.installSchema(connection);
        }
        refusal.ifPresent(reason -> journal.record(new InstrumentLimited(
                clock.nowNanos(),
                InstrumentLimited.EVENT_TRIGGERS,
                reason,
                CONSEQUENCE,
                OptionalLong.of(LockSampler.SLOW_NANOS))));
        return new Means(used, refusal.isEmpty());
    }

    private static boolean logsLockWaits(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select current_setting('log_lock_waits') = 'on'")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
