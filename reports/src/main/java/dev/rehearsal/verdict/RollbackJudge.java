package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.SchemaCompared;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Whether there is a way back: the steps succeed, in time, and leave the schema as it was. */
final class RollbackJudge {
    private static final String OBJECTIVE = "rollback";
    private static final String SUBJECT = "rollback";

    private final Evidence evidence;
    private final RollbackResult result;

    RollbackJudge(Evidence evidence) {
        this.evidence = evidence;
        this.result = resultOf(evidence);
    }

    private static RollbackResult resultOf(Evidence evidence) {
        List<StepRun> steps = evidence.run().steps(Phase.ROLLBACK).stream()
                .filter(s -> s.status() != Status.SKIPPED)
                .toList();
        Optional<SchemaCompared> schema = evidence.run().schema();
        Optional<Boolean> restored =
                schema.map(s -> s.differences().isEmpty() && s.before().equals(s.after()));
        List<String> differences = schema.map(SchemaCompared::differences).orElse(List.of());
        if (steps.isEmpty() || steps.stream().anyMatch(s -> !s.complete())) {
            return new RollbackResult(RollbackResult.Status.NOT_RUN, 0, restored, differences, Optional.empty());
        }
        Optional<StepRun> broken = steps.stream().filter(MigrationJudge::broken).findFirst();
        return new RollbackResult(
                broken.isEmpty() ? RollbackResult.Status.SUCCEEDED : RollbackResult.Status.FAILED,
                steps.getLast().endNanos() - steps.getFirst().startNanos(),
                restored,
                differences,
                broken.map(MigrationJudge::failure));
    }

    RollbackResult result() {
        return result;
    }

    /** A rollback whose steps failed, when no objective asks for one. */
    Optional<Finding> failedStep() {
        return brokenStep()
                .map(step -> finding(
                        Verdict.Status.FAILED, Optional.empty(), MigrationJudge.failure(step), step.location()));
    }

    private Optional<StepRun> brokenStep() {
        return evidence.run().steps(Phase.ROLLBACK).stream()
                .filter(MigrationJudge::broken)
                .findFirst();
    }

    /** Empty if there is no rollback in the scenario. */
    Optional<Finding> judge(Objective.Rollback objective) {
        boolean begun = !evidence.run().steps(Phase.ROLLBACK).isEmpty();
        boolean cameToItsEnd = evidence.run().end().isPresent();
        if (!begun && cameToItsEnd) {
            return Optional.empty();
        }
        Optional<Long> limit = objective.max().map(java.time.Duration::toNanos);
        if (result.status() == RollbackResult.Status.NOT_RUN) {
            return Optional.of(finding(
                    Verdict.Status.INCONCLUSIVE,
                    limit,
                    nothingToTakeBack()
                            ? "There was nothing to take back: the migration failed before any of it was applied. So whether there is a way back is not known."
                            : "The run ended before the rollback did.",
                    objective.location()));
        }
        if (result.status() == RollbackResult.Status.FAILED && objective.succeeds()) {
            return Optional.of(finding(
                    Verdict.Status.FAILED,
                    limit,
                    result.failure().orElse("The rollback failed."),
                    objective.location()));
        }
        String took = "The rollback took " + Quantities.duration(result.durationNanos())
                + limit.map(l -> "; the limit is " + Quantities.duration(l)).orElse("");
        if (limit.isPresent() && result.durationNanos() > limit.get()) {
            return Optional.of(finding(Verdict.Status.FAILED, limit, took + ".", objective.location()));
        }
        if (!objective.succeeds()) {
            return Optional.of(finding(Verdict.Status.PASSED, limit, took + ".", objective.location()));
        }
        return Optional.of(schema(objective, limit, took));
    }

    /** Whether every step was left out because the migration had failed before. */
    private boolean nothingToTakeBack() {
        return evidence.run().steps(Phase.MIGRATION).stream().anyMatch(MigrationJudge::broken)
                && evidence.run().steps(Phase.ROLLBACK).stream().allMatch(step -> step.status() == Status.SKIPPED)
                && result.schemaRestored().orElse(false);
    }

    private Finding schema(Objective.Rollback objective, Optional<Long> limit, String took) {
        if (result.schemaRestored().isEmpty()) {
            return finding(
                    Verdict.Status.INCONCLUSIVE,
                    limit,
                    took + ". The schema after it was not compared.",
                    objective.location());
        }
        if (!result.schemaRestored().get()) {
            return finding(
                    Verdict.Status.FAILED,
                    limit,
                    took + ". The schema is not as it was before the migration: " + result.differencesShown() + ".",
                    objective.location());
        }
        return finding(
                Verdict.Status.PASSED,
                limit,
                took + ". The schema is as it was before the migration.",
                objective.location());
    }

    private Finding finding(Verdict.Status status, Optional<Long> limit, String message, SourceLocation location) {
        boolean run = result.status() != RollbackResult.Status.NOT_RUN;
        Finding finding = Finding.ofDuration(
                OBJECTIVE,
                status,
                SUBJECT,
                run ? OptionalDouble.of((double) result.durationNanos()) : OptionalDouble.empty(),
                limit.map(l -> OptionalDouble.of((double) l)).orElse(OptionalDouble.empty()),
                message,
                location);
        return wrong().map(finding::showing).orElse(finding);
    }

    /** What is wrong with it, whatever time it took: two words. */
    private Optional<String> wrong() {
        if (result.status() == RollbackResult.Status.FAILED) {
            return Optional.of("failed");
        }
        return result.status() == RollbackResult.Status.SUCCEEDED
                        && result.schemaRestored().isPresent()
                        && !result.schemaRestored().get()
                ? Optional.of("schema differs")
                : Optional.empty();
    }
}
