package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent.InjectorClock;
import dev.rehearsal.run.RunEvent.InjectorEnded;
import dev.rehearsal.run.RunEvent.LoadEnded;
import dev.rehearsal.run.RunEvent.Outcome;
import dev.rehearsal.run.RunEvent.Paused;
import dev.rehearsal.run.RunEvent.RunEnded;
import dev.rehearsal.run.RunEvent.ServerSampled;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Whether the run came to its end, and whether its instruments were good enough for the limits judged. Every rule, with its bound:
 *
 * <table>
 *   <caption>Rules of validity</caption>
 *   <tr><td>end</td><td>the run and its load came to their end; it was not interrupted
 *   <tr><td>trouble</td><td>no instrument reported trouble
 *   <tr><td>requests</td><td>as many requests recorded as were planned, and as many in the file as were recorded
 *   <tr><td>lag</td><td>the p99 of the generator's lag, in each stage judged, is at most {@value #LAG_PERCENT} % of the smallest latency limit judged;
 *       without one, at most {@value #LAG_WITHOUT_LIMIT_MILLIS} ms: beyond it, the traffic was not the planned one
 *   <tr><td>clocks</td><td>times of injectors on other machines are wrong beside the others' by at most as much as the generator may be late
 *   <tr><td>pause</td><td>no pause of the generator in the stages judged is longer than {@value #PAUSE_PERCENT} % of that limit
 *   <tr><td>rate</td><td>in a baseline without faults, what arrived was served but for less than {@value HeldRate#NOTABLE_PERCENT} % (see
 *       {@link HeldRate})
 *   <tr><td>drift</td><td>where a regression is judged: the halves of the baseline differ by less than its factor (see {@link BaselineDrift})
 *   <tr><td>saturation</td><td>the machine was at most {@value #BUSY_PERCENT} % busy in the baseline, on average, from {@value #SAMPLES_NEEDED} samples on
 *   <tr><td>cross-check</td><td>lock log and requests agree (see {@link CrossChecker})
 * </table>
 *
 * Stages judged: those of the latency objectives, and the baseline where a regression is judged; without latency objectives, baseline,
 * migration and rollback.
 */
final class ValidityJudge {
    private static final int LAG_PERCENT = 20;
    private static final long LAG_WITHOUT_LIMIT_MILLIS = 1000;
    private static final int PAUSE_PERCENT = 50;
    private static final int BUSY_PERCENT = 95;
    private static final int SAMPLES_NEEDED = 3;
    private static final String OURS = "harness";
    private static final double NANOS_PER_MILLISECOND = 1e6;

    private final Evidence evidence;
    private final RunRecord run;
    private final OptionalDouble smallestLimitNanos;
    private final List<Objective.Latency> latencies;
    private final List<String> reasons = new ArrayList<>();
    private boolean late;
    private boolean saturated;

    ValidityJudge(Evidence evidence, OptionalDouble smallestLimitNanos) {
        this.evidence = evidence;
        this.run = evidence.run();
        this.smallestLimitNanos = smallestLimitNanos;
        this.latencies = run.started().objectives().stream()
                .filter(Objective.Latency.class::isInstance)
                .map(Objective.Latency.class::cast)
                .toList();
    }

    /** What befell the servers comes first: instruments lose them by it. */
    private void troubles() {
        run.troubles().stream()
                .sorted(Comparator.comparing(t -> !t.instrument().equals("environment")))
                .map(t -> "The " + t.instrument() + " had trouble: " + sentence(t.message()))
                .distinct()
                .forEach(reasons::add);
    }

    Validity judge() {
        cameToItsEnd();
        troubles();
        allRequests();
        OptionalDouble lagP99 = lag();
        clocks();
        long pause = pause();
        BaselineDrift drift = drift();
        Optional<HeldRate> served = undisturbedBaseline().flatMap(baseline -> HeldRate.served(run, baseline));
        OptionalDouble busy = saturation(served);
        rate(served);
        CrossChecker checker = new CrossChecker(evidence);
        CrossCheck crossCheck = checker.check();
        reasons.addAll(checker.reasons());
        return new Validity(
                reasons,
                millis(lagP99),
                pause / NANOS_PER_MILLISECOND,
                drift.ratio().isPresent()
                        ? OptionalDouble.of((drift.ratio().getAsDouble() - 1) * 100)
                        : OptionalDouble.empty(),
                busy,
                millis(smallestLimitNanos),
                crossCheck);
    }

    private void cameToItsEnd() {
        Optional<RunEnded> end = run.end();
        if (end.isEmpty()) {
            String where = run.stages().isEmpty()
                    ? "before its first stage"
                    : Wording.during(run.stages().getLast().stage());
            reasons.add("The run has no end: it was killed " + where + ", after "
                    + Quantities.duration(run.lastSeenNanos()) + ". Run it again.");
        } else if (end.get().outcome() != Outcome.COMPLETED) {
            String how = end.get().outcome() == Outcome.INTERRUPTED ? "was interrupted" : "broke off";
            reasons.add(
                    "The run " + how + " after " + Quantities.duration(end.get().atNanos())
                            + (end.get().message().isBlank()
                                    ? "."
                                    : ": " + sentence(end.get().message())));
        }
        if (end.isPresent() && end.get().outcome() == Outcome.COMPLETED) {
            if (run.load().isEmpty()) {
                reasons.add("The load's end was not recorded, so that requests may be missing. Run it again.");
            }
            run.stages().stream()
                    .filter(stage -> !stage.complete())
                    .forEach(stage -> reasons.add(
                            "The end of the stage " + stage.stage().word() + " was not recorded. Run it again."));
        }
    }

    private void allRequests() {
        if (run.load().isEmpty()) {
            return;
        }
        LoadEnded load = run.load().get();
        if (load.planned() != load.recorded()) {
            reasons.add("Of " + Wording.count(load.planned(), "planned request", "planned requests") + ", "
                    + Quantities.count(load.recorded())
                    + " were recorded: the load generator lost some. Lower the rate.");
        }
        long[] inFile = {0};
        run.requests().forEach((RequestRecord request) -> inFile[0]++);
        if (inFile[0] != load.recorded()) {
            reasons.add("requests.bin has " + Wording.count(inFile[0], "request", "requests") + ", and "
                    + Quantities.count(load.recorded()) + " were recorded: the file is not whole. Run it again.");
        }
    }

    private Set<Stage> judgedStages() {
        if (latencies.isEmpty()) {
            return EnumSet.of(Stage.BASELINE, Stage.MIGRATION, Stage.ROLLBACK);
        }
        Set<Stage> stages = EnumSet.noneOf(Stage.class);
        for (Objective.Latency latency : latencies) {
            stages.add(latency.during());
            if (latency.regression().isPresent()) {
                stages.add(Stage.BASELINE);
            }
        }
        return stages;
    }

    private OptionalDouble lag() {
        Optional<StageStatistics> latest = evidence.stages().stream()
                .filter(s ->
                        judgedStages().contains(s.stage()) && s.overall().lag().count() > 0)
                .max(Comparator.comparingLong(s -> s.overall().lag().percentileNanos(99)));
        if (latest.isEmpty()) {
            return OptionalDouble.empty();
        }
        long p99 = latest.get().overall().lag().percentileNanos(99);
        double bound = lagBoundNanos();
        if (p99 > bound) {
            reasons.add("The load generator was late: its lag p99 "
                    + Wording.during(latest.get().stage()) + " was " + Quantities.duration(p99)
                    + smallestLimit(", more than " + LAG_PERCENT + " % of the smallest limit judged")
                    + HeldRate.begun(run, latest.get().span(), bound)
                            .map(held -> "; since it fell behind it began, " + held.inWords()
                                    + ". Lower the rate to less than that")
                            .orElse(". Lower the rate")
                    + ", give the machine more CPUs, or judge with a larger limit.");
            late = true;
        }
        return OptionalDouble.of((double) p99);
    }

    private double lagBoundNanos() {
        return smallestLimitNanos.isPresent()
                ? smallestLimitNanos.getAsDouble() * LAG_PERCENT / 100
                : (double) LAG_WITHOUT_LIMIT_MILLIS * 1_000_000;
    }

    /** Arrivals of a clock that is wrong come as much too early or too late, and stand beside locks of another time. */
    private void clocks() {
        for (InjectorEnded injector : run.injectors()) {
            injector.clock()
                    .filter(clock -> clock.errorNanos() > lagBoundNanos())
                    .ifPresent(clock -> reasons.add(apart(injector, clock)));
        }
    }

    private String apart(InjectorEnded injector, InjectorClock clock) {
        return "The clock of the injector of slice " + injector.slice() + ", " + injector.place()
                + ", and the harness's are too far apart: at the end it was "
                + Quantities.duration(Math.abs(clock.driftNanos()))
                + (clock.driftNanos() < 0 ? " behind" : " ahead of")
                + " what it was at the start, and that could be told to ± "
                + Quantities.duration(
                        Math.max(clock.before().errorNanos(), clock.after().errorNanos()))
                + smallestLimit("; together more than " + LAG_PERCENT + " % of the smallest limit judged")
                + ". Let one source of time keep both machines' clocks, bring the machines nearer to each other, or judge with a"
                + " larger limit.";
    }

    private String smallestLimit(String words) {
        return smallestLimitNanos.isPresent()
                ? words + ", " + Quantities.duration(Math.round(smallestLimitNanos.getAsDouble()))
                : "";
    }

    private long pause() {
        Set<Stage> judged = judgedStages();
        List<StageSpan> spans =
                run.stages().stream().filter(s -> judged.contains(s.stage())).toList();
        Optional<Paused> longest = run.pauses().stream()
                .filter(p -> !p.process().equals(OURS))
                .filter(p -> spans.stream()
                        .anyMatch(s -> p.atNanos() > s.startNanos() && p.atNanos() - p.durationNanos() < s.endNanos()))
                .max(Comparator.comparingLong(Paused::durationNanos));
        long pause = longest.map(Paused::durationNanos).orElse(0L);
        if (smallestLimitNanos.isPresent() && pause > smallestLimitNanos.getAsDouble() * PAUSE_PERCENT / 100) {
            reasons.add("The load generator stood still for " + Quantities.duration(pause)
                    + smallestLimit(", more than " + PAUSE_PERCENT + " % of the smallest limit judged")
                    + ". Lower the rate, give the machine more CPUs or memory, or judge with a larger limit.");
        }
        return pause;
    }

    private BaselineDrift drift() {
        BaselineDrift drift = BaselineDrift.of(run);
        latencies.stream()
                .flatMap(l -> l.regression().stream())
                .min(Comparator.naturalOrder())
                .filter(factor -> drift.notableRatio() > factor)
                .ifPresent(factor -> reasons.add("The baseline drifted: its halves differ by "
                        + Quantities.percent(drift.ratio().orElseThrow() - 1)
                        + ", more than the regression that is judged allows. "
                        + (run.started().lowestRate() < run.started().highestRate()
                                ? "The scenario has the rate change; let it be the same in the baseline and from then on."
                                : "Lengthen the warm-up or the baseline.")));
        return drift;
    }

    /** Empty if the scenario disturbed it on purpose. */
    private Optional<StageSpan> undisturbedBaseline() {
        return run.stage(Stage.BASELINE)
                .filter(baseline -> run.faults().stream()
                        .noneMatch(fault -> fault.happened()
                                && fault.startNanos() < baseline.endNanos()
                                && fault.endNanos() > baseline.startNanos()));
    }

    /** Saturation and a late generator explain it, and have told it. */
    private void rate(Optional<HeldRate> served) {
        if (served.isPresent() && !late && !saturated) {
            reasons.add("The rate was not held before the migration began: "
                    + served.get().inWords()
                    + " were served in the baseline. Lower the rate to less than that, give the services more connections,"
                    + " or the machine more CPUs.");
        }
    }

    private OptionalDouble saturation(Optional<HeldRate> served) {
        Optional<StageSpan> baseline = run.stage(Stage.BASELINE);
        double[] samples = run.samples().stream()
                .filter(s -> baseline.filter(b -> b.contains(s.atNanos())).isPresent())
                .mapToDouble(ServerSampled::machineCpuFraction)
                .filter(fraction -> fraction >= 0)
                .toArray();
        if (samples.length < SAMPLES_NEEDED) {
            return OptionalDouble.empty();
        }
        double mean = java.util.Arrays.stream(samples).average().orElseThrow();
        if (mean > BUSY_PERCENT / 100.0) {
            reasons.add("The machine was saturated before the migration began: " + Quantities.percent(mean)
                    + " busy in the baseline"
                    + served.map(held -> ", and " + held.inWords() + " were served. Lower the rate to less than that")
                            .orElse(". Lower the rate")
                    + ", or give it more CPUs.");
            saturated = true;
        }
        return OptionalDouble.of(mean);
    }

    private static OptionalDouble millis(OptionalDouble nanos) {
        return nanos.isPresent() ? OptionalDouble.of(nanos.getAsDouble() / NANOS_PER_MILLISECOND) : nanos;
    }

    private static String sentence(String text) {
        String line = Wording.statement(text);
        return line.endsWith(".") || line.endsWith("…") ? line : line + ".";
    }
}
