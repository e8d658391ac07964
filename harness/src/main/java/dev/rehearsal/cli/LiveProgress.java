package dev.rehearsal.cli;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.rehearsal.Progress;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.scenario.Timeline;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A view of up to three lines at a terminal, drawn over itself; a finished stage becomes a line that stays.
 *
 * <pre>
 * baseline   0:15   200/s   p50 1.1 ms   p99 4.9 ms
 * migration  0:07   200/s   p50 1.9 ms (was 1.1 ms)   p99 2.4 s (was 4.9 ms)   in flight 412   failed 3
 *            ▁▁▁▁▁▂▁▁▁▁▁▁▁▁▇████   17 wait for locks   fault: latency   at least 0:19 left
 *            backfill: update orders set token = gen_random_uuid() where …
 * </pre>
 *
 * The bars are the p99 of each second (see {@link Sparkline}). How long the migration takes nobody knows: what is left at least is what the stages are
 * to last.
 */
final class LiveProgress implements Progress {
    private static final int WIDTH = 118;
    private static final String INDENT = "           ";
    private static final String CLEAR_LINE = "\r\u001b[2K";
    private static final String UP = "\u001b[1A";

    private final PrintWriter err;
    private final LineProgress kept;
    private final Sparkline p99s = new Sparkline();
    private final Map<Stage, Duration> lengths = new EnumMap<>(Stage.class);
    private int drawn;
    private String step = "";

    LiveProgress(PrintWriter err) {
        this.err = err;
        this.kept = new LineProgress(err);
    }

    @Override
    public void started(Scenario scenario, Path runDirectory) {
        kept.started(scenario, runDirectory);
        Timeline timeline = scenario.timeline();
        lengths.put(Stage.WARMUP, timeline.warmup());
        lengths.put(Stage.BASELINE, timeline.baseline());
        lengths.put(Stage.MIGRATION, timeline.migration());
        lengths.put(Stage.SETTLE, timeline.settle());
        if (!scenario.migration().rollback().isEmpty()) {
            lengths.put(Stage.ROLLBACK, timeline.rollback());
            lengths.put(Stage.RECOVERY, timeline.settle());
        }
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
        first.append(String.format(Locale.ROOT, "   %.0f/s", moment.ratePerSecond()))
                .append(beside("p50", moment.p50Millis(), moment.baselineP50Millis()))
                .append(beside("p99", moment.p99Millis(), moment.baselineP99Millis()))
                .append(String.format(
                        Locale.ROOT, "   in flight %,d   failed %,d", moment.inFlight(), moment.failed()));
        p99s.add(moment.stage().word() + " " + moment.elapsed().toSeconds(), moment.p99Millis());
        List<String> lines = new ArrayList<>(List.of(first.toString(), INDENT + state(moment)));
        moment.statement().ifPresent(statement -> lines.add(INDENT + step + ": " + statement));
        draw(lines.toArray(String[]::new));
    }

    private static String beside(String percentile, double millis, double baselineMillis) {
        return "   " + percentile + " " + LineProgress.millis(millis)
                + (Double.isNaN(baselineMillis) ? "" : " (was " + LineProgress.millis(baselineMillis) + ")");
    }

    private String state(Moment moment) {
        List<String> parts = new ArrayList<>(List.of(p99s.beside(moment.baselineP99Millis())));
        moment.waitingForLocks()
                .ifPresent(waiting -> parts.add(String.format(Locale.ROOT, "%,d wait for locks", waiting)));
        if (!moment.faults().isEmpty()) {
            parts.add("fault: " + String.join(", ", moment.faults()));
        }
        parts.add("at least " + LineProgress.clock(left(moment)) + " left");
        return String.join("   ", parts);
    }

    /** Of this stage and of those to come, by their configured lengths. */
    private Duration left(Moment moment) {
        Duration left = lengths.getOrDefault(moment.stage(), Duration.ZERO).minus(moment.elapsed());
        Duration later = lengths.entrySet().stream()
                .filter(stage -> stage.getKey().compareTo(moment.stage()) > 0)
                .map(Map.Entry::getValue)
                .reduce(Duration.ZERO, Duration::plus);
        return left.isNegative() ? later : left.plus(later);
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
