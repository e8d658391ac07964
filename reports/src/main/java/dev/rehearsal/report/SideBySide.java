package dev.rehearsal.report;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Two runs of the same objectives in two columns:
 *
 * <pre>
 *                                                     as it is            in phases           limit
 *   verdict                                           failed              passed
 *   requests p99 during the migration                 2.00 s              4.1 ms
 *   AccessExclusive held on orders                    failed 5.69 s       passed 12 ms        100 ms
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
        List<Pair> pairs = pairs(oneVerdict.findings(), otherVerdict.findings());
        width = Math.max(
                width,
                pairs.stream().mapToInt(pair -> pair.subject().length()).max().orElse(0) + 4);
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
        pairs.forEach(pair -> row(
                pair.subject(),
                cell(pair.one()),
                cell(pair.other()),
                pair.one().or(pair::other).map(Finding::shownLimit).orElse("")));
        return out.toString();
    }

    /** What each has found of the same thing; one of them may have found nothing of it. */
    private record Pair(Optional<Finding> one, Optional<Finding> other) {
        String subject() {
            List<String> subjects = Stream.concat(one.stream(), other.stream())
                    .map(finding -> PlainText.forTerminal(finding.subject()))
                    .distinct()
                    .toList();
            if (subjects.size() == 1) {
                return subjects.getFirst();
            }
            return subjects.getFirst() + " / " + lastWord(subjects.getLast());
        }
    }

    /** By what they are of; a lock's hold also by its mode alone, since the longest need not be on the same table in both. */
    private static List<Pair> pairs(List<Finding> one, List<Finding> other) {
        List<Finding> left = new ArrayList<>(other);
        List<Pair> pairs = new ArrayList<>();
        for (Finding finding : one) {
            Optional<Finding> same = left.stream()
                    .filter(each -> each.subject().equals(finding.subject()))
                    .findFirst();
            same.ifPresent(left::remove);
            pairs.add(new Pair(Optional.of(finding), same));
        }
        pairs.replaceAll(pair -> {
            if (pair.other().isPresent()) {
                return pair;
            }
            Finding alone = pair.one().orElseThrow();
            Optional<Finding> alike =
                    left.stream().filter(each -> isSameHold(alone, each)).findFirst();
            alike.ifPresent(left::remove);
            return new Pair(pair.one(), alike);
        });
        left.forEach(finding -> pairs.add(new Pair(Optional.empty(), Optional.of(finding))));
        return pairs;
    }

    private static boolean isSameHold(Finding one, Finding other) {
        return one.objective().equals("lockHold")
                && other.objective().equals("lockHold")
                && one.shownLimit().equals(other.shownLimit())
                && withoutLastWord(one.subject()).equals(withoutLastWord(other.subject()));
    }

    private static String lastWord(String phrase) {
        return phrase.substring(phrase.lastIndexOf(' ') + 1);
    }

    private static String withoutLastWord(String phrase) {
        return phrase.substring(0, phrase.lastIndexOf(' ') + 1);
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
