package dev.rehearsal.measure;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Makes one {@link LockWaited} of the readings of the server's locks in which a session waits.
 *
 * <pre>
 *  readings       |----|      |----|      |----|      |----|
 *  session        not         waits       waits       not
 *  wait               (since it says)…………………………[ end ]
 * </pre>
 *
 * The end lies between the beginning of the last reading that has the wait and the end of the first that has it no more; the beginning is the
 * server's own, within the reading that told it. Where the server does not tell it, it lies likewise between two readings. Not safe for use by several
 * threads.
 */
final class SampledWaits {
    private final Function<LockTarget, String> describe;
    private final Map<Integer, Open> open = new HashMap<>();
    private long lastFromNanos;
    private boolean readBefore;

    /**
     * A lock that somebody waits for, as one session has it or wants it.
     *
     * @param waitedMicros so far, as the server says; empty of one who has the lock, and where it does not say
     * @param applicationName of a session that waits
     * @param session of one that waits: its pid; for a parallel worker its leader's
     */
    record Row(
            int pid,
            boolean granted,
            String mode,
            LockTarget target,
            OptionalLong waitedMicros,
            String applicationName,
            int session) {}

    /** @param startErrorNanos and when it was seen last, by the reading that began then */
    private record Open(
            Row row,
            String target,
            long startNanos,
            long startErrorNanos,
            long lastFromNanos,
            List<Integer> holders,
            List<Integer> queue) {
        private boolean sameAs(Row other) {
            return row.target().equals(other.target()) && row.mode().equals(other.mode());
        }

        private Open seenAgain(long fromNanos) {
            return new Open(row, target, startNanos, startErrorNanos, fromNanos, holders, queue);
        }
    }

    /** @param describe the words for a lock's target; asked when the wait is first seen */
    SampledWaits(Function<LockTarget, String> describe) {
        this.describe = describe;
    }

    /**
     * One more reading, taken at some moment between the two.
     *
     * @param rows in the order in which those that wait have waited
     * @return the waits that it shows to be over
     */
    List<LockWaited> reading(long fromNanos, long toNanos, List<Row> rows) {
        Map<Integer, Row> waiting = new HashMap<>();
        rows.stream().filter(row -> !row.granted()).forEach(row -> waiting.put(row.pid(), row));
        List<LockWaited> over = new ArrayList<>();
        open.values().removeIf(known -> {
            Row now = waiting.get(known.row().pid());
            if (now != null && known.sameAs(now) && !beganAfter(known, now, fromNanos)) {
                return false;
            }
            over.add(ended(known, toNanos, rows));
            return true;
        });
        waiting.values()
                .forEach(row -> open.merge(
                        row.pid(), begun(row, rows, fromNanos, toNanos), (known, again) -> known.seenAgain(fromNanos)));
        lastFromNanos = fromNanos;
        readBefore = true;
        return over;
    }

    /** The same lock, but another wait for it: it began when the first had been seen already. */
    private static boolean beganAfter(Open known, Row now, long fromNanos) {
        return now.waitedMicros().isPresent()
                && fromNanos - now.waitedMicros().getAsLong() * 1000 > known.lastFromNanos() + known.startErrorNanos();
    }

    private Open begun(Row row, List<Row> rows, long fromNanos, long toNanos) {
        long earliest = readBefore ? lastFromNanos : fromNanos;
        long latest = toNanos;
        if (row.waitedMicros().isPresent()) {
            long waited = row.waitedMicros().getAsLong() * 1000;
            earliest = fromNanos - waited;
            latest = toNanos - waited;
        }
        return new Open(
                row,
                describe.apply(row.target()),
                earliest + (latest - earliest) / 2,
                (latest - earliest + 1) / 2,
                fromNanos,
                pids(row, rows, true),
                pids(row, rows, false));
    }

    private static List<Integer> pids(Row row, List<Row> rows, boolean granted) {
        return rows.stream()
                .filter(other -> other.granted() == granted && other.target().equals(row.target()))
                .map(Row::pid)
                .distinct()
                .toList();
    }

    private static LockWaited ended(Open wait, long latestNanos, List<Row> rows) {
        boolean acquired = rows.stream()
                .anyMatch(row -> row.granted() && row.pid() == wait.row().pid() && wait.sameAs(row));
        return waited(wait, latestNanos, acquired ? WaitOutcome.ACQUIRED : WaitOutcome.ENDED);
    }

    private static LockWaited waited(Open wait, long latestNanos, WaitOutcome outcome) {
        Row row = wait.row();
        long earliest = Math.max(wait.lastFromNanos(), wait.startNanos());
        long end = earliest + (latestNanos - earliest) / 2;
        long error = Math.max(wait.startErrorNanos(), (latestNanos - earliest + 1) / 2);
        return new LockWaited(
                latestNanos,
                wait.startNanos(),
                end,
                end - wait.startNanos(),
                error,
                row.session(),
                ApplicationNames.party(row.applicationName()),
                ApplicationNames.withoutClient(row.applicationName()),
                wait.target(),
                row.target() instanceof LockTarget.Relation,
                row.mode(),
                outcome,
                wait.holders(),
                wait.queue(),
                ApplicationNames.clientOf(row.applicationName()));
    }

    /** No reading comes after this, or none for a while: what is still open, as far as it is known. */
    List<LockWaited> lost(long nowNanos) {
        List<LockWaited> rest = open.values().stream()
                .map(wait -> waited(wait, Math.max(nowNanos, wait.lastFromNanos()), WaitOutcome.UNKNOWN))
                .toList();
        open.clear();
        readBefore = false;
        return rest;
    }
}
