package dev.rehearsal.report;

import dev.rehearsal.report.PageView.Meaning;
import dev.rehearsal.report.Rules.Rule;
import dev.rehearsal.run.HazardRule;
import dev.rehearsal.run.RunEvent.Hazard;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.DrillResult;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Verdict;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the kinds of findings and hazards of a run mean, in the documentation's words: a report is read where the documentation is not, so it carries
 * what it needs of it.
 */
final class Meanings {
    private static final String DRILL = "drill";

    private Meanings() {}

    /** Of what did not pass and of what was foreseen, in the order of the documentation. */
    static List<Meaning> of(RunRecord run, Verdict verdict) {
        Set<String> findings = verdict.findings().stream()
                .filter(finding -> finding.status() != Verdict.Status.PASSED)
                .map(Finding::objective)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!verdict.validity().valid()) {
            findings.add(Check.VALIDITY);
        }
        if (verdict.drills().stream().map(DrillResult::status).anyMatch(status -> status != Verdict.Status.PASSED)) {
            findings.add(DRILL);
        }
        Set<String> hazards = run.predictions().stream()
                .map(StatementPredicted::hazards)
                .flatMap(List::stream)
                .map(Hazard::rule)
                .collect(Collectors.toSet());
        return Stream.concat(
                        Rules.all().stream()
                                .filter(rule -> findings.contains(rule.id()))
                                .map(Meanings::meaning),
                        Stream.of(HazardRule.values())
                                .filter(rule -> hazards.contains(rule.id()))
                                .map(Meanings::meaning))
                .toList();
    }

    /** The anchor of it; empty for a kind without a rule. */
    static Optional<String> ofFinding(String rule) {
        return Rules.index(rule).map(index -> "finding-" + rule);
    }

    /** Likewise; empty for a rule of another version of the harness. */
    static Optional<String> ofHazard(String rule) {
        return HazardRule.of(rule).map(known -> "hazard-" + rule);
    }

    private static Meaning meaning(Rule rule) {
        return new Meaning("finding-" + rule.id(), rule.id() + ": " + rule.title(), rule.meaning(), rule.remedy());
    }

    private static Meaning meaning(HazardRule rule) {
        return new Meaning(
                "hazard-" + rule.id(),
                rule.id(),
                sentence(rule.explanation()),
                rule.saferWay().map(way -> "The safe way: " + way + ".").orElse(""));
    }

    private static String sentence(String phrase) {
        return phrase.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + phrase.substring(1) + ".";
    }
}
