package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.environment.LiveProcesses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rehearsal that is ended from outside leaves no server, no proxy and no JVM, and the next one works. */
@Tag("proof")
@Tag("beside-others")
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs env --default-signal of GNU coreutils")
class KillTest extends KilledRuns {
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

    private static String commandLine(ProcessHandle process) {
        return process.info().commandLine().orElse("");
    }
}
