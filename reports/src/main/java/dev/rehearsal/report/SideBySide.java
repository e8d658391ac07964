package dev.rehearsal.report;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Verdict;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Two runs of the same objectives in two columns:
 *
 * <pre>
 *                                                     as it is            in phases           limit
 *   verdict                                           failed              passed
 *   requests p99 during the migration                 2.00 s              4.1 ms
 *   longest AccessExclusive                           failed 5.69 s       passed 12 ms        100 ms
 * </pre>
 */
public final class SideBySide {
    private static final int COLUMN = 24;

    private final StringBuilder out = new StringBuilder();
    private int width = 40;

    private SideBySide() {}

    public static String of(
            String one, RunRecord oneRun, Verdict oneVerdict, String other, RunRecord otherRun, Verdict otherVerdict) {
        return new SideBySide().table(one, oneRun, oneVerdict, other, otherRun, otherVerdict);
    }

    private String table(
            String one, RunRecord oneRun, Verdict oneVerdict, String other, RunRecord otherRun, Verdict otherVerdict) {
        Set<String> subjects = new LinkedHashSet<>();
        oneVerdict.findings().forEach(finding -> subjects.add(PlainText.forTerminal(finding.subject())));
        otherVerdict.findings().forEach(finding -> subjects.add(PlainText.forTerminal(finding.subject())));
        width = Math.max(width, subjects.stream().mapToInt(String::length).max().orElse(0) + 4);
        row("", one, other, "limit");
        row("verdict", oneVerdict.status().word(), otherVerdict.status().word(), "");
        figure("requests p50 in the baseline", oneVerdict, otherVerdict, Stage.BASELINE, s -> percentile(s, 50));
        figure("requests p99 in the baseline", oneVerdict, otherVerdict, Stage.BASELINE, s -> percentile(s, 99));
        figure("requests p99 during the migration", oneVerdict, otherVerdict, Stage.MIGRATION, s -> percentile(s, 99));
        figure(
                "longest request during the migration",
                oneVerdict,
                otherVerdict,
                Stage.MIGRATION,
                s -> Quantities.duration(s.overall().response().maxNanos()));
        figure(
                "failed during the migration",
                oneVerdict,
                otherVerdict,
                Stage.MIGRATION,
                s -> Quantities.percent(s.overall().failedFraction()));
        row("the migration took", took(oneRun), took(otherRun), "");
        for (String subject : subjects) {
            Optional<Finding> left = find(oneVerdict, subject);
            Optional<Finding> right = find(otherVerdict, subject);
            row(
                    subject,
                    cell(left),
                    cell(right),
                    left.or(() -> right).map(Finding::shownLimit).orElse(""));
        }
        return out.toString();
    }

    private static Optional<Finding> find(Verdict verdict, String subject) {
        return verdict.findings().stream()
                .filter(finding -> PlainText.forTerminal(finding.subject()).equals(subject))
                .findFirst();
    }

    private static String cell(Optional<Finding> finding) {
        return finding.map(f -> f.status().word() + " " + f.shownObserved()).orElse("–");
    }

    private void figure(
            String name, Verdict one, Verdict other, Stage stage, Function<StageStatistics, String> figure) {
        row(name, of(one, stage, figure), of(other, stage, figure), "");
    }

    private static String of(Verdict verdict, Stage stage, Function<StageStatistics, String> figure) {
        return verdict.stages().stream()
                .filter(statistics ->
                        statistics.stage() == stage && statistics.overall().arrivals() > 0)
                .findFirst()
                .map(figure)
                .orElse("–");
    }

    private static String percentile(StageStatistics statistics, double percentile) {
        return Quantities.duration(statistics.overall().response().percentileNanos(percentile));
    }

    private static String took(RunRecord run) {
        return run.stage(Stage.MIGRATION)
                .map(span -> Quantities.duration(span.durationNanos()))
                .orElse("–");
    }

    private void row(String name, String one, String other, String limit) {
        out.append(String.format(
                        Locale.ROOT, "  %-" + width + "s%-" + COLUMN + "s%-" + COLUMN + "s%s", name, one, other, limit)
                .stripTrailing());
        out.append('\n');
    }
}
