package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whole rehearsals whose instruments were not good enough: each is inconclusive, and says why and what to change. */
@Timeout(300)
@Tag("proof")
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs SIGSTOP and a shell")
class InconclusiveRunsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SCENARIO = """
            name: instruments
            dataset: { use: SHOP, scale: 0.02 }
            workload:
              arrivals: constant
              services:
                - name: reader
                  rate: 50/s
                  pool: { size: 10 }
                  operations:
                    - name: read
                      parameters: { id: { references: orders.id } }
                      transaction: select status from orders where id = :id
            migration:
              steps:
                - { name: add, sql: alter table orders add column if not exists x int }
            timeline: { warmup: 3s, baseline: 10s, migration: 5s, settle: 1s }
            FAULTS
            drills: []
            objectives:
              - { latency: { operation: read, percentile: 95, during: migration, LIMIT } }
            """;

    @TempDir
    private Path directory;

    @Test
    void aGeneratorThatStoodStillIsToldAndDecidesNothing() throws Exception {
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(
                this::stopTheGeneratorForASecondOfTheMigration,
                task -> Thread.ofPlatform().start(task));

        HarnessRun run = rehearse("", "max: 400ms");

        stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertInconclusive(run);
        assertThat(reasons(run))
                .as(run.told())
                .anySatisfy(reason -> assertThat(reason)
                        .startsWith("The load generator stood still for ")
                        .endsWith(
                                ", more than 50 % of the smallest limit judged, 400 ms. Lower the rate, give the machine more"
                                        + " CPUs or memory, or judge with a larger limit."));
        assertThat(run.result().get("validity").get("generatorPauseMaxMillis").asDouble())
                .isGreaterThanOrEqualTo(1000);
        // What it had missed it did not drop: the arrivals of that second are there, with all the time they lost.
        assertThat(run.maxResponseMillis("migration")).isGreaterThanOrEqualTo(900);
    }

    @Test
    void aMachineThatIsBusyBeforeTheMigrationIsToldAndDecidesNothing() throws Exception {
        List<Process> busy = new ArrayList<>();
        try {
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
            }
            HarnessRun run = rehearse("", "max: 10s");

            assertInconclusive(run);
            assertThat(reasons(run))
                    .as(run.told())
                    // How much is left for the server, and for those who look at it, is up to the system's scheduler.
                    .anySatisfy(reason -> assertThat(reason)
                            .matches("(The machine was saturated|The rate was not held) before the migration began: .*"
                                    + "Lower the rate.*, or (give it|the machine) more CPUs\\."));
        } finally {
            busy.forEach(Process::destroyForcibly);
        }
        for (Process process : busy) {
            process.waitFor();
        }
    }

    @Test
    void aBaselineThatDriftsIsNoMeasureOfARegression() throws Exception {
        HarnessRun run = rehearse(
                "faults: [ { at: { stage: baseline, after: 4s }, latency: { of: primary, delay: 200ms, for: 6s } } ]",
                "regression: 3x");

        assertInconclusive(run);
        assertThat(reasons(run))
                .as(run.told())
                .anySatisfy(
                        reason -> assertThat(reason)
                                .startsWith("The baseline drifted: its halves differ by ")
                                .endsWith(
                                        ", more than the regression that is judged allows. Lengthen the warm-up or the baseline."));
    }

    private static void assertInconclusive(HarnessRun run) {
        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
        assertThat(run.result().get("verdict").asString()).isEqualTo("inconclusive");
        assertThat(run.failed()).isEmpty();
        assertThat(run.out()).contains(reasons(run).getFirst().substring(0, 30));
    }

    private static List<String> reasons(HarnessRun run) {
        return HarnessRun.stream(run.result().get("validity").get("reasons"))
                .map(JsonNode::asString)
                .toList();
    }

    private HarnessRun rehearse(String faults, String limit) throws IOException {
        String text = SCENARIO.replace(
                        "SHOP", HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                .replace("FAULTS\n", faults.isEmpty() ? "" : faults + "\n")
                .replace("LIMIT", limit);
        Path scenario = Files.writeString(directory.resolve("scenario.yaml"), text);
        HarnessRun run =
                HarnessRun.of("rehearse", scenario.toString(), "--out", out().toString(), "--runtime", "local");
        return new HarnessRun(run.exitCode(), run.out(), run.err(), out());
    }

    private Path out() {
        return directory.resolve("run");
    }

    private void stopTheGeneratorForASecondOfTheMigration() {
        await().atMost(PATIENCE).until(this::migrationHasBegun);
        ProcessHandle generator = ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("gatling.conf"))
                .findFirst()
                .orElseThrow();
        try {
            signal("STOP", generator);
            TimeUnit.MILLISECONDS.sleep(1200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            signal("CONT", generator);
        }
    }

    private boolean migrationHasBegun() throws IOException {
        Path events = out().resolve("events.ndjson");
        return Files.exists(events) && Files.readString(events).contains("\"stage\":\"MIGRATION\"");
    }

    private static void signal(String name, ProcessHandle process) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
