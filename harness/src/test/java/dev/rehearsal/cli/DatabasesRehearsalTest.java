package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A whole rehearsal over three databases, each on a server of its own. The second has two customers of one name, so that the migration fails there and
 * nowhere else.
 */
@Timeout(300)
@Tag("proof")
class DatabasesRehearsalTest {
    private static final String SCENARIO = """
            name: shards
            environment: { runtime: local }
            dataset: { use: SHOP, scale: 0.01 }
            workload:
              arrivals: constant
              services:
                - name: shop
                  rate: 40/s
                  pool: { size: 4, connectionTimeout: 5s }
                  operations:
                    - name: read-customer
                      parameters: { id: { references: customers.id } }
                      transaction: select name from customers where id = :id
                    - name: rename
                      parameters: { id: { references: customers.id } }
                      transaction: update customers set name = name where id = :id
            migration:
              baseline:
                steps:
                  - name: a shard unlike the others
                    sql: |
                      alter table customers add column login text;
                      update customers set login = case
                        when current_setting('rehearsal.database') = '2' and id <= 2 then 'same' else id::text end
              steps:
                - { name: note, sql: alter table customers add column if not exists noted int }
                - { name: unique, sql: create unique index if not exists customers_login on customers (login) }
              rollback:
                steps:
                  - sql: drop index if exists customers_login
                  - sql: alter table customers drop column if exists noted
            timeline: { warmup: 2s, baseline: 4s, migration: 2s, settle: 1s, rollback: 1s }
            databases: { count: 3 }
            faults:
              - { at: { step: note, before: 200ms }, database: 2, blocker: { sql: select count(*) from customers, hold: 1500ms } }
            drills: []
            objectives:
              - { migrationTime: { max: 1m } }
              - { lockHold: { mode: AccessExclusive, max: 10s } }
              - { rollback: { succeeds: true, max: 1m } }
            """;

    @TempDir
    private Path directory;

    @Test
    void eachDatabaseIsMeasuredAndOneThatFailsLeavesTheLaterOnesAsTheyWere() throws IOException {
        HarnessRun run = rehearse();

        JsonNode result = run.result();
        assertThat(result.get("verdict").asString()).as(run.told()).isNotEqualTo("passed");
        List<JsonNode> databases = HarnessRun.stream(result.get("databases")).toList();
        assertThat(databases)
                .extracting(database -> database.get("state").asString())
                .containsExactly("migrated", "failed", "left out");
        assertThat(databases)
                .extracting(database -> database.get("wave").asInt())
                .containsExactly(1, 2, 3);
        measured(databases.get(0));
        measured(databases.get(1));
        assertThat(result.get("faults")).isEmpty();
        assertThat(databases)
                .extracting(database -> HarnessRun.stream(database.get("faults"))
                        .map(fault -> fault.get("kind").asString() + " "
                                + fault.get("happened").asBoolean())
                        .toList())
                .containsExactly(List.of(), List.of("blocker true"), List.of());
        assertThat(waitedMillis(databases.get(1))).isGreaterThan(waitedMillis(databases.get(0)));
        assertThat(databases.get(1).get("startMillis").asDouble())
                .isGreaterThan(databases.get(0).get("endMillis").asDouble());
        assertThat(databases.get(1).get("failure").asString()).contains("step unique: ", "customers_login");
        assertThat(databases)
                .extracting(database -> database.get("schema").get("sha256").asString())
                .satisfies(schemas -> assertThat(schemas).doesNotHaveDuplicates());
        assertThat(HarnessRun.stream(databases.get(1).get("schema").get("differences"))
                        .map(JsonNode::asString))
                .singleElement()
                .asString()
                .startsWith("customers: index customers_login")
                .endsWith(" is only on database 1");
        // On a machine that others keep busy what was measured is not judged.
        assertThat(HarnessRun.stream(result.get("findings"))
                        .filter(finding -> !finding.get("status").asString().equals("passed"))
                        .map(finding -> finding.get("subject").asString()))
                .contains("migration step unique, database 2", "one schema on all databases")
                .doesNotContain("migration step unique, database 1");
        rolledBack(databases.get(0));
        rolledBack(databases.get(1));
        assertThat(run.out()).contains("  database 3    wave 3, left out, not judged; schema ");
        assertThat(run.directory().resolve("databases/2/server.log")).isRegularFile();
        assertThat(Files.readString(run.directory().resolve("databases/2/report.html")))
                .contains("customers_login");

        String judged = Files.readString(run.directory().resolve("result.json"));
        HarnessRun.of("report", run.directory().toString());
        assertThat(run.directory().resolve("result.json")).hasContent(judged);
    }

    /** Its own traffic, before and during its own wave, and what its own statements locked. */
    private static void measured(JsonNode database) {
        assertThat(HarnessRun.stream(database.get("stages"))
                        .filter(stage -> List.of("baseline", "migration")
                                .contains(stage.get("kind").asString()))
                        .flatMap(stage -> HarnessRun.stream(stage.get("operations")))
                        .map(operation -> operation.get("completed").asLong()))
                .hasSize(4)
                .allMatch(completed -> completed > 20);
        assertThat(HarnessRun.stream(database.get("steps").get(0).get("statements"))
                        .flatMap(statement -> HarnessRun.stream(statement.get("locks")))
                        .map(lock -> lock.get("mode").asString() + " "
                                + lock.get("relation").asString()))
                .contains("AccessExclusive customers");
        assertThat(HarnessRun.stream(database.get("reasons")).map(JsonNode::asString))
                .allMatch(HarnessRun::ofABusyMachine);
    }

    private static double waitedMillis(JsonNode database) {
        return database.get("steps")
                .get(0)
                .get("statements")
                .get(0)
                .get("waitedMillis")
                .asDouble();
    }

    private static void rolledBack(JsonNode database) {
        assertThat(HarnessRun.stream(database.get("findings"))
                        .filter(finding -> finding.get("objective").asString().equals("rollback"))
                        .map(finding -> finding.get("message").asString()))
                .singleElement()
                .asString()
                .endsWith("The schema is as it was before the migration.");
    }

    private HarnessRun rehearse() throws IOException {
        Path file = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                        "SHOP", HarnessRun.ROOT.resolve("datasets/catalog/shop").toString()));
        Path out = directory.resolve("run");
        HarnessRun run = HarnessRun.of("rehearse", file.toString(), "--out", out.toString());
        return new HarnessRun(run.exitCode(), run.out(), run.err(), out);
    }
}
