package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.environment.InContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Whole rehearsals over a primary and its replicas, and what is told of what becomes of them. */
@Timeout(300)
@Tag("proof")
@Tag("beside-others")
class FailoverTest {
    private static final String SCENARIO = """
            name: failover
            environment: { replicas: 1, synchronous: SYNCHRONOUS }
            dataset: { use: SHOP, scale: 0.02 }
            workload:
              arrivals: constant
              services:
                - name: shop
                  rate: 40/s
                  pool: { size: 5, connectionTimeout: 2s }
                  operations:
                    - name: write
                      parameters: { id: { references: orders.id } }
                      transaction: update orders set status = status where id = :id
                    - name: read
                      reads: replica
                      parameters: { id: { references: orders.id } }
                      transaction: select status from orders where id = :id
            migration:
              steps:
                - { name: add, sql: alter table orders add column if not exists x int }
                - { name: long, sql: "update orders set x = 1 where id < 100; select pg_sleep(LONG)" }
                - { name: never, sql: alter table orders alter column x set not null }
              rollback:
                steps:
                  - { name: back, sql: alter table orders drop column if exists x }
            timeline: { warmup: 3s, baseline: 4s, migration: 4s, settle: 4s, rollback: 2s }
            faults:
              - FAULT
            drills: []
            objectives:
              - { outage: { max: 20s } }
              - { replicaLag: { max: LIMIT } }
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "remote_apply, true"})
    void theStepThatWasUnderWayFailsAndTheApplicationGoesOnOverThePromotedServer(String synchronous, boolean planned)
            throws IOException {
        HarnessRun run = rehearse(
                "local",
                synchronous,
                "{ at: { step: long, after: 1s }, failover: { promote: replica-1, planned: " + planned + " } }",
                "30s");

        JsonNode result = run.result();
        JsonNode fault = result.get("faults").get(0);
        assertThat(fault.get("happened").asBoolean()).as(run.told()).isTrue();
        assertThat(fault.get("effect").asString())
                .startsWith(planned ? "Shut the primary down and promoted" : "Killed the primary and promoted");
        assertThat(steps(result)).containsExactly("succeeded", "failed", "skipped", "succeeded");
        JsonNode writes = HarnessRun.stream(fault.get("outages"))
                .filter(outage -> outage.get("operation").asString().equals("write"))
                .findFirst()
                .orElseThrow();
        assertThat(writes.get("firstSuccessMillis").asDouble())
                .isGreaterThan(fault.get("startMillis").asDouble());
        assertThat(result.get("rollback").get("schemaRestored").asBoolean())
                .as(run.told())
                .isTrue();
        assertThat(HarnessRun.stream(result.get("notes")).map(JsonNode::asString))
                .anyMatch(note -> note.contains("on the instruments observe replica-1 in its place"));
        assertThat(run.told()).doesNotContain("had trouble").doesNotContain("log lines were lost");
        assertThat(Files.readString(run.directory().resolve("replica-1.log"))).contains("selected new timeline ID: 2");
        assertThat(result.get("environment").get("replicas").asInt()).isEqualTo(1);
    }

    @Test
    void aLinkThatIsCutLetsTheReplicaFallBehindByAsLongAndItCatchesUp() throws IOException {
        HarnessRun run = rehearse(
                "local",
                "false",
                1,
                "{ at: { stage: baseline, after: 500ms }, partition: { of: replica-1, for: 2s } }",
                "1s");

        JsonNode lag = stage(run, "baseline").get("replicaLag").get(0);
        assertThat(lag.get("replica").asString()).isEqualTo("replica-1");
        assertThat(lag.get("maxMillis").asDouble() + lag.get("errorMillis").asDouble())
                .isGreaterThan(1500);
        assertThat(lag.get("maxBytes").asLong()).isPositive();
        JsonNode later = stage(run, "settle").get("replicaLag").get(0);
        assertThat(later.get("maxMillis").asDouble())
                .isLessThan(lag.get("maxMillis").asDouble());
        assertThat(run.out()).contains("  replica lag   baseline: replica-1 ");
        assertThat(Files.readString(run.directory().resolve("report.html"))).contains("replica lag, at most");
        assertThat(Files.readString(run.directory().resolve("junit.xml"))).contains("longest lag of a replica");
    }

    @Test
    @InContainers
    void containersGiveTheSameFindings() throws IOException {
        String fault = "{ at: { step: long, after: 1s }, failover: { promote: replica-1 } }";

        HarnessRun local = rehearse("local", "true", fault, "30s");
        HarnessRun containers = rehearse("containers", "true", fault, "30s");

        assertThat(findings(containers)).as(containers.told()).isEqualTo(findings(local));
        assertThat(steps(containers.result())).isEqualTo(steps(local.result()));
        assertThat(containers.told()).doesNotContain("had trouble");
        assertThat(containers.result().get("environment").get("runtime").asString())
                .isEqualTo("containers");
    }

    /** Objective and subject, with the failure's own words where the rehearsal was made to fail; what a busy machine adds is left out. */
    private static Map<String, String> findings(HarnessRun run) {
        Map<String, String> findings = new TreeMap<>();
        HarnessRun.stream(run.result().get("findings"))
                .forEach(finding -> findings.put(
                        finding.get("objective").asString(),
                        finding.get("subject").asString()));
        return findings;
    }

    private static List<String> steps(JsonNode result) {
        return HarnessRun.stream(result.get("steps"))
                .map(step -> step.get("status").asString())
                .toList();
    }

    private static JsonNode stage(HarnessRun run, String kind) {
        return HarnessRun.stream(run.result().get("stages"))
                .filter(stage -> stage.get("kind").asString().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private HarnessRun rehearse(String runtime, String synchronous, String fault, String limit) throws IOException {
        return rehearse(runtime, synchronous, 60, fault, limit);
    }

    /** @param seconds that the long step takes, unless it is ended */
    private HarnessRun rehearse(String runtime, String synchronous, int seconds, String fault, String limit)
            throws IOException {
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                                "SHOP",
                                HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                        .replace("SYNCHRONOUS", synchronous)
                        .replace("LONG", Integer.toString(seconds))
                        .replace("FAULT", fault)
                        .replace("LIMIT", limit));
        Path out = directory.resolve("run-" + runtime);
        HarnessRun run = HarnessRun.of("rehearse", scenario.toString(), "--runtime", runtime, "--out", out.toString());
        return new HarnessRun(run.exitCode(), run.out(), run.err(), out);
    }
}
