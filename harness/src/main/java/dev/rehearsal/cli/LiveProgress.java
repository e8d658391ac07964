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
 * A view of two lines at a terminal, drawn over itself; a finished stage becomes a line that stays.
 *
 * <pre>
 * baseline   0:15   200/s   p50 1.1 ms   p99 4.9 ms
 * migration  0:07   200/s   p50 1.9 ms   p99 2.4 s (baseline 4.9 ms)   in flight 412   failed 3
 *            backfill: update orders set token = gen_random_uuid() where …
 * </pre>
 */
final class LiveProgress implements Progress {
    private static final int WIDTH = 118;
    private static final String CLEAR_LINE = "\r\u001b[2K";
    private static final String UP = "\u001b[1A";

    private final PrintWriter err;
    private final LineProgress kept;
    private int drawn;
    private String step = "";

    LiveProgress(PrintWriter err) {
        this.err = err;
        this.kept = new LineProgress(err);
    }

    @Override
    public void started(Scenario scenario, Path runDirectory) {
        kept.started(scenario, runDirectory);
    }

    @Override
    public void preparing(String what) {
        draw(what);
    }

    @Override
    public BuildProgress building() {
        return new TableLines(this::draw, true);
    }

    @Override
    public void stageStarted(Stage stage, Optional<Duration> planned) {
        step = "";
        kept.stageStarted(stage, planned);
        draw(stage.word());
    }

    @Override
    public void stageEnded(Stage stage, Duration lasted) {
        erase();
        kept.stageEnded(stage, lasted);
    }

    @Override
    public void stepStarted(String name) {
        step = name;
    }

    @Override
    public void tick(Moment moment) {
        kept.tick(moment);
        StringBuilder first = new StringBuilder();
        first.append(
                String.format(Locale.ROOT, "%-10s %s", moment.stage().word(), LineProgress.clock(moment.elapsed())));
        moment.planned().ifPresent(planned -> first.append(" of ").append(LineProgress.clock(planned)));
        first.append(String.format(
                Locale.ROOT,
                "   %.0f/s   p50 %s   p99 %s",
                moment.ratePerSecond(),
                LineProgress.millis(moment.p50Millis()),
                LineProgress.millis(moment.p99Millis())));
        if (!Double.isNaN(moment.baselineP99Millis())) {
            first.append(" (baseline ")
                    .append(LineProgress.millis(moment.baselineP99Millis()))
                    .append(')');
        }
        first.append(String.format(Locale.ROOT, "   in flight %,d   failed %,d", moment.inFlight(), moment.failed()));
        String second = moment.statement()
                .map(statement -> "           " + step + ": " + statement)
                .orElse("");
        if (second.isEmpty()) {
            draw(first.toString());
        } else {
            draw(first.toString(), second);
        }
    }

    @Override
    public void finishing() {
        draw("judging");
    }

    @Override
    public void close() {
        erase();
        err.flush();
    }

    private void draw(String... lines) {
        erase();
        for (String line : lines) {
            String printable = line.replaceAll("\\p{Cntrl}", " ");
            err.println(printable.length() <= WIDTH ? printable : printable.substring(0, WIDTH - 1) + "…");
        }
        drawn = lines.length;
        err.flush();
    }

    private void erase() {
        for (; drawn > 0; drawn--) {
            err.print(UP + CLEAR_LINE);
        }
        err.flush();
    }
}
