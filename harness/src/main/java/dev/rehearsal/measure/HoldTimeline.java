package dev.rehearsal.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Bounds when each lock of one session was granted and released, from two kinds of evidence: when the server was at work for the session (between
 * the sending of a statement and its return), and readings of {@code pg_locks}.
 *
 * <p>A lock changes hands only while the server is at work. It was granted after the last reading that did not have it began, and before the first that
 * has it ended; released after the last that has it began, and before the first without it ended. So for
 *
 * <pre>
 *   sent            returned      commit sent   returned
 *    |---- statement ----|              |---------|
 *        -    -    +   +                    +   -        readings: - without, + with the lock
 *             [grant]                       [rel]
 * </pre>
 *
 * the hold is at least from the end of {@code [grant]} to the beginning of {@code [rel]} and at most the other way round. Between two readings
 * that both have the lock it was held throughout, if they fall into one transaction, or into one statement that keeps its lock over several
 * (CONCURRENTLY, VACUUM). A block that may itself commit (DO, CALL) can have let go in between, so there a change of the virtual
 * transaction ends the hold. What escapes is a lock that a subtransaction gave back and took again between two readings.
 *
 * <p>Readings are added in the order of time. Not safe for use by several threads.
 */
final class HoldTimeline {
    private final List<Span> statements = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();

    /** @param mayCommit whether the statement's own text can end transactions inside it */
    private record Span(long sent, long returned, boolean mayCommit) {}

    /** Readings in a row that show the same, of which only the first and the last matter. */
    private record Seen(Sighting first, Sighting last) {}

    /** When the lock was granted and released: intervals that contain the truth. */
    record Hold(
            Sighting.Lock lock,
            long grantEarliestNanos,
            long grantLatestNanos,
            long releaseEarliestNanos,
            long releaseLatestNanos) {
        long provableNanos() {
            return Math.max(0, releaseEarliestNanos - grantLatestNanos);
        }

        long possibleNanos() {
            return Math.max(0, releaseLatestNanos - grantEarliestNanos);
        }

        /** With the moment of the grant known better: the server's log says when a wait was over. */
        Hold grantedBetween(long earliest, long latest) {
            long from = Math.max(grantEarliestNanos, Math.min(earliest, grantLatestNanos));
            long to = Math.max(from, Math.min(latest, grantLatestNanos));
            return new Hold(lock, from, to, releaseEarliestNanos, releaseLatestNanos);
        }
    }

    void add(Sighting sighting) {
        if (!seen.isEmpty() && seen.getLast().last().shows(sighting)) {
            seen.set(seen.size() - 1, new Seen(seen.getLast().first(), sighting));
        } else {
            seen.add(new Seen(sighting, sighting));
        }
    }

    void statement(long sentNanos, long returnedNanos, boolean mayCommit) {
        statements.add(new Span(sentNanos, returnedNanos, mayCommit));
    }

    /** Every hold that was seen, the earliest first; all are over when the last statement has returned. */
    List<Hold> holds() {
        Set<Sighting.Lock> locks = new LinkedHashSet<>();
        seen.forEach(readings -> locks.addAll(readings.first().granted()));
        List<Hold> holds = new ArrayList<>();
        locks.forEach(lock -> holds(lock, holds));
        holds.sort(Comparator.comparingLong(Hold::grantEarliestNanos));
        return holds;
    }

    private void holds(Sighting.Lock lock, List<Hold> holds) {
        int first = 0;
        while (first < seen.size()) {
            if (!has(first, lock)) {
                first++;
                continue;
            }
            int last = first;
            while (last + 1 < seen.size() && has(last + 1, lock) && continuous(last)) {
                last++;
            }
            holds.add(hold(lock, first, last));
            first = last + 1;
        }
    }

    private boolean has(int index, Sighting.Lock lock) {
        return seen.get(index).first().granted().contains(lock);
    }

    private boolean continuous(int index) {
        Sighting before = seen.get(index).last();
        Sighting after = seen.get(index + 1).first();
        return before.virtualTransaction().equals(after.virtualTransaction())
                || statements.stream()
                        .noneMatch(span -> span.mayCommit()
                                && span.sent() <= after.toNanos()
                                && span.returned() >= before.fromNanos());
    }

    private Hold hold(Sighting.Lock lock, int first, int last) {
        long grantEarliest = first == 0
                ? statements.getFirst().sent()
                : seen.get(first - 1).last().fromNanos();
        long grantLatest = seen.get(first).first().toNanos();
        long releaseEarliest = seen.get(last).last().fromNanos();
        long releaseLatest = last == seen.size() - 1
                ? statements.getLast().returned()
                : seen.get(last + 1).first().toNanos();
        return new Hold(
                lock,
                notIdleFrom(grantEarliest),
                notIdleUntil(grantLatest),
                notIdleFrom(releaseEarliest),
                notIdleUntil(releaseLatest));
    }

    /** The first moment from {@code nanos} on at which the server was at work. */
    private long notIdleFrom(long nanos) {
        Optional<Span> next =
                statements.stream().filter(span -> span.returned() >= nanos).findFirst();
        return next.map(span -> Math.max(nanos, span.sent())).orElse(nanos);
    }

    /** The last moment up to {@code nanos} at which the server was at work. */
    private long notIdleUntil(long nanos) {
        Optional<Span> before = statements.reversed().stream()
                .filter(span -> span.sent() <= nanos)
                .findFirst();
        return before.map(span -> Math.min(nanos, span.returned())).orElse(nanos);
    }
}
