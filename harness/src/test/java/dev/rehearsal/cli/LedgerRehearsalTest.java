package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whole rehearsals with a crash in them, and whether what was acknowledged before it is there after it. */
@Timeout(300)
@Tag("proof")
class LedgerRehearsalTest {
    private static final String SCENARIO = """
            name: ledger
            environment: { settings: { SETTINGS } }
            dataset: { use: SHOP, scale: 0.02 }
            workload:
              arrivals: constant
              services:
                - name: shop
                  rate: 40/s
                  pool: { size: 8, connectionTimeout: 1s }
                  operations:
                    - name: place-order
                      parameters: { customer: { references: customers.id } }
                      transaction: insert into orders (customer_id, amount, status) values (:customer, 5, 'new') returning status
                    - name: read-order
                      parameters: { id: { references: orders.id } }
                      transaction: select status from orders where id = :id
            migration:
              steps:
                - { name: add, sql: alter table orders add column if not exists x int }
            timeline: { warmup: 3s, baseline: 4s, migration: 6s, settle: 3s }
            faults:
              - { at: { stage: migration, after: 3s }, crash: { of: primary, for: 500ms } }
            drills: []
            objectives:
              - lostWrites: none
            """;

    @TempDir
    private Path directory;

    @Test
    void aDurableServerThatCrashesHasWhatItHadAcknowledged() throws IOException {
        HarnessRun run = rehearse("work_mem: 8MB");

        JsonNode integrity = run.result().get("integrity");
        assertThat(integrity.get("lost").asLong()).as(integrity.toString()).isZero();
        assertThat(integrity.get("acknowledgedWrites").asLong()).isGreaterThan(100);
        assertThat(integrity.get("verified").asBoolean()).isTrue();
        assertThat(integrity.get("readBacks")).hasSize(2);
        assertThat(integrity.get("operations").get(0).asString()).isEqualTo("place-order");
        assertThat(integrity.get("operations")).hasSize(1);
        assertThat(run.out()).contains("  ledger        all ");
        assertThat(run.failed()).as(run.told()).isEmpty();
    }

    @Test
    void aServerThatAcknowledgesTooEarlyFailsTheObjectiveAndTheReportSaysTheSameAgain() throws IOException {
        HarnessRun run = rehearse("synchronous_commit: \"off\", wal_writer_delay: 10s");

        JsonNode integrity = run.result().get("integrity");
        assertThat(integrity.get("lost").asLong()).as(integrity.toString()).isPositive();
        assertThat(integrity.get("lostWrites").get(0).get("operation").asString())
                .isEqualTo("place-order");
        assertThat(integrity.get("lostWrites").get(0).get("missedAt").asString())
                .isEqualTo("when the server was back");
        assertThat(run.out()).contains(" acknowledged writes are lost; ");
        assertThat(Files.readString(run.directory().resolve("report.html")))
                .contains("Writes, and whether they are there")
                .contains("The first of those lost");
        assertThat(Files.readString(run.directory().resolve("summary.md"))).contains("- Ledger: ");
        assertThat(Files.readString(run.directory().resolve("junit.xml")))
                .contains("name=\"acknowledged writes lost\"");
        HarnessRun again = HarnessRun.of("report", run.directory().toString());
        HarnessRun reported = new HarnessRun(again.exitCode(), again.out(), again.err(), run.directory());
        assertThat(reported.result().get("integrity")).isEqualTo(integrity);
        assertThat(reported.exitCode()).isEqualTo(run.exitCode());
    }

    private HarnessRun rehearse(String settings) throws IOException {
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                                "SHOP",
                                HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                        .replace("SETTINGS", settings));
        Path out = directory.resolve("run");
        HarnessRun run = HarnessRun.of("rehearse", scenario.toString(), "--runtime", "local", "--out", out.toString());
        return new HarnessRun(run.exitCode(), run.out(), run.err(), out);
    }
}
