package dev.rehearsal.measure;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one statement did, known when its transaction has ended. Times as in {@link dev.rehearsal.run.RunEvent.StatementObserved}.
 *
 * @param waitedNanos for locks of every kind, by the server's log
 * @param scans rows that sequential scans read, by relation, of relations that were there before; of DDL, and of other statements inside an open
 *     transaction. Index builds are in it too, but their parallel workers count apart and are missing here
 * @param walBytes written by the session itself; present when the statement was alone in its transaction and the server counts WAL by
 *     session (PostgreSQL 18)
 */
public record Observation(
        long sentNanos,
        long returnedNanos,
        long transactionEndSentNanos,
        long transactionEndedNanos,
        long waitedNanos,
        List<Rewrite> rewrites,
        List<Scan> scans,
        OptionalLong walBytes,
        List<LockHeld> locks) {
    public Observation {
        rewrites = List.copyOf(rewrites);
        scans = List.copyOf(scans);
        locks = List.copyOf(locks);
    }
}
