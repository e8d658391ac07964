package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.ChildJvms;
import dev.rehearsal.environment.InContainers;
import dev.rehearsal.environment.LiveProcesses;
import dev.rehearsal.environment.TestContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rehearsal that is ended from outside leaves no server, no proxy and no JVM, and the next one works. */
@Tag("proof")
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs env --default-signal of GNU coreutils")
class KillTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    /** One cache for all, so that the small dataset is built once; not the user's. */
    private static final Path CACHE = Path.of("target/kill-test-cache").toAbsolutePath();

    /** In the baseline and in the migration, of two rehearsals at the same time. */
    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "KILL"})
    void leavesNothingRunning(String signal) throws Exception {
        List<String> stages = List.of("BASELINE", "MIGRATION");
        List<Process> killed = new ArrayList<>();
        try {
            for (String stage : stages) {
                killed.add(start(stage));
            }
            for (int i = 0; i < killed.size(); i++) {
                killedIn(stages.get(i), killed.get(i), signal);
            }
        } finally {
            killed.forEach(Process::destroyForcibly);
        }
        assertThat(clonesLeft()).hasSizeLessThanOrEqualTo(signal.equals("KILL") ? killed.size() : 0);

        Process next = start("next");
        assertThat(next.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertCameToItsEnd(next);
        assertThat(clonesLeft()).isEmpty();
    }

    private void killedIn(String stage, Process harness, String signal) throws Exception {
        await().atMost(PATIENCE).until(() -> hasBegun(stage, stage) || !harness.isAlive());
        assertThat(harness.isAlive()).as(errors(stage)).isTrue();
        List<ProcessHandle> started = harness.toHandle().descendants().toList();
        assertThat(started).extracting(KillTest::commandLine).anyMatch(line -> line.contains("postgres"));
        assertThat(started).extracting(KillTest::commandLine).anyMatch(line -> line.contains("gatling.conf"));

        kill(harness, signal);
        if (!signal.equals("KILL")) {
            assertThat(harness.exitValue()).isEqualTo(130);
            assertThat(started).as("right after the end").noneMatch(LiveProcesses::runs);
            assertThat(Files.readString(directory.resolve(stage).resolve("result.json")))
                    .contains("\"inconclusive\"");
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(started).noneMatch(LiveProcesses::runs));
    }

    @Test
    @InContainers
    void aKillInContainersLeavesNothingBehindTheNextRunsStart() throws Exception {
        Process harness = start("killed", CACHE, "0.02", "containers");
        List<String> volumes;
        try {
            await().atMost(PATIENCE).until(() -> hasBegun("killed", "MIGRATION") || !harness.isAlive());
            assertThat(harness.isAlive()).as(errors("killed")).isTrue();
            volumes = TestContainers.volumesOf(harness.pid());
            kill(harness, "KILL");
        } finally {
            harness.destroyForcibly();
        }
        assertThat(TestContainers.madeBy(harness.pid()))
                .as("server, proxy and network outlive their harness")
                .hasSize(3);
        assertThat(volumes).isNotEmpty();

        Process next = start("next", CACHE, "0.02", "local");
        await().atMost(PATIENCE).until(() -> hasBegun("next", "WARMUP") || !next.isAlive());
        assertThat(TestContainers.madeBy(harness.pid())).isEmpty();
        for (String volume : volumes) {
            assertThat(TestContainers.volumeExists(volume)).isFalse();
        }
        assertThat(next.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertCameToItsEnd(next);
        assertThat(clonesLeft()).isEmpty();
    }

    @Test
    @InContainers
    void anInterruptInContainersLeavesNothing() throws Exception {
        Process harness = start("killed", CACHE, "0.02", "containers");
        try {
            await().atMost(PATIENCE).until(() -> hasBegun("killed", "BASELINE") || !harness.isAlive());
            assertThat(TestContainers.madeBy(harness.pid())).hasSize(3);
            kill(harness, "INT");
        } finally {
            harness.destroyForcibly();
        }
        assertThat(harness.exitValue()).isEqualTo(130);
        assertThat(TestContainers.madeBy(harness.pid())).isEmpty();
        assertThat(clonesLeft()).isEmpty();
    }

    @Test
    void aBuildThatIsKilledLeavesNothingThatLooksLikeASnapshot() throws Exception {
        Path cache = directory.resolve("cache");
        Process harness = start("killed", cache, "0.3", "local");
        try {
            await().atMost(PATIENCE).until(() -> errors("killed").contains("order_items") || !harness.isAlive());
            assertThat(harness.isAlive()).as(errors("killed")).isTrue();
            kill(harness, "KILL");
        } finally {
            harness.destroyForcibly();
        }
        // Only two levels: below them the orphaned server still deletes files.
        assertThat(list(cache.resolve("snapshots")))
                .isNotEmpty()
                .allSatisfy(half -> assertThat(half.resolve("snapshot.json")).doesNotExist());

        Process next = start("next", cache, "0.01", "local");
        assertThat(next.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertCameToItsEnd(next);
    }

    /** It failed, as its scenario does; or was inconclusive, on a machine that is busy with other tests. */
    private static void kill(Process harness, String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(harness.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(harness.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private void assertCameToItsEnd(Process next) throws IOException {
        assertThat(next.exitValue()).as(errors("next")).isIn(1, 3);
        assertThat(Files.readString(directory.resolve("next/events.ndjson"))).contains("\"COMPLETED\"");
    }

    private Process start(String name) throws IOException {
        return start(name, CACHE, "0.02", "local");
    }

    private Process start(String name, Path cache, String scale, String runtime) throws IOException {
        // A build in the background of a shell ignores SIGINT, and would pass that on.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(ChildJvms.harness());
        command.addAll(List.of(
                "rehearse",
                HarnessRun.example("07-alter-behind-long-transaction").toString(),
                "--runtime",
                runtime,
                "--scale",
                scale,
                "--set",
                "timeline.warmup=3s",
                "--set",
                "timeline.baseline=3s",
                "--set",
                "timeline.migration=2s",
                "--set",
                "timeline.settle=1s",
                "--set",
                "timeline.rollback=1s",
                "--set",
                "objectives=[ { lockWait: { victims: application, max: 1s } } ]",
                "--out",
                directory.resolve(name).toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HARNESS_CACHE", cache.toString());
        return builder.redirectError(directory.resolve(name + ".err").toFile())
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .start();
    }

    private boolean hasBegun(String name, String stage) throws IOException {
        Path events = directory.resolve(name).resolve("events.ndjson");
        if (!Files.exists(events)) {
            return false;
        }
        // In the migration, not only once the stage has begun: the step has too.
        String sign = stage.equals("MIGRATION") ? "stepStarted" : "\"stage\":\"" + stage + "\"";
        return Files.readString(events).contains(sign);
    }

    private String errors(String name) throws IOException {
        return Files.readString(directory.resolve(name + ".err"));
    }

    private static List<Path> clonesLeft() throws IOException {
        Path clones = CACHE.resolve("clones");
        return Files.exists(clones) ? list(clones) : List.of();
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }

    private static String commandLine(ProcessHandle process) {
        return process.info().commandLine().orElse("");
    }
}
