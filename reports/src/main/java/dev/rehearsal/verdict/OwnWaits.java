package dev.rehearsal.verdict;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StatementRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who stood in front of the migration when it waited itself. Fed with every request, once.
 *
 * <p>The server names every session that holds the lock, also those whose mode would not be in the way; they are told apart by how long each
 * of them stayed while the migration waited.
 */
final class OwnWaits {
    private static final String BLOCKER_FAULT = "blocker";
    private static final String BLOCKER_NAME = "harness-blocker";

    private final RunRecord run;
    private final List<LockWaited> waits;
    private final Map<Integer, List<Seen>> requestsOfHolders = new HashMap<>();

    private record Seen(String service, long fromNanos, long toNanos) {}

    OwnWaits(RunRecord run) {
        this.run = run;
        this.waits = run.lockWaits().stream()
                .filter(w -> w.party() == Party.MIGRATION)
                .toList();
        waits.forEach(w -> w.holders().forEach(pid -> requestsOfHolders.put(pid, new ArrayList<>())));
    }

    /** The migration's own waits. */
    List<LockWaited> all() {
        return waits;
    }

    void add(String service, RequestRecord request) {
        List<Seen> seen = requestsOfHolders.get(request.backendPid());
        if (seen != null && request.t2Nanos() != RequestRecord.NEVER) {
            seen.add(new Seen(service, request.t2Nanos(), request.t3Nanos()));
        }
    }

    /** Those of one statement, over all its tries; longest first, each name once. */
    List<InFront> inFrontOf(StatementRun statement) {
        Map<String, InFront> byName = new LinkedHashMap<>();
        for (StatementObserved observed : statement.tries()) {
            waits.stream()
                    .filter(w -> w.pid() == observed.backendPid())
                    .filter(w -> w.startNanos() <= observed.returnedNanos() && w.endNanos() >= observed.sentNanos())
                    .flatMap(w ->
                            w.holders().stream().filter(pid -> pid != w.pid()).map(pid -> holder(w, pid)))
                    .forEach(front -> byName.merge(front.name(), front, OwnWaits::together));
        }
        return byName.values().stream()
                .sorted(Comparator.comparingLong(InFront::blockedNanos).reversed())
                .toList();
    }

    private static InFront together(InFront one, InFront other) {
        return new InFront(one.party(), one.name(), one.pid(), one.blockedNanos() + other.blockedNanos());
    }

    private InFront holder(LockWaited wait, int pid) {
        return byRequest(wait, pid)
                .or(() -> byItsOwnWait(wait, pid))
                .or(() -> byFault(wait, pid))
                .orElseGet(() -> new InFront(Party.OTHER, "session " + pid, pid, wait.durationNanos()));
    }

    private Optional<InFront> byRequest(LockWaited wait, int pid) {
        return requestsOfHolders.getOrDefault(pid, List.of()).stream()
                .filter(seen -> seen.fromNanos() <= wait.endNanos() && seen.toNanos() >= wait.startNanos())
                .min(Comparator.comparingLong(Seen::fromNanos))
                .map(seen -> new InFront(
                        Party.APPLICATION,
                        seen.service(),
                        pid,
                        Math.max(0, Math.min(seen.toNanos(), wait.endNanos()) - wait.startNanos())));
    }

    private Optional<InFront> byItsOwnWait(LockWaited wait, int pid) {
        return run.lockWaits().stream()
                .filter(other -> other.pid() == pid && other.party() != Party.MIGRATION)
                .min(Comparator.comparingLong(other -> Math.abs(other.startNanos() - wait.startNanos())))
                .map(other -> new InFront(other.party(), name(other), pid, wait.durationNanos()));
    }

    /** A service by its own name. */
    private String name(LockWaited wait) {
        return run.started().services().stream()
                .map(ServicePlan::name)
                .filter(service -> ApplicationNames.application(service).equals(wait.applicationName()))
                .findFirst()
                .orElse(wait.applicationName().isBlank() ? "session " + wait.pid() : wait.applicationName());
    }

    private Optional<InFront> byFault(LockWaited wait, int pid) {
        return run.faults().stream()
                .filter(fault -> fault.kind().equals(BLOCKER_FAULT) && fault.happened())
                .filter(fault -> fault.startNanos() <= wait.endNanos() && fault.endNanos() >= wait.startNanos())
                .max(Comparator.comparingLong(FaultRun::endNanos))
                .map(fault -> new InFront(
                        Party.BLOCKER,
                        BLOCKER_NAME,
                        pid,
                        Math.min(fault.endNanos(), wait.endNanos()) - Math.max(fault.startNanos(), wait.startNanos())));
    }
}
