package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.StatementRun;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Whether the migration came to its end, how long it took, and what it rewrote. */
final class MigrationJudge {
    private final Evidence evidence;

    MigrationJudge(Evidence evidence) {
        this.evidence = evidence;
    }

    /** A migration that fails has failed, whatever the objectives say. */
    Optional<Finding> failedStep() {
        List<StepRun> steps = evidence.run().steps(Phase.MIGRATION);
        return steps.stream()
                .filter(MigrationJudge::broken)
                .findFirst()
                .map(step -> new Finding(
                                "migration",
                                Verdict.Status.FAILED,
                                "migration " + Step.called(step.name()),
                                OptionalDouble.of((double) steps.stream()
                                        .filter(MigrationJudge::broken)
                                        .count()),
                                OptionalDouble.of(0),
                                "steps",
                                switch (step.status()) {
                                    case TIMED_OUT -> "timed out";
                                    case UNKNOWN -> "outcome unknown";
                                    case FAILED, SKIPPED, SUCCEEDED -> "failed";
                                },
                                "",
                                failure(step),
                                step.location())
                        .causedBy(brokenStatement(step).map(StatementObserved::location)));
    }

    static boolean broken(StepRun step) {
        return step.complete() && isBroken(step.status());
    }

    private static boolean isBroken(Status status) {
        return status == Status.FAILED || status == Status.TIMED_OUT || status == Status.UNKNOWN;
    }

    static Optional<StatementObserved> brokenStatement(StepRun step) {
        return step.statements().stream()
                .map(statement -> statement.last())
                .filter(o -> isBroken(o.status()))
                .reduce((first, second) -> second);
    }

    /** Which statement failed how: a sentence. */
    static String failure(StepRun step) {
        Optional<StatementObserved> broken = brokenStatement(step);
        String how = switch (step.status()) {
            case TIMED_OUT -> " was ended by the time limit";
            case UNKNOWN -> " is of unknown outcome";
            case FAILED, SKIPPED, SUCCEEDED -> " failed";
        };
        String tries = step.attempts() > 1 ? " after " + step.attempts() + " tries" : "";
        String name = Step.calledFirst(step.name()) + " of the " + Wording.phase(step.phase()) + how + tries;
        return broken.map(o -> name + ": `" + Wording.statement(o.sql()) + "`"
                        + o.message().map(m -> ": " + Wording.statement(m)).orElse("")
                        + o.sqlState().map(s -> " (SQLState " + s + ")").orElse("") + ".")
                .orElseGet(() -> name
                        + step.failure()
                                .map(why -> ": " + Wording.statement(why))
                                .orElse("") + ".");
    }

    Finding judge(Objective.MigrationTime objective) {
        long limit = objective.max().toNanos();
        List<StepRun> steps = evidence.run().steps(Phase.MIGRATION).stream()
                .filter(s -> s.status() != Status.SKIPPED)
                .toList();
        if (steps.isEmpty()) {
            return time(objective, Verdict.Status.INCONCLUSIVE, OptionalDouble.empty(), "The migration was not begun.");
        }
        long took = steps.getLast().endNanos() - steps.getFirst().startNanos();
        Optional<StepRun> broken = steps.stream().filter(MigrationJudge::broken).findFirst();
        if (broken.isPresent()) {
            return time(
                    objective,
                    Verdict.Status.FAILED,
                    OptionalDouble.of((double) took),
                    "The migration did not come to its end; it stopped after " + Quantities.duration(took) + ". "
                            + failure(broken.get()));
        }
        boolean complete = steps.stream().allMatch(StepRun::complete);
        if (!complete && took <= limit) {
            return time(
                    objective,
                    Verdict.Status.INCONCLUSIVE,
                    OptionalDouble.of((double) took),
                    "The migration's end was not seen; it had run for " + Quantities.duration(took) + ".");
        }
        Finding finding = time(
                objective,
                took > limit ? Verdict.Status.FAILED : Verdict.Status.PASSED,
                OptionalDouble.of((double) took),
                "The migration took " + Quantities.duration(took) + "; the limit is " + Quantities.duration(limit)
                        + ".");
        return took > limit ? finding.causedBy(longestStatement(steps)) : finding;
    }

    private static Optional<SourceLocation> longestStatement(List<StepRun> steps) {
        return steps.stream()
                .flatMap(step -> step.statements().stream())
                .max(Comparator.comparingLong(StatementRun::durationNanos))
                .map(statement -> statement.last().location());
    }

    private static Finding time(
            Objective.MigrationTime objective, Verdict.Status status, OptionalDouble took, String message) {
        return Finding.ofDuration(
                "migrationTime",
                status,
                "duration of the migration",
                took,
                OptionalDouble.of((double) objective.max().toNanos()),
                message,
                objective.location());
    }

    Finding judge(Objective.Rewrites objective) {
        boolean own = false;
        List<String> sentences = new ArrayList<>();
        List<String> relations = new ArrayList<>();
        List<SourceLocation> statements = new ArrayList<>();
        for (StatementImpact impact : evidence.attribution().impacts()) {
            for (Rewrite rewrite : impact.statement().rewrites()) {
                if (rewrite.ownRelation()) {
                    own = true;
                } else {
                    relations.add(rewrite.relation());
                    statements.add(impact.statement().last().location());
                    sentences.add("`" + Wording.statement(impact.statement().sql()) + "` rewrote " + rewrite.relation()
                            + " (" + rewrite.reason() + ").");
                }
            }
        }
        List<String> distinct = relations.stream().distinct().toList();
        boolean begun = !evidence.attribution().impacts().isEmpty();
        Verdict.Status status = distinct.isEmpty()
                ? begun ? Verdict.Status.PASSED : Verdict.Status.INCONCLUSIVE
                : Verdict.Status.FAILED;
        String none = own ? "No table was rewritten but what the migration made." : "No table was rewritten.";
        String message =
                !begun ? "No statement was observed." : sentences.isEmpty() ? none : String.join(" ", sentences);
        return new Finding(
                        "rewrites",
                        status,
                        "no rewrites",
                        begun ? OptionalDouble.of((double) distinct.size()) : OptionalDouble.empty(),
                        OptionalDouble.of(0),
                        "relations",
                        distinct.isEmpty() ? begun ? "none" : "" : String.join(", ", distinct),
                        "",
                        message,
                        objective.location())
                .causedBy(statements.stream().findFirst());
    }
}
