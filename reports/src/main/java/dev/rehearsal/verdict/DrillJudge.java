package dev.rehearsal.verdict;

import dev.rehearsal.run.DrillRun;
import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.Sight;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Drill;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Judges drills: each by itself, and also those that no objective speaks of, because a drill that is listed asks a question. */
final class DrillJudge {
    static final String UNIT = "drills";

    private static final String OBJECTIVE = "drill";
    private static final int SENTENCES = 4;
    private static final int NOTES = 2;

    private final RunRecord run;

    DrillJudge(RunRecord run) {
        this.run = run;
    }

    /** In the order of the scenario. */
    List<DrillResult> results() {
        return run.drills().stream().map(this::result).toList();
    }

    private DrillResult result(DrillRun drill) {
        List<Finding> findings = new ArrayList<>();
        List<DrillObserved> seen = new ArrayList<>(drill.observed());
        seen.addAll(new CompatibilityJudge(drill, objective(drill)).seen());
        seen.stream()
                .filter(one -> one.sight() == Sight.BROKEN || one.sight() == Sight.UNKNOWN)
                .map(one -> finding(drill, one))
                .forEach(findings::add);
        if (!drill.complete()) {
            findings.add(whole(
                    drill,
                    Status.INCONCLUSIVE,
                    "not done",
                    "The run ended before the drill " + drill.name() + " did."));
        } else if (seen.stream().noneMatch(one -> one.sight() != Sight.NOTED)) {
            findings.add(whole(
                    drill,
                    Status.INCONCLUSIVE,
                    "not known",
                    "The drill " + drill.name() + " found nothing to look at."));
        } else if (findings.isEmpty()) {
            findings.add(whole(
                    drill, Status.PASSED, "held", sentences(seen.stream().filter(one -> one.sight() == Sight.HELD))));
        }
        Status status = status(findings);
        boolean decides = !drill.byDefault() || objective(drill).isPresent();
        String untold = decides || status == Status.PASSED
                ? ""
                : " The scenario lists no drills, so that this decides nothing; drills: [ " + drill.name()
                        + " ] lets it.";
        return new DrillResult(drill, status, decides, findings, seen, summary(drill, status, findings) + untold);
    }

    private static Status status(List<Finding> findings) {
        return Stream.of(Status.FAILED, Status.INCONCLUSIVE)
                .filter(status -> findings.stream().anyMatch(finding -> finding.status() == status))
                .findFirst()
                .orElse(Status.PASSED);
    }

    private static String summary(DrillRun drill, Status status, List<Finding> findings) {
        String worst = findings.stream()
                .filter(finding -> finding.status() == status)
                .map(Finding::message)
                .distinct()
                .limit(SENTENCES)
                .reduce((all, one) -> all + " " + one)
                .orElse("");
        long more =
                findings.stream().filter(finding -> finding.status() == status).count() - SENTENCES;
        return worst
                + (more > 0 ? " And " + more + " more." : "")
                + sentences(drill.observed().stream()
                                .filter(seen -> seen.sight() == Sight.NOTED)
                                .limit(NOTES))
                        .transform(noted -> noted.isEmpty() ? "" : " " + noted);
    }

    private static String sentences(Stream<DrillObserved> seen) {
        return String.join(" ", seen.map(DrillObserved::message).distinct().toList());
    }

    private Finding finding(DrillRun drill, DrillObserved seen) {
        boolean broken = seen.sight() == Sight.BROKEN;
        return finding(
                drill,
                broken ? Status.FAILED : Status.INCONCLUSIVE,
                "drill " + drill.name() + ": " + seen.subject(),
                broken ? "failed" : "not known",
                seen.message(),
                seen.location().or(() -> asked(drill)).orElse(drill.location()));
    }

    private Finding whole(DrillRun drill, Status status, String shown, String message) {
        return finding(
                drill,
                status,
                "drill " + drill.name(),
                shown,
                message,
                asked(drill).orElse(drill.location()));
    }

    private Finding finding(
            DrillRun drill, Status status, String subject, String shown, String message, SourceLocation location) {
        return new Finding(
                objective(drill).map(DrillJudge::word).orElse(OBJECTIVE),
                status,
                subject,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                UNIT,
                shown,
                "",
                message,
                location);
    }

    private Optional<SourceLocation> asked(DrillRun drill) {
        return objective(drill).map(Objective::location);
    }

    private Optional<Objective.OfDrill> objective(DrillRun drill) {
        return run.started().objectives().stream()
                .filter(Objective.OfDrill.class::isInstance)
                .map(Objective.OfDrill.class::cast)
                .filter(objective ->
                        objective.drills().stream().map(Drill::word).anyMatch(drill.name()::equals))
                .findFirst();
    }

    private static String word(Objective.OfDrill objective) {
        return switch (objective) {
            case Objective.Rerun rerun -> "rerun";
            case Objective.Resumable resumable -> "resumable";
            case Objective.Compatible compatible -> "compatible";
        };
    }
}
