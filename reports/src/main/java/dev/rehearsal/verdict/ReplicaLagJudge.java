package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunEvent.ReplicaSampled;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The replica that was furthest behind, from the baseline's begin on. */
final class ReplicaLagJudge {
    private static final String OBJECTIVE = "replicaLag";

    private final RunRecord run;

    ReplicaLagJudge(Evidence evidence) {
        this.run = evidence.run();
    }

    Finding judge(Objective.ReplicaLag objective) {
        long limit = objective.max().toNanos();
        List<ReplicaSampled> samples = samples();
        Optional<ReplicaSampled> worst = samples.stream().max(Comparator.comparingLong(ReplicaSampled::lagNanos));
        if (worst.isEmpty()) {
            return Finding.ofDuration(
                    OBJECTIVE,
                    Status.INCONCLUSIVE,
                    "longest lag of a replica",
                    OptionalDouble.empty(),
                    OptionalDouble.of((double) limit),
                    run.limitation(InstrumentLimited.REPLICA_LAG)
                            .map(limited -> "How far replicas were behind is not known. " + limited.reason())
                            .orElse(
                                    "No replica was looked at: the run did not come that far, or none could be reached."),
                    objective.location());
        }
        Status status = Status.PASSED;
        if (samples.stream().anyMatch(sample -> sample.lagNanos() - sample.errorNanos() > limit)) {
            status = Status.FAILED;
        } else if (samples.stream().anyMatch(sample -> sample.lagNanos() + sample.errorNanos() > limit)) {
            status = Status.INCONCLUSIVE;
        }
        ReplicaSampled sample = worst.get();
        String message = sample.replica() + " was behind its primary by " + Quantities.duration(sample.lagNanos())
                + " ± " + Quantities.duration(sample.errorNanos()) + " at most, by "
                + Quantities.bytes(sample.lagBytes()) + " of write-ahead log" + when(sample) + "; the limit is "
                + Quantities.duration(limit) + "."
                + (status == Status.INCONCLUSIVE ? " The limit lies within the error." : "");
        return Finding.ofDuration(
                OBJECTIVE,
                status,
                "longest lag of a replica",
                OptionalDouble.of((double) sample.lagNanos()),
                OptionalDouble.of((double) limit),
                message,
                objective.location());
    }

    private List<ReplicaSampled> samples() {
        long from = run.stage(Stage.BASELINE).map(StageSpan::startNanos).orElse(Long.MAX_VALUE);
        return run.replicaSamples().stream()
                .filter(sample -> sample.atNanos() >= from)
                .toList();
    }

    private String when(ReplicaSampled sample) {
        return run.stages().stream()
                .filter(stage -> stage.contains(sample.atNanos()))
                .findFirst()
                .map(stage -> ", " + Wording.during(stage.stage()))
                .orElse("");
    }
}
