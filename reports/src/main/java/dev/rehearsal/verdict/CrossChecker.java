package dev.rehearsal.verdict;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Attribution.RequestWaits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Holds the lock log against the requests: the server and the load generator know nothing of each other, so where they disagree beyond their
 * errors one of them is wrong, and nobody knows which. Four checks:
 *
 * <ol>
 *   <li>No request took less time in the server than it waited for locks there ({@value #CLOCK_MILLIS} ms and the log's own error allowed).
 *   <li>Of the victim with the longest response, lock waits, pool wait, generator lag and the p99.9 of its operation's baseline leave little
 *       unexplained: at most {@value #UNEXPLAINED_MILLIS} ms and {@value #UNEXPLAINED_PERCENT} % of the response (those who waited are all
 *       released at once and then compete).
 *   <li>Every long wait in the log belongs to a request: none of {@value #UNEXPLAINED_MILLIS} ms or more is left over.
 *   <li>A strong lock held for at least {@value #HOLD_MILLIS} ms that requests stood still through has left at least one wait in the log.
 * </ol>
 */
final class CrossChecker {
    private static final long CLOCK_MILLIS = 5;
    private static final long UNEXPLAINED_MILLIS = 50;
    private static final int UNEXPLAINED_PERCENT = 25;
    private static final long HOLD_MILLIS = 200;
    private static final double MOST_OF_A_HOLD = 0.9;
    private static final long BETWEEN_POOLER_SAMPLES_NANOS = 200_000_000;
    private static final double NANOS_PER_MILLISECOND = 1e6;

    private final Evidence evidence;
    private final List<String> reasons = new ArrayList<>();

    CrossChecker(Evidence evidence) {
        this.evidence = evidence;
    }

    /** Of the last check. */
    List<String> reasons() {
        return reasons;
    }

    CrossCheck check() {
        reasons.clear();
        Attribution attribution = evidence.attribution();
        shorterThanItsWaits();
        OptionalDouble unexplained = unexplained();
        waitsWithoutRequest();
        holdsWithoutWaits();
        return new CrossCheck(
                attribution.causedWaits().size(),
                attribution.unmatched().size(),
                attribution.causedWaits().stream()
                        .mapToDouble(c -> c.lockWait().durationNanos() / NANOS_PER_MILLISECOND)
                        .max(),
                longest().stream()
                        .mapToDouble(v -> v.request().responseNanos() / NANOS_PER_MILLISECOND)
                        .max(),
                unexplained);
    }

    private void shorterThanItsWaits() {
        evidence.attribution().victims().stream()
                .filter(v -> v.waitedNanos()
                        > v.request().t3Nanos() - v.request().t2Nanos() + 2 * v.errorNanos() + CLOCK_MILLIS * 1_000_000)
                .max(Comparator.comparingLong(RequestWaits::waitedNanos))
                .ifPresent(v ->
                        reasons.add("The lock log says that a " + v.operation().operation() + " waited "
                                + Quantities.duration(v.waitedNanos()) + ", but the request took only "
                                + Quantities.duration(
                                        v.request().t3Nanos() - v.request().t2Nanos())
                                + " in the server: the two clocks disagree. Run it again on a quieter machine."));
    }

    private Optional<RequestWaits> longest() {
        return evidence.attribution().victims().stream()
                .max(Comparator.comparingLong(v -> v.request().responseNanos()));
    }

    private OptionalDouble unexplained() {
        Optional<RequestWaits> longest = longest();
        if (longest.isEmpty()) {
            return OptionalDouble.empty();
        }
        RequestWaits victim = longest.get();
        RequestRecord request = victim.request();
        long rest = request.t3Nanos()
                - request.t2Nanos()
                - victim.waitedNanos()
                - baselineTailNanos(victim)
                - withoutServerNanos(request)
                - inPoolerNanos(request);
        long allowed = UNEXPLAINED_MILLIS * 1_000_000
                + request.responseNanos() * UNEXPLAINED_PERCENT / 100
                + victim.errorNanos();
        if (rest > allowed) {
            reasons.add("The longest response of a request that waited for a lock was "
                    + Quantities.duration(request.responseNanos()) + ", but the lock log explains only "
                    + Quantities.duration(victim.waitedNanos()) + " of it and " + Quantities.duration(rest)
                    + " stay unexplained: log lines were lost, or something else stood still. Lower the rate, or give the"
                    + " machine more CPUs.");
        }
        return OptionalDouble.of(Math.max(0, rest) / NANOS_PER_MILLISECOND);
    }

    /** For so long, at most, it waited for a server that was taken away on purpose. */
    private long withoutServerNanos(RequestRecord request) {
        return evidence.run().faults().stream()
                .filter(FaultRun::tookTheServerAway)
                .mapToLong(fault ->
                        Math.min(request.t3Nanos(), fault.endNanos()) - Math.max(request.t2Nanos(), fault.startNanos()))
                .filter(nanos -> nanos > 0)
                .sum();
    }

    /** For so long, at most, it waited in the pooler for a session: nobody knows it of a single request. */
    private long inPoolerNanos(RequestRecord request) {
        long longest = evidence.run().poolerSamples().stream()
                .filter(sample -> sample.atNanos() >= request.t2Nanos() && sample.atNanos() <= request.t3Nanos())
                .mapToLong(RunEvent.PoolerSampled::longestWaitNanos)
                .max()
                .orElse(0);
        return longest == 0
                ? 0
                : Math.min(longest + BETWEEN_POOLER_SAMPLES_NANOS, request.t3Nanos() - request.t2Nanos());
    }

    private long baselineTailNanos(RequestWaits victim) {
        return evidence.stage(Stage.BASELINE)
                .map(s -> s.of(
                                Optional.of(victim.operation().service()),
                                Optional.of(victim.operation().operation()))
                        .serviceTime()
                        .percentileNanos(99.9))
                .orElse(0L);
    }

    private void waitsWithoutRequest() {
        evidence.attribution().unmatched().stream()
                .map(CausedWait::lockWait)
                .filter(w -> w.durationNanos() >= UNEXPLAINED_MILLIS * 1_000_000)
                .max(Comparator.comparingLong(LockWaited::durationNanos))
                .ifPresent(
                        w -> reasons.add("The lock log has a wait of " + Quantities.duration(w.durationNanos()) + " by "
                                + w.applicationName() + " (session " + w.pid()
                                + ") that belongs to no request: requests were lost. Run it again."));
    }

    /** A hold of a strong lock, in the time of which no session of the application waited. */
    private record SilentHold(StatementObserved by, LockHeld lock) {
        long endNanos() {
            return lock.fromNanos() + lock.heldNanos();
        }
    }

    private void holdsWithoutWaits() {
        List<SilentHold> silent = silentHolds();
        if (silent.isEmpty()) {
            return;
        }
        RunRecord run = evidence.run();
        Map<Integer, Long> usual = usualMaximum(run);
        long[] through = new long[silent.size()];
        run.requests().forEach(request -> {
            if (request.t2Nanos() == RequestRecord.NEVER) {
                return;
            }
            long took = request.t3Nanos() - request.t2Nanos();
            for (int i = 0; i < through.length; i++) {
                SilentHold hold = silent.get(i);
                long within = Math.min(request.t3Nanos(), hold.endNanos())
                        - Math.max(request.t2Nanos(), hold.lock().fromNanos());
                if (within >= MOST_OF_A_HOLD * hold.lock().heldNanos()
                        && took > 3 * usual.getOrDefault(request.operation(), Long.MAX_VALUE / 3)) {
                    through[i]++;
                }
            }
        });
        for (int i = 0; i < through.length; i++) {
            if (through[i] > 0) {
                reasons.add(Wording.count(through[i], "request", "requests") + " stood still while `"
                        + Wording.statement(silent.get(i).by().sql()) + "` held "
                        + silent.get(i).lock().mode() + " on "
                        + silent.get(i).lock().relation()
                        + ", but the lock log has no wait of that time: log lines were lost. Run it again.");
            }
        }
    }

    private List<SilentHold> silentHolds() {
        List<LockWaited> application = evidence.run().lockWaits().stream()
                .filter(w -> w.party() == Party.APPLICATION)
                .toList();
        List<SilentHold> silent = new ArrayList<>();
        for (StatementImpact impact : evidence.attribution().impacts()) {
            for (StatementObserved observed : impact.statement().tries()) {
                observed.locks().stream()
                        .filter(lock -> !lock.ownRelation() && lock.heldNanos() >= HOLD_MILLIS * 1_000_000)
                        .filter(lock -> LockMode.of(lock.mode())
                                .filter(LockMode::stopsWrites)
                                .isPresent())
                        .map(lock -> new SilentHold(observed, lock))
                        .filter(hold -> evidence.run().faults().stream()
                                .noneMatch(fault -> fault.tookTheServerAway()
                                        && fault.startNanos() < hold.endNanos()
                                        && fault.endNanos() > hold.lock().fromNanos()))
                        .filter(hold -> application.stream()
                                .noneMatch(w -> w.startNanos() < hold.endNanos()
                                        && w.endNanos() > hold.lock().fromNanos()))
                        .forEach(silent::add);
            }
        }
        return silent;
    }

    /** Longest time in the server in the baseline, by operation; an operation without a baseline is not looked at. */
    private Map<Integer, Long> usualMaximum(RunRecord run) {
        Map<Integer, Long> usual = new HashMap<>();
        Optional<StageStatistics> baseline = evidence.stage(Stage.BASELINE);
        for (int i = 0; i < run.requests().operations().size(); i++) {
            var key = run.requests().operations().get(i);
            int operation = i;
            baseline.map(s -> s.of(Optional.of(key.service()), Optional.of(key.operation()))
                            .serviceTime())
                    .filter(timings -> timings.count() > 0)
                    .ifPresent(timings -> usual.put(operation, timings.maxNanos()));
        }
        return usual;
    }
}
