package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whole rehearsals in which the server itself is taken away, and what is told of that. */
@Timeout(300)
@Tag("proof")
class ServerFaultsTest {
    private static final String DISK = "HARNESS_TEST_DISK";
    private static final String NO_DISK =
            "no file system of its own that may be filled: mount one of some 700 MB, and name it in " + DISK;

    private static final String SCENARIO = """
            name: server-away
            dataset: { use: SHOP, scale: 0.02 }
            workload:
              arrivals: constant
              services:
                - name: reader
                  rate: 50/s
                  pool: { size: 10, connectionTimeout: 1s }
                  operations:
                    - name: read
                      parameters: { id: { references: orders.id } }
                      transaction: select status from orders where id = :id
            migration:
              steps:
                STEPS
            timeline: { warmup: 3s, baseline: 4s, migration: 6s, settle: 3s }
            faults:
              - FAULT
            drills: []
            objectives:
              - { outage: { operation: read, max: LIMIT } }
            """;

    @TempDir
    private Path directory;

    String runtime() {
        return "local";
    }

    @Test
    void aPauseIsFeltAndToldAndJudged() throws IOException {
        HarnessRun run = rehearse(
                "- { name: add, sql: alter table orders add column if not exists x int }",
                "{ at: { stage: migration, after: 2s }, pause: { of: primary, for: 1500ms } }",
                "500ms");

        JsonNode fault = run.result().get("faults").get(0);
        double lasted =
                fault.get("endMillis").asDouble() - fault.get("startMillis").asDouble();
        assertThat(lasted).isGreaterThanOrEqualTo(1500);
        JsonNode outage = fault.get("outages").get(0);
        assertThat(outage.get("operation").asString()).isEqualTo("read");
        assertThat(outage.get("firstSuccessMillis").asDouble())
                .isGreaterThanOrEqualTo(fault.get("startMillis").asDouble() + 1500);
        assertThat(outage.get("durationMillis").asDouble()).isGreaterThanOrEqualTo(1400);
        assertThat(fault.get("connectionsLost").asInt()).isZero();
        assertThat(fault.get("effect").asString())
                .startsWith("Had every process of the server stand still for ")
                .contains("No read succeeded for ");
        assertThat(run.out()).contains("  pause         of ").contains("No read succeeded for ");
        assertThat(Files.readString(run.directory().resolve("report.html"))).contains("No read succeeded for ");
        assertThat(Files.readString(run.directory().resolve("junit.xml"))).contains("name=\"longest outage of read\"");
        assertThat(finding(run, "outage").get("observed").asDouble())
                .isEqualTo(outage.get("durationMillis").asDouble());
        run.assertFailed("outage longest outage of read");
    }

    @Test
    void aCrashInABackfillFailsTheStepAndTheRunGoesOnAndTellsWhatWasFelt() throws IOException {
        HarnessRun run = rehearse(
                """
                - { name: add, sql: alter table orders add column if not exists x int }
                    - name: backfill
                      transaction: none
                      sql: |
                        update orders set x = 1 where id <= 1000;
                        select pg_sleep(1);
                        update orders set x = 1 where id > 1000 and id <= 2000;
                        select pg_sleep(60);
                        update orders set x = 1 where x is null;
                    - { name: never, sql: alter table orders alter column x set not null }
                """.strip(), "{ at: { step: backfill, after: 2s }, crash: { of: primary, for: 1s } }", "100ms");

        JsonNode result = run.result();
        JsonNode fault = result.get("faults").get(0);
        assertThat(fault.get("happened").asBoolean()).as(fault.toString()).isTrue();
        JsonNode outage = fault.get("outages").get(0);
        assertThat(outage.get("lastSuccessMillis").asDouble())
                .isLessThan(fault.get("endMillis").asDouble());
        assertThat(outage.get("firstSuccessMillis").asDouble())
                .isGreaterThan(fault.get("startMillis").asDouble() + 1000);
        assertThat(outage.get("durationMillis").asDouble()).isGreaterThan(1000);
        assertThat(fault.get("errors").propertyNames()).isNotEmpty().allMatch(ServerFaultsTest::isOfAServerThatWent);
        assertThat(fault.get("connectionsLost").asInt()).isPositive();
        assertThat(HarnessRun.stream(result.get("steps"))
                        .map(step -> step.get("status").asString()))
                .containsExactly("succeeded", "failed", "skipped");
        JsonNode broken = result.get("steps").get(1).get("statements").get(3);
        assertThat(broken.get("sqlState").asString()).isIn("08006", "57P02");
        assertThat(finding(run, "migration").get("status").asString()).isNotEqualTo("passed");
        assertThat(HarnessRun.stream(result.get("notes")).map(JsonNode::asString))
                .anyMatch(note -> note.startsWith("The server was away from "));
        assertThat(run.out()).contains("  crash         of ");
        assertThat(Files.readString(run.directory().resolve("server.log")))
                .contains("database system was interrupted", "automatic recovery in progress");
        assertThat(result.get("validity").get("reasons")).isEmpty();
        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.failed()).contains("outage longest outage of read");
    }

    @Test
    void aLockHeldIsACueAndAQueueThatNeverFormedIsInconclusive() throws IOException {
        HarnessRun run = rehearse("""
                - name: change
                      sql: |
                        alter table orders add column if not exists x int;
                        select pg_sleep(1);
                """.strip(), """
                { at: { lockHeld: orders }, pause: { of: primary, for: 200ms } }
                  - { at: { lockQueued: customers }, pause: { of: primary, for: 200ms } }
                """.strip(), "20s");

        JsonNode faults = run.result().get("faults");
        JsonNode held = HarnessRun.stream(faults)
                .filter(fault -> fault.get("happened").asBoolean())
                .findFirst()
                .orElseThrow();
        JsonNode step = run.result().get("steps").get(0);
        assertThat(held.get("startMillis").asDouble())
                .isBetween(
                        step.get("startMillis").asDouble(),
                        step.get("endMillis").asDouble());
        assertThat(HarnessRun.stream(faults)
                        .filter(fault -> !fault.get("happened").asBoolean())
                        .map(fault -> fault.get("effect").asString()))
                .containsExactly(
                        "Did not happen: the migration was not seen to wait for a lock on that table that stops writes.");
        assertThat(finding(run, "fault").get("status").asString()).isEqualTo("inconclusive");
        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
    }

    /** The replica's link stands still, so the commit waits for it, for as long as it takes. */
    @Test
    void aCommitThatIsCutOffIsOfUnknownOutcomeAndTheServerIsAsked() throws IOException {
        HarnessRun run =
                rehearse("""
                - name: change
                      sql: |
                        alter table orders add column if not exists x int;
                        select pg_sleep(1);
                """.strip(), """
                { at: { step: change, after: 0s }, bandwidth: { of: replication-1, rate: 0, for: 4s } }
                  - { at: { committing: change }, down: { of: primary, for: 1s } }
                """.strip(), "20s", "environment.replicas=1", "environment.synchronous=true");

        JsonNode step = run.result().get("steps").get(0);
        assertThat(step.get("status").asString()).as(run.told()).isEqualTo("unknown");
        assertThat(step.get("statements").get(1).get("message").asString())
                .matches("(?s)the commit's outcome is unknown to the client; the server has it: transaction [0-9]+ is"
                        + " committed \\(.*\\)");
        assertThat(HarnessRun.stream(run.result().get("faults")))
                .allMatch(fault -> fault.get("happened").asBoolean());
        JsonNode migration = finding(run, "migration");
        assertThat(migration.get("status").asString()).as(run.told()).isNotEqualTo("passed");
        assertThat(migration.get("message").asString())
                .startsWith("Step change of the migration is of unknown outcome: ")
                .contains("unknown to the client; the server has it: transaction ");
        assertThat(run.out()).contains("outcome unknown");
    }

    /** A writer that is not done holds the build up; then every connection is cut, and the build with it. */
    @Test
    void anIndexBuildThatIsCutBetweenItsPhasesLeavesAnInvalidIndexThatIsNamed() throws IOException {
        HarnessRun run = rehearse("""
                - { name: index, sql: create index concurrently orders_late on orders (status) }
                  rollback: { steps: [{ name: drop, sql: drop index if exists never_made }] }
                """.strip(), """
                { at: { step: index, before: 1s }, blocker: { sql: update orders set status = status where id = 1, hold: 8s } }
                  - { at: { phase: waiting for writers before build, step: index }, crash: { of: primary, for: 1s } }
                """.strip(), "20s");

        JsonNode crash = HarnessRun.stream(run.result().get("faults"))
                .filter(fault -> fault.get("kind").asString().equals("crash"))
                .findFirst()
                .orElseThrow();
        assertThat(crash.get("happened").asBoolean()).as(run.told()).isTrue();
        assertThat(HarnessRun.stream(run.result().get("faults"))
                        .map(fault -> fault.get("effect").asString()))
                .anyMatch(effect -> effect.endsWith(", until its server was taken away."));
        assertThat(HarnessRun.stream(run.result().get("validity").get("reasons"))
                        .map(JsonNode::asString))
                .noneMatch(reason -> reason.contains("blocker") || reason.contains("fault injector"));
        JsonNode step = run.result().get("steps").get(0);
        assertThat(step.get("status").asString()).isEqualTo("failed");
        assertThat(Files.readString(run.directory().resolve("result.json")))
                .contains("index orders_late was not there before")
                .contains("; invalid");
    }

    private static final String A_WRITER_TOO = "workload.services[0].operations=["
            + " { name: read, parameters: { id: { references: orders.id } }, transaction: select status from orders where id = :id },"
            + " { name: write, parameters: { id: { references: orders.id } }, transaction: update orders set amount = amount + 1 where id = :id } ]";

    @Test
    @EnabledIfEnvironmentVariable(named = DISK, matches = ".+", disabledReason = NO_DISK)
    void aFullDiskFailsTheStepThatWritesAndNothingAcknowledgedIsLost() throws IOException {
        HarnessRun run = rehearseOnDisk("create table copies as select o.* from orders o, generate_series(1, 40)");

        assertThat(run.result().get("faults").get(0).get("errors").propertyNames())
                .as(run.told())
                .allMatch("53100"::equals);
        JsonNode statement = run.statements().getFirst();
        assertThat(statement.get("sqlState").asString()).as(run.told()).isEqualTo("53100");
        assertThat(statement.get("message").asString()).contains("No space left on device");
    }

    /** The log cannot grow: PostgreSQL ends every session, cannot recover either, and is started again when there is room. */
    @Test
    @EnabledIfEnvironmentVariable(named = DISK, matches = ".+", disabledReason = NO_DISK)
    void aFullDiskUnderTheLogTakesTheServerDownAndNothingAcknowledgedIsLost() throws IOException {
        HarnessRun run = rehearseOnDisk(
                "select count(pg_logical_emit_message(false, 'filler', repeat('x', 1000000))) from generate_series(1, 900)");

        assertThat(Files.readString(run.directory().resolve("server.log")))
                .as(run.told())
                .contains("PANIC: 53100: could not write to file \"pg_wal/");
        assertThat(run.result().get("steps").get(0).get("status").asString()).isEqualTo("failed");
    }

    /** Ballast fills the disk before the step, and is gone again before the run ends. */
    private HarnessRun rehearseOnDisk(String statement) throws IOException {
        Path disk = Path.of(System.getenv(DISK));
        HarnessRun run = rehearse(
                "- { name: fill, sql: \"" + statement + "\" }",
                "{ at: { step: fill, before: 1s }, diskFull: { for: 4s } }",
                "30s",
                "environment.disk=" + disk,
                A_WRITER_TOO);

        JsonNode fault = run.result().get("faults").get(0);
        assertThat(fault.get("happened").asBoolean()).as(run.told()).isTrue();
        assertThat(fault.get("effect").asString())
                .startsWith("Kept the server's disk full; after ")
                .contains(" s it had room again and the server answered.");
        assertThat(finding(run, "migration").get("message").asString())
                .startsWith("Step fill of the migration failed: ");
        JsonNode integrity = run.result().get("integrity");
        assertThat(integrity.get("verified").asBoolean()).as(run.told()).isTrue();
        assertThat(integrity.get("acknowledgedWrites").asInt()).isPositive();
        assertThat(integrity.get("lost").asInt()).isZero();
        assertThat(HarnessRun.stream(run.result().get("notes")).map(JsonNode::asString))
                .anyMatch(note -> note.startsWith("The server's tables and write-ahead log lay on " + disk))
                .anyMatch(note -> note.startsWith("The server's disk was full from "));
        try (Stream<Path> left = Files.list(disk)) {
            assertThat(left).isEmpty();
        }
        return run;
    }

    private static boolean isOfAServerThatWent(String error) {
        return error.startsWith("08") || error.startsWith("57P0") || error.equals("poolTimeout");
    }

    private static JsonNode finding(HarnessRun run, String objective) {
        return HarnessRun.stream(run.result().get("findings"))
                .filter(finding -> finding.get("objective").asString().equals(objective))
                .findFirst()
                .orElseThrow();
    }

    private HarnessRun rehearse(String steps, String fault, String limit, String... overrides) throws IOException {
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                                "SHOP",
                                HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                        .replace("STEPS", steps)
                        .replace("FAULT", fault)
                        .replace("LIMIT", limit));
        Path out = directory.resolve("run");
        List<String> arguments = new ArrayList<>(
                List.of("rehearse", scenario.toString(), "--runtime", runtime(), "--out", out.toString()));
        for (String override : overrides) {
            arguments.addAll(List.of("--set", override));
        }
        HarnessRun run = HarnessRun.of(arguments.toArray(String[]::new));
        return new HarnessRun(run.exitCode(), run.out(), run.err(), out);
    }
}
