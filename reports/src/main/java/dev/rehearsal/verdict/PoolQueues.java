package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.verdict.VictimJoin.Victim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Requests that waited for a connection because their service's pool was full of victims.
 *
 * <p>A pool counts as full of victims while at least {@value #FULL_PERCENT} % of its connections wait for locks of the migration at once (not
 * all: one may be between two waits). A request that began to wait for a connection then, or while such a request still waited (the queue
 * drains for a while after the lock is gone), is due to the statement that filled the pool.
 */
final class PoolQueues {
    private static final int FULL_PERCENT = 90;
    /** What a pool takes to hand out a connection that is free. */
    private static final long FREE_NANOS = 1_000_000;

    private final Map<String, List<PoolWait>> waits = new HashMap<>();

    /** @param cause index of the statement */
    record PoolVictim(RequestRecord request, int cause, long waitedNanos) {}

    private record PoolWait(RequestRecord request, long fromNanos, long toNanos) {}

    private record Full(long fromNanos, long toNanos, int cause) {}

    private record Change(long atNanos, int by, int cause) {}

    /** Fed with every request, once. */
    void add(String service, RequestRecord request) {
        if (request.t1Nanos() == RequestRecord.NEVER) {
            return;
        }
        long to = request.t2Nanos() == RequestRecord.NEVER ? request.t3Nanos() : request.t2Nanos();
        long from = request.attempts().count() > 1 ? request.attempts().askedNanos() : request.t1Nanos();
        if (to - from >= FREE_NANOS) {
            waits.computeIfAbsent(service, name -> new ArrayList<>()).add(new PoolWait(request, from, to));
        }
    }

    /** @param victims of the service, by waits in the lock queue: none of them is named again */
    List<PoolVictim> victims(ServicePlan service, List<Victim> victims) {
        List<Full> full = full(service.poolSize(), victims);
        Set<RequestRecord> counted = new HashSet<>();
        victims.forEach(v -> counted.add(v.request()));
        List<PoolVictim> found = new ArrayList<>();
        List<PoolWait> inOrder = waits.getOrDefault(service.name(), List.of()).stream()
                .sorted(Comparator.comparingLong(PoolWait::fromNanos))
                .toList();
        long drainedNanos = Long.MIN_VALUE;
        int draining = -1;
        int next = 0;
        for (PoolWait wait : inOrder) {
            while (next < full.size() && full.get(next).toNanos() <= wait.fromNanos()) {
                next++;
            }
            boolean whileFull = next < full.size() && full.get(next).fromNanos() < wait.toNanos();
            if (!whileFull && wait.fromNanos() >= drainedNanos) {
                continue;
            }
            draining = whileFull ? full.get(next).cause() : draining;
            drainedNanos = Math.max(drainedNanos, wait.toNanos());
            if (!counted.contains(wait.request())) {
                found.add(new PoolVictim(wait.request(), draining, wait.toNanos() - wait.fromNanos()));
            }
        }
        return found;
    }

    private static List<Full> full(int poolSize, List<Victim> victims) {
        int enough = Math.max(1, (poolSize * FULL_PERCENT + 99) / 100);
        List<Change> changes = new ArrayList<>();
        for (Victim victim : victims) {
            for (CausedWait caused : victim.waits()) {
                changes.add(new Change(caused.lockWait().startNanos(), 1, caused.cause()));
                changes.add(new Change(caused.lockWait().endNanos(), -1, caused.cause()));
            }
        }
        changes.sort(Comparator.comparingLong(Change::atNanos).thenComparingInt(Change::by));
        List<Full> full = new ArrayList<>();
        int waiting = 0;
        long since = 0;
        int cause = -1;
        for (Change change : changes) {
            int before = waiting;
            waiting += change.by();
            if (before < enough && waiting >= enough) {
                since = change.atNanos();
                cause = change.cause();
            } else if (before >= enough && waiting < enough) {
                full.add(new Full(since, change.atNanos(), cause));
            }
        }
        return full;
    }
}
