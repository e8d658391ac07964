package dev.rehearsal.verdict;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StatementRun;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.verdict.PoolQueues.PoolVictim;
import dev.rehearsal.verdict.VictimJoin.Victim;
import dev.rehearsal.verdict.WaitCauses.Try;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who waited for which statement, and who stood in front of it: the server's lock log joined to the requests by session and time.
 *
 * <p>Chains are followed: victim, behind the migration, behind a long transaction. What the log says about waits is exact (the server measured
 * them); a request is counted under the statement that its wait is due to, also if it failed while it waited.
 *
 * @param impacts of every statement of migration and rollback, in order
 * @param causedWaits of the application, by start
 * @param ownWaits of the migration, by end
 */
public record Attribution(
        List<StatementImpact> impacts,
        List<CausedWait> causedWaits,
        List<LockWaited> ownWaits,
        List<RequestWaits> victims,
        List<CausedWait> unmatched) {
    public Attribution {
        impacts = List.copyOf(impacts);
        causedWaits = List.copyOf(causedWaits);
        ownWaits = List.copyOf(ownWaits);
        victims = List.copyOf(victims);
        unmatched = List.copyOf(unmatched);
    }

    /**
     * A request beside its waits in the log.
     *
     * @param waitedNanos all of them together
     * @param errorNanos of the log's clock, all of them together
     */
    public record RequestWaits(RequestRecord request, OperationKey operation, long waitedNanos, long errorNanos) {}

    /** Reads the requests once. */
    public static Attribution of(RunRecord run) {
        List<StepRun> stepOf = new ArrayList<>();
        List<StatementRun> statements = new ArrayList<>();
        List<Try> tries = new ArrayList<>();
        for (StepRun step : run.steps()) {
            for (StatementRun statement : step.statements()) {
                int cause = statements.size();
                statement.tries().forEach(observed -> tries.add(new Try(cause, observed)));
                stepOf.add(step);
                statements.add(statement);
            }
        }
        List<CausedWait> caused = new WaitCauses(tries, run.lockWaits())
                .find().stream()
                        .filter(c -> c.lockWait().party() == Party.APPLICATION)
                        .toList();

        List<OperationKey> operations = run.requests().operations();
        Map<String, String> unjoined = new LinkedHashMap<>();
        run.started()
                .services()
                .forEach(service ->
                        service.http().ifPresent(http -> unjoined.put(http.applicationName(), service.name())));
        VictimJoin join = new VictimJoin(
                caused.stream()
                        .filter(c -> !unjoined.containsKey(c.lockWait().applicationName()))
                        .toList(),
                run.faults().stream()
                        .filter(fault -> fault.happened() && fault.kind().equals("failover"))
                        .mapToLong(FaultRun::startNanos)
                        .min());
        PoolQueues pools = new PoolQueues();
        OwnWaits own = new OwnWaits(run);
        run.requests().forEach(request -> {
            String service = operations.get(request.operation()).service();
            join.add(request);
            pools.add(service, request);
            own.add(service, request);
        });

        List<Victim> victims = join.victims();
        List<PoolVictim> poolVictims = new ArrayList<>();
        for (ServicePlan service : run.started().services()) {
            poolVictims.addAll(pools.victims(
                    service,
                    victims.stream()
                            .filter(v -> operations
                                    .get(v.request().operation())
                                    .service()
                                    .equals(service.name()))
                            .toList()));
        }
        List<StatementImpact> impacts = new ArrayList<>();
        for (int i = 0; i < statements.size(); i++) {
            impacts.add(new StatementImpact(
                    stepOf.get(i),
                    statements.get(i),
                    inLockQueue(i, victims, operations),
                    inFrontOfPool(i, poolVictims, operations),
                    sessions(i, caused, unjoined),
                    own.inFrontOf(statements.get(i))));
        }
        return new Attribution(
                impacts,
                caused,
                own.all(),
                victims.stream()
                        .map(v -> new RequestWaits(
                                v.request(), operations.get(v.request().operation()), v.waitedNanos(), v.errorNanos()))
                        .toList(),
                join.unmatched());
    }

    private static List<Victims> inLockQueue(int cause, List<Victim> victims, List<OperationKey> operations) {
        Tally tally = new Tally(operations);
        for (Victim victim : victims) {
            List<CausedWait> due =
                    victim.waits().stream().filter(c -> c.cause() == cause).toList();
            if (!due.isEmpty()) {
                tally.add(
                        victim.request(),
                        due.stream()
                                .mapToLong(c -> c.lockWait().durationNanos())
                                .max()
                                .orElseThrow(),
                        due.stream()
                                .mapToLong(c -> c.lockWait().durationNanos())
                                .sum());
            }
        }
        return tally.result();
    }

    /** @param services by the name of their sessions, those whose requests cannot be joined to these */
    private static List<SessionVictims> sessions(int cause, List<CausedWait> caused, Map<String, String> services) {
        Map<String, SessionVictims> byService = new LinkedHashMap<>();
        for (CausedWait wait : caused) {
            String service = services.getOrDefault(wait.lockWait().applicationName(), "");
            if (wait.cause() == cause && !service.isEmpty()) {
                long nanos = wait.lockWait().durationNanos();
                byService.merge(
                        service,
                        new SessionVictims(service, 1, nanos, nanos),
                        (one, other) -> new SessionVictims(
                                service,
                                one.waits() + other.waits(),
                                Math.max(one.maxWaitNanos(), other.maxWaitNanos()),
                                one.totalWaitNanos() + other.totalWaitNanos()));
            }
        }
        return List.copyOf(byService.values());
    }

    private static List<Victims> inFrontOfPool(int cause, List<PoolVictim> victims, List<OperationKey> operations) {
        Tally tally = new Tally(operations);
        victims.stream()
                .filter(v -> v.cause() == cause)
                .forEach(v -> tally.add(v.request(), v.waitedNanos(), v.waitedNanos()));
        return tally.result();
    }

    /** Victims by operation. */
    private static final class Tally {
        private final List<OperationKey> operations;
        private final Map<List<String>, Victims> byOperation = new LinkedHashMap<>();

        Tally(List<OperationKey> operations) {
            this.operations = operations;
        }

        void add(RequestRecord request, long maxWaitNanos, long totalWaitNanos) {
            OperationKey key = operations.get(request.operation());
            byOperation.merge(
                    List.of(key.service(), key.operation()),
                    new Victims(
                            key.service(),
                            key.operation(),
                            1,
                            errors(request),
                            maxWaitNanos,
                            totalWaitNanos,
                            request.responseNanos()),
                    Tally::together);
        }

        private static SortedMap<String, Long> errors(RequestRecord request) {
            return request.failed()
                    ? new TreeMap<>(Map.of(OperationStatistics.errorKey(request), 1L))
                    : new TreeMap<>();
        }

        private static Victims together(Victims one, Victims other) {
            SortedMap<String, Long> errors = new TreeMap<>(one.errors());
            other.errors().forEach((state, count) -> errors.merge(state, count, Long::sum));
            return new Victims(
                    one.service(),
                    one.operation(),
                    one.requests() + other.requests(),
                    errors,
                    Math.max(one.maxWaitNanos(), other.maxWaitNanos()),
                    one.totalWaitNanos() + other.totalWaitNanos(),
                    Math.max(one.maxResponseNanos(), other.maxResponseNanos()));
        }

        List<Victims> result() {
            return byOperation.values().stream()
                    .sorted(Comparator.comparingLong(Victims::requests).reversed())
                    .toList();
        }
    }
}
