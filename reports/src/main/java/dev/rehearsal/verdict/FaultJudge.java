package dev.rehearsal.verdict;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What was to be broken, and was not: such a run has not shown what it was made for. */
final class FaultJudge {
    private static final String OBJECTIVE = "fault";

    private final RunRecord run;

    FaultJudge(Evidence evidence) {
        this.run = evidence.run();
    }

    List<Finding> withoutEffect() {
        return run.faults().stream()
                .filter(fault -> !fault.happened())
                .map(this::finding)
                .toList();
    }

    private Finding finding(FaultRun fault) {
        return new Finding(
                OBJECTIVE,
                Status.INCONCLUSIVE,
                "fault " + (fault.index() + 1) + ", " + fault.kind(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                "faults",
                "did not happen",
                "",
                "The fault " + fault.kind() + " had no effect. " + fault.effect(),
                new SourceLocation(run.started().scenarioFile(), 1, 1));
    }

    /** What was felt of those that took the server away. */
    List<FaultEffect> effects() {
        return run.faults().stream()
                .map(fault -> FaultEffect.of(fault, run))
                .flatMap(Optional::stream)
                .toList();
    }
}
