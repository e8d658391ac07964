package dev.rehearsal.report;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The slowest response over time in one line of text, for where no chart can be: a column is a slice of time by planned arrival, its height the
 * logarithm of the slowest response that began in it (maxima are kept, never averaged), a gap is a slice in which nothing arrived.
 *
 * <pre>
 * baseline ▁▁▂▁▁▁▁▂▁▁▁▁▁▁▁ migration █▇▆▅▁▁▁▁▁ settle ▁▁▁▁
 * </pre>
 */
final class Sparkline {
    private static final String LEVELS = "▁▂▃▄▅▆▇█";
    private static final int COLUMNS = 60;
    private static final double LOWEST_MILLIS = 1;

    private Sparkline() {}

    /** @param highestMillis what a full column stands for; 0 if there was no request */
    record Drawn(String text, double highestMillis) {}

    /** Of the stages from the baseline on. */
    static Drawn of(RunRecord run) {
        List<StageSpan> stages = run.stages().stream()
                .filter(stage -> stage.stage() != Stage.WARMUP && stage.durationNanos() > 0)
                .toList();
        long total = stages.stream().mapToLong(StageSpan::durationNanos).sum();
        List<double[]> columns = new ArrayList<>();
        for (StageSpan stage : stages) {
            double[] slowest =
                    new double[Math.max(1, (int) Math.round((double) COLUMNS * stage.durationNanos() / total))];
            Arrays.fill(slowest, Double.NaN);
            columns.add(slowest);
        }
        run.requests().forEach(request -> add(run, request, stages, columns));
        double highest = columns.stream()
                .flatMapToDouble(Arrays::stream)
                .filter(millis -> !Double.isNaN(millis))
                .max()
                .orElse(0);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            StringBuilder part = new StringBuilder(stages.get(i).stage().word()).append(' ');
            Arrays.stream(columns.get(i)).forEach(millis -> part.append(level(millis, highest)));
            parts.add(part.toString());
        }
        return new Drawn(String.join(" ", parts), highest);
    }

    private static void add(RunRecord run, RequestRecord request, List<StageSpan> stages, List<double[]> columns) {
        for (int i = 0; i < stages.size(); i++) {
            StageSpan stage = stages.get(i);
            if (request.t0Nanos() >= stage.startNanos() && request.t0Nanos() < stage.endNanos()) {
                double[] slowest = columns.get(i);
                int column = (int)
                        ((double) (request.t0Nanos() - stage.startNanos()) / stage.durationNanos() * slowest.length);
                long end = request.t3Nanos() == RequestRecord.NEVER ? run.timelineEndNanos() : request.t3Nanos();
                double millis = Math.max(0, end - request.t0Nanos()) / 1e6;
                slowest[column] = Double.isNaN(slowest[column]) ? millis : Math.max(slowest[column], millis);
                return;
            }
        }
    }

    private static char level(double millis, double highest) {
        if (Double.isNaN(millis)) {
            return ' ';
        }
        double range = Math.log(Math.max(highest, 10 * LOWEST_MILLIS) / LOWEST_MILLIS);
        double share = Math.log(Math.max(millis, LOWEST_MILLIS) / LOWEST_MILLIS) / range;
        return LEVELS.charAt((int) Math.round(Math.min(1, share) * (LEVELS.length() - 1)));
    }
}
