package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.environment.InContainers;
import dev.rehearsal.environment.PgBouncerTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole rehearsal through PgBouncer in transaction mode, of a migration that sets its lock_timeout as it would without. */
@Timeout(300)
@Tag("proof")
class PoolerRehearsalTest {
    private static final String SCENARIO = """
            name: pooled
            environment: { runtime: RUNTIME, pooler: { kind: pgbouncer, mode: transaction, poolSize: 8 } }
            dataset: { use: SHOP, scale: 0.02 }
            workload:
              services:
                - name: checkout
                  rate: 60/s
                  pool: { size: 20, connectionTimeout: 5s, prepareThreshold: 0 }
                  operations:
                    - { name: read-order, parameters: { id: { references: orders.id } }, transaction: select * from orders where id = :id }
            migration:
              steps:
                - { name: limit, sql: "set lock_timeout = '150ms'" }
                - { name: change, sql: "alter table orders add column if not exists region text; select pg_sleep(1)" }
            timeline: { warmup: 2s, baseline: 3s, migration: 3s, settle: 1s }
            drills: []
            objectives:
              - { lockHold: { mode: AccessExclusive, max: 100ms } }
            """;

    @TempDir
    private Path directory;

    @Test
    void aLockTimeoutThatLeaksIsFoundAndEveryVictimIsItsRequest() throws Exception {
        assertThat(PgBouncerTest.required()).isNotNull();

        HarnessRun rehearsed = rehearsed("local");

        assertFound(rehearsed);
        assertThat(program(rehearsed)).matches("PgBouncer \\d\\S+");
    }

    @Test
    @InContainers(value = "18", pooler = true)
    void inContainersTheSameIsFound() throws Exception {
        HarnessRun rehearsed = rehearsed("containers");

        assertFound(rehearsed);
        assertThat(program(rehearsed)).matches("PgBouncer \\d\\S+ in a container \\(harness/pgbouncer:1\\)");
    }

    private static String program(HarnessRun rehearsed) {
        return rehearsed
                .result()
                .get("environment")
                .get("pooler")
                .get("program")
                .asString();
    }

    private HarnessRun rehearsed(String runtime) throws Exception {
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                                "SHOP",
                                HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                        .replace("RUNTIME", runtime));

        HarnessRun run = HarnessRun.of(
                "rehearse",
                scenario.toString(),
                "--out",
                directory.resolve("run").toString());

        return new HarnessRun(run.exitCode(), run.out(), run.err(), directory.resolve("run"));
    }

    private static void assertFound(HarnessRun rehearsed) {
        assertThat(rehearsed.failed())
                .as(rehearsed.told())
                .contains("pooler lock_timeout in sessions of the application");
        JsonNode leaked = HarnessRun.stream(rehearsed.result().get("findings"))
                .filter(finding -> finding.get("subject").asString().startsWith("lock_timeout in sessions"))
                .findFirst()
                .orElseThrow();
        assertThat(leaked.get("message").asString())
                .startsWith("`set lock_timeout = '150ms'` was for its session, and after the run");
        assertThat(leaked.get("cause").get("line").asInt()).isEqualTo(13);
        List<JsonNode> victims =
                HarnessRun.stream(rehearsed.statements().get(1).get("victims")).toList();
        assertThat(victims).singleElement().satisfies(victim -> {
            assertThat(victim.get("operation").asString()).isEqualTo("read-order");
            assertThat(victim.get("requests").asInt()).isPositive();
            assertThat(victim.get("maxWaitMillis").asDouble()).isGreaterThan(100);
        });
        assertThat(rehearsed
                        .result()
                        .get("validity")
                        .get("crossCheck")
                        .get("unmatchedWaits")
                        .asInt())
                .as("waits whose request is not known")
                .isZero();
        JsonNode pooler = rehearsed.result().get("environment").get("pooler");
        assertThat(pooler.get("mode").asString()).isEqualTo("transaction");
        assertThat(pooler.get("mostClientsWaiting").asInt())
                .as("all sessions waited for the lock, and further clients for a session")
                .isPositive();
    }
}
