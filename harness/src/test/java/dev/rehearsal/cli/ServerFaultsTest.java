package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import tools.jackson.databind.JsonNode;

/** Whole rehearsals in which the server itself is taken away, and what is told of that. */
class ServerFaultsTest extends ServerAway {
    private static final String DISK = "HARNESS_TEST_DISK";
    private static final String NO_DISK =
            "no file system of its own that may be filled: mount one of some 700 MB, and name it in " + DISK;

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
}
