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

/** Whole rehearsals of a migration that takes two tables in the opposite order to the application: the server picks its victim, and the report names it. */
@Timeout(300)
@Tag("proof")
class DeadlockRehearsalTest {
    private static final String SCENARIO = """
            name: deadlock
            dataset: { use: SHOP, scale: 0.02 }
            workload:
              arrivals: constant
              services:
                - name: shop
                  rate: 20/s
                  pool: { size: 12, connectionTimeout: 2s }
                  operations:
                    - name: place-order
                      parameters: { customer: { references: customers.id } }
                      transaction:
                        - update customers set last_order_at = now() where id = :customer
                        THINKS
                        - update orders set status = 'new' where customer_id = :customer
            migration:
              retries: RETRIES
              steps:
                - name: change
                  sql: |
                    alter table orders add column if not exists x int;
                    WAITS
                    alter table customers add column if not exists x int;
            timeline: { warmup: 3s, baseline: 4s, migration: 4s, settle: 2s }
            drills: []
            objectives:
              - { errors: { during: migration, max: 0.1% } }
            """;

    @TempDir
    private Path directory;

    /** Whoever waits first looks for a circle before there is one; who closes it finds it. */
    @Test
    void aMigrationThatWaitsLastIsTheVictimAndTheReportSaysWhoseLocksItWaitedFor() throws IOException {
        HarnessRun run = rehearse("", "select pg_sleep(1);", "0");

        JsonNode statement = run.statements().getLast();
        assertThat(statement.get("sql").asString()).startsWith("alter table customers");
        assertThat(statement.get("sqlState").asString()).isEqualTo("40P01");
        JsonNode deadlock = victims(run, "migration").getFirst();
        assertThat(deadlock.get("step").asString()).isEqualTo("change");
        assertThat(deadlock.get("sql").asString())
                .isEqualTo(statement.get("sql").asString());
        assertThat(HarnessRun.stream(deadlock.get("operations")).map(JsonNode::asString))
                .containsExactly("place-order");
        assertTold(
                run,
                "The server ended `alter table customers add column if not exists x int` of step change by deadlock"
                        + " (SQLState 40P01): it and place-order waited for each other.");
    }

    @Test
    void anApplicationThatWaitsLastIsTheVictimAndTheReportSaysWhichStatementWasInItsWay() throws IOException {
        HarnessRun run = rehearse("- select pg_sleep(0.3)", "", "20");

        assertThat(HarnessRun.stream(run.result().get("steps"))
                        .map(step -> step.get("status").asString()))
                .containsExactly("succeeded");
        List<JsonNode> deadlocks = victims(run, "application");
        assertThat(deadlocks).isNotEmpty().allSatisfy(deadlock -> {
            assertThat(deadlock.get("service").asString()).isEqualTo("shop");
            assertThat(HarnessRun.stream(deadlock.get("operations")).map(JsonNode::asString))
                    .containsExactly("place-order");
            assertThat(deadlock.get("step").asString()).isEqualTo("change");
            assertThat(deadlock.get("sql").asString()).startsWith("alter table orders");
        });
        long told = deadlocks.stream()
                .mapToLong(deadlock -> deadlock.get("transactions").asLong())
                .sum();
        long refused = HarnessRun.stream(run.result().get("stages"))
                .flatMap(stage -> HarnessRun.stream(stage.get("operations")))
                .filter(operation -> operation.get("errors").has("40P01"))
                .mapToLong(operation -> operation.get("errors").get("40P01").asLong())
                .sum();
        assertThat(told).as("those that the application heard of").isEqualTo(refused);
        assertTold(run, deadlocks.getFirst().get("message").asString());
        assertThat(run.exitCode()).as(run.told()).isNotEqualTo(0);
    }

    private static List<JsonNode> victims(HarnessRun run, String victim) {
        return HarnessRun.stream(run.result().get("deadlocks"))
                .filter(deadlock -> deadlock.get("victim").asString().equals(victim))
                .toList();
    }

    private static void assertTold(HarnessRun run, String sentence) throws IOException {
        assertThat(HarnessRun.stream(run.result().get("story").get("sentences")).map(JsonNode::asString))
                .contains(sentence);
        assertThat(run.out().replaceAll("\\s+", " ")).contains(sentence);
        assertThat(Files.readString(run.directory().resolve("summary.md"))).contains(" by deadlock (SQLState 40P01)");
        assertThat(Files.readString(run.directory().resolve("report.html"))).contains(" by deadlock (SQLState 40P01)");
    }

    private HarnessRun rehearse(String thinks, String waits, String retries) throws IOException {
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                                "SHOP",
                                HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                        .replace("            THINKS\n", thinks.isEmpty() ? "" : "            " + thinks + "\n")
                        .replace("        WAITS\n", waits.isEmpty() ? "" : "        " + waits + "\n")
                        .replace("RETRIES", retries));
        Path out = directory.resolve("run");
        HarnessRun run = HarnessRun.of("rehearse", scenario.toString(), "--runtime", "local", "--out", out.toString());
        return new HarnessRun(run.exitCode(), run.out(), run.err(), out);
    }
}
