package dev.rehearsal.report;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.OperationStatistics;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Story;
import dev.rehearsal.verdict.Verdict;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The summary at the end of a rehearsal, on one screen:
 *
 * <pre>
 * orders-add-token · PostgreSQL 18.6, local · 1,000,000 orders · 300/s Poisson, seed 42
 *
 *   stage           time   requests       p50       p99       max    failed
 *   baseline        0:30      9,012    1.1 ms    4.9 ms     18 ms         0
 *   migration       0:27      8,107    13.2 s    26.1 s    26.4 s      41 %
 *   rollback        0:02        611    1.2 ms    6.0 ms     31 ms         0
 *
 *   FAILED  alter table orders add column token uuid not null default gen_random_uuid()
 *           rewrote orders (column default) and held AccessExclusive on it for 26.4 s ± 1.0 ms; 8,040 requests …
 *           The safe way: add the column bare, …
 *
 *   objectives    4 passed, 3 failed, 0 inconclusive
 *     failed        response p99 of place-order during the migration    26.1 s    limit 250 ms
 *   rollback      succeeded in 1.1 s under load; schema identical
 *   instruments   generator lag p99 0.3 ms, longest pause 4.0 ms, baseline drift 2 %: good enough for these limits
 *   report        rehearsals/orders-add-token/20261122T101502Z/report.html
 * </pre>
 */
public final class Terminal {
    private static final int WIDTH = 110;
    private static final int INDENT = 10;
    private static final int FINDINGS_SHOWN = 12;
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(±|[0-9]) ([0-9]|ms\\b|s\\b|min\\b|h\\b|%)");

    private final RunRecord run;
    private final Verdict verdict;
    private final RunDirectory directory;
    private final boolean coloured;
    private final StringBuilder out = new StringBuilder();

    private Terminal(RunRecord run, Verdict verdict, RunDirectory directory, boolean coloured) {
        this.run = run;
        this.verdict = verdict;
        this.directory = directory;
        this.coloured = coloured;
    }

    /** @param coloured whether the text may hold ANSI colours; no other control character is ever in it */
    public static String summary(RunRecord run, Verdict verdict, RunDirectory directory, boolean coloured) {
        return new Terminal(run, verdict, directory, coloured).summary();
    }

    private String summary() {
        line(bold(safe(Conditions.line(run))));
        line("");
        stages();
        story();
        objectives();
        for (FaultRun fault : run.faults()) {
            verdict.effect(fault.index()).ifPresent(felt -> labelled(fault.kind(), Closing.fault(fault, felt)));
        }
        List<String> lag = Closing.replicaLag(run);
        if (!lag.isEmpty()) {
            labelled("replica lag", String.join("; ", lag));
        }
        verdict.ledger().ifPresent(account -> labelled("ledger", Closing.ledger(account)));
        verdict.databases().forEach(database -> labelled("database " + database.number(), DatabaseRows.line(database)));
        labelled("rollback", Closing.rollback(verdict.rollback()));
        verdict.drills().forEach(drill -> labelled("drill", Closing.drill(drill)));
        LintRows.disagreement(run).ifPresent(sentence -> labelled("lint", sentence));
        labelled("instruments", Closing.instruments(run, verdict));
        for (InstrumentLimited limited : run.limitations()) {
            labelled("limited", limited.instrument() + ": " + Closing.limitation(limited));
        }
        for (Noted note : run.notes()) {
            labelled("note", note.message());
        }
        line("  " + pad("report", 14) + safe(directory.reportHtml().toString()));
        return out.toString();
    }

    private void stages() {
        List<StageStatistics> shown = verdict.stages().stream()
                .filter(s -> s.stage() != Stage.WARMUP && s.overall().arrivals() > 0)
                .toList();
        if (shown.isEmpty()) {
            return;
        }
        line(row("stage", "time", "requests", "p50", "p99", "max", "failed"));
        for (StageStatistics stage : shown) {
            OperationStatistics all = stage.overall();
            line(row(
                    stage.stage().word(),
                    Quantities.clock(stage.span().durationNanos()),
                    Quantities.count(all.arrivals()),
                    Quantities.duration(all.response().percentileNanos(50)),
                    Quantities.duration(all.response().percentileNanos(99)),
                    Quantities.duration(all.response().maxNanos()),
                    Quantities.percent(all.failedFraction())));
        }
        line("");
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, "  %-12s %7s %10s %9s %9s %9s %9s", (Object[]) cells);
    }

    private void story() {
        Story story = verdict.story();
        List<String> lines = new ArrayList<>();
        story.subject().ifPresent(subject -> lines.addAll(wrapped(safe(subject), WIDTH - INDENT)));
        story.sentences().forEach(sentence -> lines.addAll(wrapped(safe(sentence), WIDTH - INDENT)));
        story.saferWay().ifPresent(way -> lines.addAll(wrapped(safe("The safe way: " + way), WIDTH - INDENT)));
        String label = verdict.status().name();
        if (label.length() + 4 > INDENT) {
            line("  " + colour(label));
            line(" ".repeat(INDENT) + lines.getFirst());
        } else {
            line("  " + colour(label) + " ".repeat(INDENT - 2 - label.length()) + lines.getFirst());
        }
        lines.stream().skip(1).forEach(text -> line(" ".repeat(INDENT) + text));
        line("");
    }

    private void objectives() {
        line("  " + pad("objectives", 14) + Closing.counts(verdict));
        List<Finding> shown = verdict.findings().stream()
                .filter(f -> f.status() != Status.PASSED)
                .sorted((a, b) -> Boolean.compare(b.status() == Status.FAILED, a.status() == Status.FAILED))
                .toList();
        int subject = shown.stream()
                .limit(FINDINGS_SHOWN)
                .mapToInt(f -> safe(f.subject()).length())
                .max()
                .orElse(0);
        int observed = shown.stream()
                .limit(FINDINGS_SHOWN)
                .mapToInt(f -> safe(f.shownObserved()).length())
                .max()
                .orElse(0);
        shown.stream()
                .limit(FINDINGS_SHOWN)
                .map(f -> "    " + pad(f.status().word(), 14) + pad(safe(f.subject()), subject + 4)
                        + pad(safe(f.shownObserved()), observed + 4)
                        + (f.shownLimit().isEmpty() ? "" : "limit " + safe(f.shownLimit())))
                .forEach(text -> line(text.stripTrailing()));
        if (shown.size() > FINDINGS_SHOWN) {
            line("    and " + (shown.size() - FINDINGS_SHOWN) + " more");
        }
    }

    private void labelled(String label, String text) {
        List<String> lines = wrapped(safe(text), WIDTH - 16);
        line("  " + pad(label, 14) + lines.getFirst());
        lines.stream().skip(1).forEach(more -> line(" ".repeat(16) + more));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private static String safe(String text) {
        return PlainText.forTerminal(text);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /** At blanks, but not between a number and its unit; a word longer than the width stays whole. At least one line. */
    private static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        for (String word :
                NUMBER_AND_UNIT.matcher(text).replaceAll("$1\u00a0$2").split(" ", -1)) {
            if (!current.isEmpty() && current.length() + 1 + word.length() > width) {
                lines.add(current.toString());
                current.setLength(0);
            }
            current.append(current.isEmpty() ? "" : " ").append(word);
        }
        lines.add(current.toString());
        return lines.stream().map(line -> line.replace('\u00a0', ' ')).toList();
    }

    private String bold(String text) {
        return coloured ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    private String colour(String label) {
        if (!coloured) {
            return label;
        }
        String code = switch (verdict.status()) {
            case PASSED -> "32";
            case FAILED -> "31";
            case INCONCLUSIVE -> "33";
        };
        return "\u001b[1;" + code + "m" + label + "\u001b[0m";
    }
}
