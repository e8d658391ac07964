package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.rehearsal.Progress.Moment;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import dev.rehearsal.scenario.Stage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LiveProgressTest {
    private final StringWriter written = new StringWriter();
    private final LiveProgress progress = new LiveProgress(new PrintWriter(written));

    /** What is on the screen: of what was written, all that no later line was drawn over. */
    private List<String> screen() {
        List<String> lines = new java.util.ArrayList<>();
        for (String line : written.toString().split("\n", -1)) {
            String left = line;
            while (left.startsWith("\u001b[1A\r\u001b[2K")) {
                lines.removeLast();
                left = left.substring("\u001b[1A\r\u001b[2K".length());
            }
            lines.add(left);
        }
        return lines.subList(0, lines.size() - 1);
    }

    private static Moment moment(Stage stage, double seconds, double p99Millis) {
        return new Moment(
                stage,
                Duration.ofNanos(Math.round(seconds * 1e9)),
                Optional.empty(),
                200,
                1.9,
                p99Millis,
                1.1,
                4.9,
                3,
                412,
                OptionalInt.of(17),
                List.of("latency", "blocker"),
                Optional.of("update orders set token = gen_random_uuid()"));
    }

    /** 8 s of warm-up, 15 s of baseline, 10 s of migration at least, 4 s to settle, 3 s of rollback at least, and 4 s more. */
    private static Scenario scenario() throws Exception {
        return ScenarioLoader.load(
                HarnessRun.ROOT.resolve("scenarios/examples/01-add-column-volatile-default/scenario.yaml"),
                Map.of("timeline.migration", "10s", "timeline.rollback", "3s"));
    }

    @Test
    void showsHowThingsStandBesideTheBaseline() throws Exception {
        progress.started(scenario(), Path.of("run"));
        progress.stageStarted(Stage.MIGRATION, Optional.empty());
        progress.stepStarted("backfill");
        progress.tick(moment(Stage.MIGRATION, 0.25, 4));
        progress.tick(moment(Stage.MIGRATION, 1.25, 9));
        progress.tick(moment(Stage.MIGRATION, 1.5, 30));
        progress.tick(moment(Stage.MIGRATION, 2.25, Double.NaN));
        progress.tick(moment(Stage.MIGRATION, 3.25, 2400));

        assertThat(screen())
                .containsExactly(
                        "add-column-volatile-default: seed 42, run directory run",
                        "migration  0:03   200/s   p50 1.9 ms (was 1.1 ms)   p99 2.4 s (was 4.9 ms)   in flight 412   failed 3",
                        "           ▁▄·█   17 wait for locks   fault: latency, blocker   at least 0:17 left",
                        "           backfill: update orders set token = gen_random_uuid()");
    }

    @Test
    void aMigrationThatTakesLongerLeavesWhatComesAfterIt() throws Exception {
        progress.started(scenario(), Path.of("run"));
        progress.tick(moment(Stage.MIGRATION, 900, 4));
        assertThat(screen()).anyMatch(line -> line.endsWith("at least 0:11 left"));

        progress.tick(moment(Stage.RECOVERY, 1, 4));
        assertThat(screen()).anyMatch(line -> line.endsWith("at least 0:03 left"));
    }

    @Test
    void beforeTheBaselineThereIsNothingBesideIt() throws Exception {
        progress.started(scenario(), Path.of("run"));
        progress.tick(new Moment(
                Stage.WARMUP,
                Duration.ofSeconds(2),
                Optional.of(Duration.ofSeconds(8)),
                0,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                0,
                0,
                OptionalInt.empty(),
                List.of(),
                Optional.empty()));

        assertThat(screen())
                .containsExactly(
                        "add-column-volatile-default: seed 42, run directory run",
                        "warmup     0:02 of 0:08   0/s   p50 –   p99 –   in flight 0   failed 0",
                        "           ·   at least 0:42 left");
    }

    @Test
    void aFinishedStageStays() throws Exception {
        progress.started(scenario(), Path.of("run"));
        progress.tick(moment(Stage.BASELINE, 14.75, 4.9));
        progress.stageEnded(Stage.BASELINE, Duration.ofSeconds(15));

        assertThat(screen())
                .containsExactly(
                        "add-column-volatile-default: seed 42, run directory run",
                        "baseline   0:15   200/s   p50 1.9 ms   p99 4.9 ms   failed so far 3");
    }

    @Test
    void barsShowTheLastHalfMinute() {
        Sparkline sparkline = new Sparkline();
        for (int second = 0; second < 45; second++) {
            sparkline.add("migration " + second, second < 40 ? 1 : 1 << (second - 39));
        }

        assertThat(sparkline.beside(1)).isEqualTo("▁".repeat(25) + "▂▃▄▅▆");
        assertThat(sparkline.beside(Double.NaN)).isEqualTo(sparkline.beside(1));
        assertThat(sparkline.beside(0.5)).isEqualTo("▂".repeat(25) + "▃▄▅▆▇");
        assertThat(sparkline.beside(1000)).isEqualTo("▁".repeat(30));
    }
}
