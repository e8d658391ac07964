package dev.rehearsal.verdict;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunEvent.HttpTiming;
import dev.rehearsal.run.RunEvent.Paused;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The longest time without a success, of each operation by itself, from the baseline's begin on. */
final class OutageJudge {
    private static final String OBJECTIVE = "outage";
    private static final String OURS = "harness";

    private final RunRecord run;

    OutageJudge(Evidence evidence) {
        this.run = evidence.run();
    }

    /** One finding an operation; one in all where nothing can be said of any. */
    List<Finding> judge(Objective.Outage objective) {
        Optional<StageSpan> baseline = run.stage(Stage.BASELINE);
        if (baseline.isEmpty()) {
            return List.of(unknown(objective, "The run did not come that far."));
        }
        long from = baseline.get().startNanos();
        List<Outage> outages = OutageFinder.longest(run, from, run.timelineEndNanos()).stream()
                .filter(outage -> objective.service().isEmpty()
                        || objective.service().get().equals(outage.service()))
                .filter(outage -> objective.operation().isEmpty()
                        || objective.operation().get().equals(outage.operation()))
                .toList();
        if (outages.isEmpty()) {
            return List.of(unknown(objective, "There was no such request; lengthen the stages or raise the rate."));
        }
        return outages.stream().map(outage -> finding(objective, outage)).toList();
    }

    private static Finding unknown(Objective.Outage objective, String message) {
        return Finding.ofDuration(
                OBJECTIVE,
                Status.INCONCLUSIVE,
                "longest outage of " + Wording.operations(objective.service(), objective.operation()),
                OptionalDouble.empty(),
                OptionalDouble.of((double) objective.max().toNanos()),
                message,
                objective.location());
    }

    private Finding finding(Objective.Outage objective, Outage outage) {
        String name = Wording.operation(run, outage.service(), outage.operation());
        long limit = objective.max().toNanos();
        long observed = outage.durationNanos();
        long ours = standStill(outage);
        // Of its begin, and of its end.
        long error = 2 * run.http(outage.service()).map(HttpTiming::errorNanos).orElse(0L);
        Status status = observed + error <= limit
                ? Status.PASSED
                : observed - ours - error <= limit ? Status.INCONCLUSIVE : Status.FAILED;
        String message = "The longest time without a success of " + name + " was " + Quantities.duration(observed)
                + when(outage) + "; the limit is " + Quantities.duration(limit) + "."
                + (outage.firstSuccessNanos().isPresent()
                        ? ""
                        : " There was none any more to the end of the run, so that it may have been longer.")
                + (status == Status.INCONCLUSIVE && observed - ours <= limit && ours > 0
                        ? " For " + Quantities.duration(ours) + " of it the load generator itself stood still: run it"
                                + " again on a quieter machine."
                        : status == Status.INCONCLUSIVE
                                ? " The limit lies within the error, ± " + Quantities.duration(error) + "."
                                : "");
        return Finding.ofDuration(
                OBJECTIVE,
                status,
                "longest outage of " + name,
                OptionalDouble.of((double) observed),
                OptionalDouble.of((double) limit),
                message,
                objective.location());
    }

    private String when(Outage outage) {
        Optional<FaultRun> fault = run.faults().stream()
                .filter(FaultRun::tookTheServerAway)
                .filter(each -> outage.overlaps(each.startNanos(), each.endNanos()))
                .findFirst();
        if (fault.isPresent()) {
            return ", around the " + fault.get().kind();
        }
        return run.stages().stream()
                .filter(stage -> stage.contains(outage.wantedNanos()))
                .findFirst()
                .map(stage -> ", " + Wording.during(stage.stage()))
                .orElse("");
    }

    /** How much of it may be the generator's own doing. */
    private long standStill(Outage outage) {
        return run.pauses().stream()
                .filter(pause -> !pause.process().equals(OURS))
                .mapToLong(pause -> within(pause, outage))
                .sum();
    }

    private static long within(Paused pause, Outage outage) {
        long from = Math.max(pause.atNanos() - pause.durationNanos(), outage.wantedNanos());
        return Math.max(0, Math.min(pause.atNanos(), outage.endNanos()) - from);
    }
}
