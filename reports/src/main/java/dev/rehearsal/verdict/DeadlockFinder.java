package dev.rehearsal.verdict;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Deadlock.Cause;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whom the server ended by deadlock, and who was on the other side. The log has the wait of every victim, because a session looks for a deadlock only when
 * it has waited for {@code deadlock_timeout}; of those on the other side it may have none, so that they are known by the sessions that the server
 * named as holders, and what these were serving when the victim fell.
 */
final class DeadlockFinder {
    private final RunRecord run;
    private final Attribution attribution;
    private final List<LockWaited> fallen;
    private final Map<LockWaited, Set<String>> operationsOf = new LinkedHashMap<>();

    DeadlockFinder(Evidence evidence) {
        this.run = evidence.run();
        this.attribution = evidence.attribution();
        this.fallen = run.lockWaits().stream()
                .filter(wait -> wait.outcome() == WaitOutcome.DEADLOCK)
                .toList();
    }

    /** The migration's first, then those that it has a part in; most transactions first. Reads the requests once if there was a deadlock. */
    List<Deadlock> find() {
        serve();
        return Stream.of(
                        ofTheMigration(),
                        ofOthers().filter(deadlock -> deadlock.cause().isPresent()),
                        ofOthers().filter(deadlock -> deadlock.cause().isEmpty()))
                .flatMap(found -> found)
                .toList();
    }

    /** Which operations the sessions were serving that the server spoke of, when the victim fell. */
    private void serve() {
        Map<Integer, List<LockWaited>> bySession = new HashMap<>();
        for (LockWaited wait : fallen) {
            operationsOf.put(wait, new LinkedHashSet<>());
            List<Integer> sessions =
                    wait.party() == Party.APPLICATION ? List.of(wait.requestSession()) : wait.holders();
            sessions.forEach(pid ->
                    bySession.computeIfAbsent(pid, session -> new ArrayList<>()).add(wait));
        }
        if (bySession.isEmpty()) {
            return;
        }
        List<OperationKey> operations = run.requests().operations();
        run.requests().forEach(request -> {
            for (LockWaited wait : bySession.getOrDefault(request.pidOnItsServer(), List.of())) {
                if (served(request, wait)) {
                    OperationKey key = operations.get(request.operation());
                    operationsOf.get(wait).add(Wording.operation(run, key.service(), key.operation()));
                }
            }
        });
    }

    /** Who has what a victim waits for has it all the while; a session's next request begins as soon as the victim fell. */
    private static boolean served(RequestRecord request, LockWaited wait) {
        long tolerance = wait.errorNanos() + wait.durationNanos() / 4;
        return request.t2Nanos() != RequestRecord.NEVER
                && request.t2Nanos() <= wait.startNanos() + tolerance
                && request.t3Nanos() >= wait.endNanos() - tolerance;
    }

    private Stream<Deadlock> ofTheMigration() {
        return attribution.impacts().stream().flatMap(impact -> {
            List<StatementObserved> ended = impact.statement().tries().stream()
                    .filter(one ->
                            one.sqlState().filter(Deadlock.SQL_STATE::equals).isPresent())
                    .toList();
            return ended.isEmpty()
                    ? Stream.of()
                    : Stream.of(new Deadlock(
                            Party.MIGRATION,
                            Optional.empty(),
                            ended.stream().flatMap(this::others).distinct().toList(),
                            Optional.of(new Cause(impact.step(), impact.statement())),
                            ended.size()));
        });
    }

    private Stream<String> others(StatementObserved ended) {
        return fallen.stream()
                .filter(wait -> wait.party() == Party.MIGRATION && wait.pid() == ended.backendPid())
                .filter(wait -> wait.startNanos() <= ended.returnedNanos() && wait.endNanos() >= ended.sentNanos())
                .flatMap(wait -> operationsOf.get(wait).stream());
    }

    private record Kind(Party victim, String applicationName, Set<String> operations, Optional<Integer> cause) {}

    private Stream<Deadlock> ofOthers() {
        Map<LockWaited, Integer> causes = attribution.causedWaits().stream()
                .collect(Collectors.toMap(CausedWait::lockWait, CausedWait::cause, (first, second) -> first));
        Map<Kind, Long> times = new LinkedHashMap<>();
        fallen.stream()
                .filter(wait -> wait.party() != Party.MIGRATION)
                .map(wait -> new Kind(
                        wait.party(),
                        wait.applicationName(),
                        wait.party() == Party.APPLICATION ? operationsOf.get(wait) : Set.of(),
                        Optional.ofNullable(causes.get(wait))))
                .forEach(kind -> times.merge(kind, 1L, Long::sum));
        return times.entrySet().stream()
                .sorted(Map.Entry.<Kind, Long>comparingByValue().reversed())
                .map(entry -> new Deadlock(
                        entry.getKey().victim(),
                        service(entry.getKey().applicationName()),
                        List.copyOf(entry.getKey().operations()),
                        entry.getKey()
                                .cause()
                                .map(attribution.impacts()::get)
                                .map(impact -> new Cause(impact.step(), impact.statement())),
                        entry.getValue()));
    }

    private Optional<String> service(String applicationName) {
        return run.started().services().stream()
                .map(ServicePlan::name)
                .filter(name -> ApplicationNames.application(name).equals(applicationName))
                .findFirst();
    }
}
