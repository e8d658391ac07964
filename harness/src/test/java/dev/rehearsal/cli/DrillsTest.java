package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole rehearsal with drills after it, and what is told of them. */
@Timeout(600)
@Tag("proof")
@Tag("beside-others")
class DrillsTest {
    private static final String SCENARIO = """
            name: drilled
            dataset: { use: SHOP, scale: 0.01 }
            workload:
              arrivals: constant
              services:
                - name: checkout
                  rate: 20/s
                  operations:
                    - name: read
                      parameters: { id: { references: orders.id } }
                      transaction: select status from orders where id = :id
                  versions:
                    v2:
                      operations:
                        - name: read
                          parameters: { id: { references: orders.id } }
                          transaction: select status, region from orders where id = :id
            migration:
              steps:
                - { name: add, sql: alter table orders add column region text }
              rollback:
                steps:
                  - { name: drop, sql: alter table orders drop column if exists region }
            timeline: { warmup: 3s, baseline: 4s, migration: 6s, settle: 2s, rollback: 1s }
            drills: [ rerun, rollback, crash, compatibility ]
            objectives:
              - { migrationTime: { max: 1m } }
              - { rerun: { converges: true } }
              - { compatible: { versions: [ old ] } }
            """;

    @TempDir
    private Path directory;

    @Test
    void whatDrillsSawIsInEveryReport() throws IOException {
        HarnessRun run = rehearse();

        JsonNode drills = run.result().get("drills");
        assertThat(HarnessRun.stream(drills)
                        .map(drill -> drill.get("name").asString() + " "
                                + drill.get("status").asString()))
                .as(drills.toString())
                .containsExactly("rerun failed", "rollback passed", "crash failed", "compatibility passed");
        assertThat(run.failed())
                .contains("rerun drill rerun: step add of the migration")
                .anyMatch(finding -> finding.startsWith("drill drill crash: crash after the last step"));
        assertThat(HarnessRun.stream(drills.get(3).get("operations"))
                        .filter(tried -> !tried.get("works").asBoolean())
                        .map(tried -> tried.get("boundary").asInt() + " "
                                + tried.get("version").asString() + " "
                                + tried.get("sqlState").asString()))
                .containsOnly("0 v2 42703", "2 v2 42703");
        assertThat(run.out()).contains("  drill         rerun failed: Step add of the migration cannot be repeated: ");
        assertThat(Files.readString(run.directory().resolve("report.html")))
                .contains("<h2 id=\"drills-title\">Drills</h2>", "v2: checkout read", "42703");
        assertThat(Files.readString(run.directory().resolve("junit.xml")))
                .contains("name=\"drill compatibility\"", "name=\"drill rerun: step add of the migration\"");
        assertThat(run.directory().resolve("drills/rerun/server.log")).isRegularFile();
    }

    @Test
    void noDrillsLeavesThemOutWithTheirObjectives() throws IOException {
        HarnessRun run = rehearse("--no-drills");

        assertThat(run.result().get("drills")).isEmpty();
        assertThat(HarnessRun.stream(run.result().get("findings"))
                        .map(finding -> finding.get("objective").asString()))
                .containsExactly("migrationTime");
    }

    private HarnessRun rehearse(String... more) throws IOException {
        Path file = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                        "SHOP", HarnessRun.ROOT.resolve("datasets/catalog/shop").toString()));
        Path out = directory.resolve("run");
        List<String> arguments = new ArrayList<>(List.of("rehearse", file.toString(), "--out", out.toString()));
        arguments.addAll(List.of(more));
        HarnessRun run = HarnessRun.of(arguments.toArray(String[]::new));
        return new HarnessRun(run.exitCode(), run.out(), run.err(), out);
    }
}
