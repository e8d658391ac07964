package dev.rehearsal.report;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.OperationStatistics;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Verdict;
import java.util.Comparator;
import java.util.List;

/**
 * {@code summary.md}: what a pull request and a build's summary show. Of many objectives those that passed are left out first, because a comment has to
 * stay short.
 */
public final class Markdown {
    private static final int MOST_ROWS = 25;

    private Markdown() {}

    public static String render(RunRecord run, Verdict verdict) {
        StringBuilder text = new StringBuilder();
        text.append("## ")
                .append(safe(run.started().scenario()))
                .append(": ")
                .append(verdict.status().word())
                .append("\n\n");
        verdict.story()
                .subject()
                .ifPresent(subject -> text.append("**").append(safe(subject)).append("**\n"));
        verdict.story()
                .sentences()
                .forEach(sentence -> text.append(safe(sentence)).append('\n'));
        verdict.story()
                .saferWay()
                .ifPresent(
                        way -> text.append("\nThe safe way: ").append(safe(way)).append('\n'));
        text.append('\n').append(safe(Conditions.line(run))).append("\n\n");
        objectives(text, verdict);
        databases(text, run, verdict);
        stages(text, verdict);
        course(text, run);
        verdict.ledger()
                .ifPresent(account -> text.append("- Ledger: ")
                        .append(safe(Closing.ledger(account)))
                        .append(".\n"));
        text.append("- Rollback: ")
                .append(safe(Closing.rollback(verdict.rollback())))
                .append(".\n");
        verdict.drills()
                .forEach(drill -> text.append("- Drill ")
                        .append(safe(Closing.drill(drill)))
                        .append('\n'));
        LintRows.disagreement(run)
                .ifPresent(sentence ->
                        text.append("- Lint: ").append(safe(sentence)).append('\n'));
        text.append("- Instruments: ")
                .append(safe(Closing.instruments(run, verdict)))
                .append(".\n");
        run.limitations()
                .forEach(limited -> text.append("- Limited, ")
                        .append(safe(limited.instrument() + ": " + Closing.limitation(limited)))
                        .append('\n'));
        run.notes()
                .forEach(note ->
                        text.append("- Note: ").append(safe(note.message())).append('\n'));
        return text.toString();
    }

    private static void databases(StringBuilder text, RunRecord run, Verdict verdict) {
        List<PageView.Database> rows = DatabaseRows.of(verdict, TimeAxis.of(run));
        if (rows.isEmpty()) {
            return;
        }
        text.append("""
                | database | wave | became | judged | took | p99 before | p99 during | victims | worst | schema |
                |---|---:|---|---|---:|---:|---:|---:|---:|---|
                """);
        for (PageView.Database database : rows) {
            row(
                    text,
                    database.name(),
                    database.wave(),
                    database.state(),
                    database.verdict(),
                    database.took(),
                    database.before(),
                    database.during(),
                    database.victims(),
                    database.worst(),
                    database.schema());
        }
        text.append("\nStages, rollback and ledger below are of database 1.\n\n");
    }

    private static void objectives(StringBuilder text, Verdict verdict) {
        if (verdict.findings().isEmpty()) {
            return;
        }
        text.append("| objective | result | observed | limit |\n|---|---|---:|---:|\n");
        List<Finding> shown = shown(verdict);
        for (Finding finding : shown) {
            row(text, finding.subject(), finding.status().word(), finding.shownObserved(), finding.shownLimit());
        }
        int passed = verdict.findings().size() - shown.size();
        if (passed > 0) {
            text.append("\nand ").append(passed).append(" more, in the report\n");
        }
        text.append('\n');
    }

    /** All in their order; of too many, those that did not pass, and as many of the others as there is room for. */
    private static List<Finding> shown(Verdict verdict) {
        if (verdict.findings().size() <= MOST_ROWS) {
            return verdict.findings();
        }
        return verdict.findings().stream()
                .sorted(Comparator.comparing(finding -> finding.status() == Verdict.Status.PASSED))
                .limit(MOST_ROWS)
                .toList();
    }

    private static void course(StringBuilder text, RunRecord run) {
        Sparkline.Drawn drawn = Sparkline.of(run);
        if (drawn.highestMillis() > 0) {
            text.append("Slowest response over time, up to ")
                    .append(Quantities.duration(Math.round(drawn.highestMillis() * 1e6)))
                    .append(", logarithmic:\n\n```\n")
                    .append(drawn.text())
                    .append("\n```\n\n");
        }
    }

    private static void stages(StringBuilder text, Verdict verdict) {
        text.append("| stage | time | requests | p50 | p99 | max | failed |\n|---|---:|---:|---:|---:|---:|---:|\n");
        for (StageStatistics stage : verdict.stages()) {
            OperationStatistics all = stage.overall();
            if (stage.stage() == Stage.WARMUP || all.arrivals() == 0) {
                continue;
            }
            row(
                    text,
                    stage.stage().word(),
                    Quantities.clock(stage.span().durationNanos()),
                    Quantities.count(all.arrivals()),
                    Quantities.duration(all.response().percentileNanos(50)),
                    Quantities.duration(all.response().percentileNanos(99)),
                    Quantities.duration(all.response().maxNanos()),
                    Quantities.percent(all.failedFraction()));
        }
        text.append('\n');
    }

    private static void row(StringBuilder text, String... cells) {
        for (String cell : cells) {
            text.append("| ").append(safe(cell)).append(' ');
        }
        text.append("|\n");
    }

    private static String safe(String text) {
        return PlainText.forMarkdown(text);
    }
}
