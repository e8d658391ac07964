package dev.rehearsal.report;

import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Lint;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The static view beside the measurements, as rows of text. */
final class LintRows {
    private LintRows() {}

    static Optional<PageView.Lint> of(RunRecord run) {
        List<Lint> all = Lint.of(run);
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(new PageView.Lint(
                        summary(all), all.stream().map(LintRows::row).toList()));
    }

    /** What was not as it was foreseen, for the terminal: such as {@code 1 of 3 statements was not as foreseen: …}; empty if all were. */
    static Optional<String> disagreement(RunRecord run) {
        List<Lint> all = Lint.of(run);
        return all.stream().allMatch(Lint::agrees) ? Optional.empty() : Optional.of(summary(all) + " " + first(all));
    }

    private static String summary(List<Lint> all) {
        long compared = all.stream().filter(lint -> lint.measured().isPresent()).count();
        long differing = all.stream().filter(lint -> !lint.agrees()).count();
        if (compared == 0) {
            return "No statement was run, so there is nothing to compare.";
        }
        if (differing == 0) {
            return compared == 1
                    ? "The statement did what was foreseen of it."
                    : "All " + compared + " statements did what was foreseen of them.";
        }
        return differing + " of " + compared + (compared == 1 ? " statement" : " statements")
                + " did something else than was foreseen; the measurement is right.";
    }

    private static String first(List<Lint> all) {
        return all.stream()
                .filter(lint -> !lint.agrees())
                .findFirst()
                .flatMap(lint -> lint.aspects().stream()
                        .filter(aspect -> !aspect.agrees())
                        .findFirst()
                        .map(aspect -> step(lint) + ": " + aspect.name() + ": foreseen " + aspect.predicted()
                                + ", measured " + aspect.measured() + "."))
                .orElse("");
    }

    private static String step(Lint lint) {
        return (lint.predicted().phase() == Phase.ROLLBACK ? "rollback, " : "")
                + lint.predicted().stepName();
    }

    private static PageView.LintRow row(Lint lint) {
        return new PageView.LintRow(
                step(lint),
                lint.predicted().sql().strip(),
                lint.agrees(),
                lint.measured().isEmpty() ? "not run" : lint.agrees() ? "as foreseen" : "not as foreseen",
                lint.predicted().hazards().stream()
                        .map(hazard -> new PageView.Hazard(
                                hazard.certainty().name().toLowerCase(Locale.ROOT) + ", " + hazard.rule() + ": "
                                        + hazard.message(),
                                hazard.rule(),
                                Meanings.ofHazard(hazard.rule())))
                        .toList(),
                lint.aspects().stream()
                        .map(aspect -> new PageView.LintAspect(
                                aspect.name(), aspect.predicted(), aspect.measured(), aspect.agrees()))
                        .toList());
    }
}
