package dev.rehearsal.cli;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.rehearsal.Progress;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Stage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Plain lines for pipes and logs, one a stage and one a step:
 *
 * <pre>
 * add-column-phased: seed 42, run directory rehearsals/add-column-phased/20261122T101502Z
 * building the dataset shop (first use)
 *   orders 1,000,000 of 1,000,000 rows
 * warmup     0:08
 * baseline   0:15   200/s   p50 1.1 ms   p99 4.9 ms
 *   add column
 * migration  0:21   201/s   p50 1.3 ms   p99 6.0 ms
 * </pre>
 */
final class LineProgress implements Progress {
    private final PrintWriter err;
    private Optional<Moment> last = Optional.empty();

    LineProgress(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void started(Scenario scenario, Path runDirectory) {
        line(scenario.name() + ": seed " + scenario.seed() + ", run directory " + runDirectory);
    }

    @Override
    public void preparing(String what) {
        line(what);
    }

    @Override
    public BuildProgress building() {
        return new TableLines(this::line, false);
    }

    @Override
    public void stageStarted(Stage stage, Optional<Duration> planned) {
        last = Optional.empty();
    }

    @Override
    public void stageEnded(Stage stage, Duration lasted) {
        String numbers = last.map(moment -> String.format(
                        Locale.ROOT,
                        "   %.0f/s   p50 %s   p99 %s   failed so far %,d",
                        moment.ratePerSecond(),
                        millis(moment.p50Millis()),
                        millis(moment.p99Millis()),
                        moment.failed()))
                .orElse("");
        line(String.format(Locale.ROOT, "%-10s %s%s", stage.word(), clock(lasted), numbers));
    }

    @Override
    public void stepStarted(String step) {
        line("  " + step);
    }

    @Override
    public void tick(Moment moment) {
        last = Optional.of(moment);
    }

    @Override
    public void finishing() {
        line("judging");
    }

    @Override
    public void close() {
        err.flush();
    }

    private void line(String text) {
        err.println(text);
        err.flush();
    }

    static String clock(Duration duration) {
        return String.format(Locale.ROOT, "%d:%02d", duration.toMinutes(), duration.toSecondsPart());
    }

    static String millis(double millis) {
        if (Double.isNaN(millis)) {
            return "–";
        }
        if (millis >= 1000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000);
        }
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }
}
