package dev.rehearsal.report;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunEvent.Outcome;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.FaultEffect;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.OperationStatistics;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.RollbackResult;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.StatementImpact;
import dev.rehearsal.verdict.Timings;
import dev.rehearsal.verdict.Verdict;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The verdict in one sentence for who decides whether the migration goes ahead: users and seconds, no lock modes.
 *
 * <p>The sentence for who has to change the migration is the verdict's own {@link dev.rehearsal.verdict.Story}.
 */
final class Headline {
    /** Fewer cannot carry the word "99 of 100". */
    private static final long REQUESTS_FOR_P99 = Timings.requestsNeeded(99);

    private static final Set<String> OF_DRILLS = Set.of("drill", "rerun", "resumable", "compatible");

    private final RunRecord run;
    private final Verdict verdict;
    private final String where;

    Headline(RunRecord run, Verdict verdict) {
        this(run, verdict, "");
    }

    private Headline(RunRecord run, Verdict verdict, String where) {
        this.run = run;
        this.verdict = verdict;
        this.where = where;
    }

    /** Where there are several databases, of the one that tells most. */
    static Headline of(RunRecord run, Verdict verdict) {
        return verdict.toldOfAnother()
                .flatMap(database -> database.judged()
                        .map(there -> new Headline(
                                there.run(),
                                there.verdict(),
                                "On database " + database.number() + " of "
                                        + verdict.databases().size() + ": ")))
                .orElseGet(() -> new Headline(run, verdict));
    }

    String sentence() {
        return where + judged();
    }

    private String judged() {
        return switch (verdict.status()) {
            case PASSED -> passed();
            case FAILED -> failed();
            case INCONCLUSIVE -> inconclusive();
        };
    }

    /** What the sentence is to be compared with; empty where there is nothing. */
    String support() {
        return Stream.of(before(), failures()).filter(s -> !s.isEmpty()).collect(Collectors.joining(" "));
    }

    private String passed() {
        return "This migration is fit for traffic like this: "
                + statistics(Stage.MIGRATION)
                        .filter(m -> m.arrivals() > 0)
                        .map(m -> "while it ran nobody waited longer than "
                                + Quantities.duration(m.response().maxNanos()) + ".")
                        .orElse("every objective was met.");
    }

    private String failed() {
        Optional<Finding> lost = verdict.findings().stream()
                .filter(f -> f.objective().equals("lostWrites") && f.status() == Verdict.Status.FAILED)
                .findFirst();
        if (lost.isPresent()) {
            return "Writes that users were told are safe are gone: "
                    + lost.get().shownObserved() + " of them.";
        }
        Optional<StepRun> broken = run.steps().stream()
                .filter(step -> step.phase() == Phase.MIGRATION && step.status() != Status.SUCCEEDED)
                .findFirst();
        if (broken.isPresent() && broken.get().status() == Status.UNKNOWN) {
            return "Whether the migration's step “" + broken.get().name()
                    + "” is committed, its client cannot know: the connection broke under the commit" + felt() + ".";
        }
        if (broken.isPresent()) {
            return "The migration itself did not succeed: its step “"
                    + broken.get().name() + "” "
                    + (broken.get().status() == Status.TIMED_OUT ? "ran out of time" : "failed") + felt() + ".";
        }
        Optional<FaultEffect> fault = verdict.story().fault();
        if (fault.isPresent()) {
            return "What users felt most was the scenario's own fault (" + kind(fault.get()) + "): up to "
                    + Quantities.duration(fault.get().longestNanos()) + " without a success.";
        }
        if (onlyDrillsFailed()) {
            return "Users would bear this migration, but it does not pass: " + failedDrills() + ".";
        }
        if (impact() > 0) {
            return "Do not run this under traffic: users would wait up to " + Quantities.duration(impact()) + ".";
        }
        if (verdict.rollback().status() == RollbackResult.Status.FAILED) {
            return "There is no safe way back: the rollback failed.";
        }
        if (verdict.rollback().schemaRestored().filter(restored -> !restored).isPresent()) {
            return "There is no clean way back: the rollback leaves another schema than it found.";
        }
        long failed = verdict.count(Verdict.Status.FAILED);
        return "This migration does not meet " + failed + " of its "
                + verdict.findings().size() + " objectives.";
    }

    private boolean onlyDrillsFailed() {
        return !failedDrills().isEmpty()
                && verdict.findings().stream()
                        .filter(finding -> finding.status() == Verdict.Status.FAILED)
                        .allMatch(finding -> OF_DRILLS.contains(finding.objective()));
    }

    /** Such as {@code drill rerun, drill crash}. */
    private String failedDrills() {
        return verdict.drills().stream()
                .filter(drill -> drill.decides() && drill.status() == Verdict.Status.FAILED)
                .map(drill -> "drill " + drill.run().name())
                .collect(Collectors.joining(", "));
    }

    private String kind(FaultEffect felt) {
        return run.faults().stream()
                .filter(fault -> fault.index() == felt.fault())
                .map(FaultRun::kind)
                .findFirst()
                .orElseThrow();
    }

    private String inconclusive() {
        String why = run.end()
                .filter(end -> end.outcome() != Outcome.COMPLETED)
                .map(end -> end.outcome() == Outcome.INTERRUPTED ? "the run was interrupted" : "the run broke off")
                .orElse(
                        run.end().isEmpty()
                                ? "the run did not come to its end"
                                : "the measurement was not good enough to judge it");
        return "No answer about this migration: " + why + ".";
    }

    private String felt() {
        return impact() > 0 ? ", and made users wait up to " + Quantities.duration(impact()) : "";
    }

    /** Worst response of a victim of the migration's statements, not of the rollback's. */
    private long impact() {
        return verdict.impacts().stream()
                .filter(i -> i.step().phase() == Phase.MIGRATION)
                .mapToLong(StatementImpact::maxResponseNanos)
                .max()
                .orElse(0);
    }

    private String before() {
        return statistics(Stage.BASELINE)
                .filter(b -> b.arrivals() >= REQUESTS_FOR_P99)
                .map(b -> "Before it, 99 of 100 requests were answered within "
                        + Quantities.duration(b.response().percentileNanos(99)) + ".")
                .orElse("");
    }

    private String failures() {
        return statistics(Stage.MIGRATION)
                .filter(m -> m.failed() + m.timedOut() > 0)
                .map(m -> "While it ran, " + Quantities.count(m.failed() + m.timedOut()) + " of "
                        + Quantities.count(m.arrivals()) + " requests failed.")
                .orElse("");
    }

    private Optional<OperationStatistics> statistics(Stage stage) {
        return verdict.stages().stream()
                .filter(s -> s.stage() == stage)
                .map(StageStatistics::overall)
                .findFirst();
    }
}
