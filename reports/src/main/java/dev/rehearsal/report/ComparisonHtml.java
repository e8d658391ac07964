package dev.rehearsal.report;

import dev.rehearsal.compare.Comparison;
import dev.rehearsal.compare.Side;
import dev.rehearsal.report.ComparisonRows.Table;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** A comparison as one offline page: the sentence, the slowest responses of all runs on one time axis, the tables. */
public final class ComparisonHtml {
    private static final int BUCKETS = 900;

    private ComparisonHtml() {}

    /** @param sentences, the first of them the headline */
    public record Page(
            String title,
            String verdict,
            List<String> sentences,
            Conclusion conclusion,
            List<RunLinks> runs,
            List<Table> tables) {
        public Page {
            runs = List.copyOf(runs);
            sentences = List.copyOf(sentences);
            tables = List.copyOf(tables);
        }
    }

    /** What {@code compare.js} draws: times are milliseconds since the start of the migration. */
    record Data(double fromMillis, double bucketMillis, List<Line> lines, String description) {}

    /** @param slowestMillis the slowest response of each bucket, by planned arrival; empty where nothing arrived */
    record Line(String label, List<OptionalDouble> slowestMillis) {}

    /** @param file where the page will be: its links are relative */
    public static String render(Comparison comparison, Path file) {
        String verdict = comparison.winner().isPresent() ? "passed" : "inconclusive";
        Page page = new Page(
                "Comparison",
                verdict,
                comparison.sentences(),
                Conclusion.of(comparison),
                comparison.sides().stream()
                        .map(side -> RunLinks.of(side.label(), file, Path.of(side.directory())))
                        .toList(),
                ComparisonRows.of(comparison));
        return Pages.render("compare.jte", Map.of("page", page, "inlined", Inlined.with(data(comparison), "compare")));
    }

    private static Data data(Comparison comparison) {
        double from = 0;
        double to = 1;
        for (Side side : comparison.sides()) {
            TimeAxis axis = TimeAxis.of(side.run());
            from = Math.min(from, axis.millis(axis.fromNanos()));
            to = Math.max(to, axis.millis(axis.toNanos()));
        }
        double width = (to - from) / BUCKETS;
        List<Line> lines = new ArrayList<>();
        for (Side side : comparison.sides()) {
            lines.add(new Line(side.label(), slowest(side.run(), from, width)));
        }
        return new Data(
                from,
                width,
                lines,
                "Slowest response of each run over time, from planned arrival, on a logarithmic scale; 0 is the start of the migration."
                        + " The figures are in the tables.");
    }

    private static List<OptionalDouble> slowest(RunRecord run, double fromMillis, double widthMillis) {
        TimeAxis axis = TimeAxis.of(run);
        double[] slowest = new double[BUCKETS];
        Arrays.fill(slowest, Double.NaN);
        run.requests().forEach(request -> {
            int bucket = (int) Math.floor((axis.millis(request.t0Nanos()) - fromMillis) / widthMillis);
            if (bucket >= 0 && bucket < BUCKETS) {
                long end = request.t3Nanos() == RequestRecord.NEVER ? run.timelineEndNanos() : request.t3Nanos();
                double millis = Math.max(0, Math.round((end - request.t0Nanos()) / 1e3) / 1e3);
                slowest[bucket] = Double.isNaN(slowest[bucket]) ? millis : Math.max(slowest[bucket], millis);
            }
        });
        return Arrays.stream(slowest)
                .mapToObj(millis -> Double.isNaN(millis) ? OptionalDouble.empty() : OptionalDouble.of(millis))
                .toList();
    }
}
