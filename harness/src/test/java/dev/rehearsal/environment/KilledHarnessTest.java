package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the harness. */
@Timeout(180)
class KilledHarnessTest {
    private static final Duration BOUND = Duration.ofSeconds(30);

    @TempDir
    Path temporary;

    private Process harness;

    @AfterEach
    void leaveNothing() {
        harness.destroyForcibly();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theServerEndsWithItsHarness() throws Exception {
        ProcessHandle postmaster = startHarness();
        List<ProcessHandle> all = postmaster.descendants().toList();
        assertThat(all).isNotEmpty();

        harness.destroyForcibly().waitFor();

        Awaitility.await().atMost(BOUND).until(() -> !ProcessIdentity.runs(postmaster));
        Awaitility.await().atMost(BOUND).until(() -> all.stream().noneMatch(ProcessIdentity::runs));
    }

    @Test
    void theNextRunSweepsWhatIsLeft() throws Exception {
        ProcessHandle postmaster = startHarness();
        Path clone = temporary.resolve("clone");
        Sweeper sweeper = new Sweeper(new RunningRegistry(TestCluster.cache()));
        assertThat(sweeper.otherLiveRuns()).anySatisfy(run -> {
            assertThat(run.pid()).isEqualTo(harness.pid());
            assertThat(run.description()).isEqualTo("the killed one");
        });
        assertThat(sweeper.sweep()).noneMatch(line -> line.contains(clone.toString()));
        assertThat(ProcessIdentity.runs(postmaster))
                .as("a live harness keeps its server")
                .isTrue();

        harness.destroyForcibly().waitFor();
        List<String> swept = sweeper.sweep();

        assertThat(ProcessIdentity.runs(postmaster)).isFalse();
        assertThat(clone).doesNotExist();
        assertThat(swept).contains("deleted " + clone + ", left by a harness that was killed");
        assertThat(TestCluster.registered(clone)).isEmpty();
        assertThat(sweeper.otherLiveRuns()).noneMatch(run -> run.pid() == harness.pid());
    }

    /** The case that the kernel's parent-death signal does not cover: nobody told the server. */
    @Test
    void theNextRunEndsAServerThatOutlivedItsHarness() throws Exception {
        Path data = TestCluster.clone(temporary.resolve("orphaned"));
        harness = new ProcessBuilder("sleep", "3600").start();
        ProcessIdentity dead = ProcessIdentity.of(harness.toHandle());
        harness.destroyForcibly().waitFor();
        try (LocalServer orphan = TestCluster.servers().start(data, Map.of())) {
            Path cache = temporary.resolve("cache");
            RunningRegistry registry = new RunningRegistry(cache);
            RunningRegistry.Entry note = registry.server(data);
            rewriteHarness(cache, dead);

            List<String> swept = new Sweeper(registry).sweep();

            assertThat(swept)
                    .containsExactly(
                            "ended server process " + orphan.processId() + ", left by a harness that was killed");
            assertThat(ProcessHandle.of(orphan.processId())).isEmpty();
            assertThat(note.content().dataDirectories()).containsExactly(data.toString());
        } catch (dev.rehearsal.scenario.EnvironmentException e) {
            // It was killed: its close says so.
            assertThat(e).hasMessageContaining("ended with");
        }
    }

    private ProcessHandle startHarness() throws Exception {
        Path clone = TestCluster.clone(temporary.resolve("clone"));
        harness = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        KilledHarness.class.getName(),
                        TestCluster.cache().toString(),
                        clone.toString(),
                        temporary.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(harness.getInputStream(), StandardCharsets.UTF_8));
        return ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
    }

    /** As if another process had written the one note that is there. */
    static void rewriteHarness(Path cache, ProcessIdentity harness) throws IOException {
        try (var notes = Files.list(cache.resolve("running"))) {
            Path note = notes.findFirst().orElseThrow();
            String text = Files.readString(note);
            Files.writeString(
                    note,
                    text.replaceAll(
                            "\"harness\":\\{[^}]*}",
                            "\"harness\":{\"pid\":" + harness.pid() + ",\"startedAtMillis\":"
                                    + harness.startedAtMillis() + "}"));
        }
    }
}
