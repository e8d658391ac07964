package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent.LockWaited;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Which request each wait belongs to: the one that the waiting session served at that time (t2 to t3). Fed with every request, once.
 */
final class VictimJoin {
    private final Map<Integer, NavigableMap<Long, CausedWait>> byPid = new HashMap<>();
    private final Map<CausedWait, RequestRecord> requestOf = new HashMap<>();
    private final Map<CausedWait, RequestRecord> nearly = new HashMap<>();
    private final List<CausedWait> waits;
    private final OptionalLong promotedNanos;

    /**
     * One request with the waits it had.
     *
     * @param waits at least one, in order
     */
    record Victim(RequestRecord request, List<CausedWait> waits) {
        long waitedNanos() {
            return waits.stream().mapToLong(c -> c.lockWait().durationNanos()).sum();
        }

        long errorNanos() {
            return waits.stream().mapToLong(c -> c.lockWait().errorNanos()).sum();
        }
    }

    /**
     * @param waits of the application
     * @param promotedNanos from when on sessions on a replica may be sessions on the primary, which it has become; empty: never
     */
    VictimJoin(List<CausedWait> waits, OptionalLong promotedNanos) {
        this.waits = waits;
        this.promotedNanos = promotedNanos;
        for (CausedWait caused : waits) {
            byPid.computeIfAbsent(caused.lockWait().requestSession(), session -> new TreeMap<>())
                    .put(middle(caused.lockWait()), caused);
        }
    }

    void add(RequestRecord request) {
        NavigableMap<Long, CausedWait> ofSession = byPid.get(pid(request));
        if (ofSession == null || request.t2Nanos() == RequestRecord.NEVER) {
            return;
        }
        ofSession
                .subMap(request.t2Nanos(), true, request.t3Nanos(), true)
                .values()
                .forEach(caused -> requestOf.put(caused, request));
        nearest(ofSession.lowerEntry(request.t2Nanos()), request);
        nearest(ofSession.higherEntry(request.t3Nanos()), request);
    }

    private int pid(RequestRecord request) {
        boolean onThePromoted = promotedNanos.isPresent() && request.t3Nanos() >= promotedNanos.getAsLong();
        return onThePromoted ? request.pidOnItsServer() : request.backendPid();
    }

    /** A short wait may lie beside its request by the error of the log's clock; it is given to it if it lies within no other. */
    private void nearest(Map.@org.jspecify.annotations.Nullable Entry<Long, CausedWait> beside, RequestRecord request) {
        if (beside == null) {
            return;
        }
        long tolerance = beside.getValue().lockWait().errorNanos();
        if (beside.getKey() >= request.t2Nanos() - tolerance && beside.getKey() <= request.t3Nanos() + tolerance) {
            nearly.put(beside.getValue(), request);
        }
    }

    private static long middle(LockWaited wait) {
        return wait.startNanos() + (wait.endNanos() - wait.startNanos()) / 2;
    }

    /** In the order of their planned arrivals. */
    List<Victim> victims() {
        Map<RequestRecord, List<CausedWait>> byRequest = new HashMap<>();
        for (CausedWait caused : waits) {
            RequestRecord request = requestOf.containsKey(caused) ? requestOf.get(caused) : nearly.get(caused);
            if (request != null) {
                byRequest.computeIfAbsent(request, r -> new ArrayList<>()).add(caused);
            }
        }
        return byRequest.entrySet().stream()
                .map(e -> new Victim(e.getKey(), e.getValue()))
                .sorted(Comparator.comparingLong(v -> v.request().t0Nanos()))
                .toList();
    }

    /** Waits for which no request is known. */
    List<CausedWait> unmatched() {
        return waits.stream()
                .filter(caused -> !requestOf.containsKey(caused) && !nearly.containsKey(caused))
                .toList();
    }
}
