package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.migration.BaselineRun;
import dev.rehearsal.migration.RealMigration;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.ScenarioLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Not a test: run by {@code harness/benchmarks/real-migrations}. Whole rehearsals of migrations that nobody here wrote, over tables of a million rows that
 * somebody reads and writes all the time. Writes lines of the table in the documentation.
 */
class RealMigrationsRehearsed {
    private static final int ROWS = Integer.getInteger("real.rows", 1_000_000);
    private static final Path TABLE = Path.of(System.getProperty("real.table", "real-migrations.md"));

    @TempDir
    private Path folder;

    @Test
    void dspace() throws Exception {
        rehearse(RealMigration.dspace(folder));
    }

    @Test
    void keycloak() throws Exception {
        rehearse(RealMigration.keycloak(folder));
    }

    @Test
    void camunda() throws Exception {
        rehearse(RealMigration.camunda(folder));
    }

    @Test
    void icinga() throws Exception {
        rehearse(RealMigration.icinga(folder));
    }

    private void rehearse(RealMigration migration) throws Exception {
        Path scenario = Files.writeString(folder.resolve("rehearsal.yaml"), scenario(migration));
        HarnessRun run = HarnessRun.rehearse(scenario, folder.resolve("run"));
        assertThat(run.exitCode()).as(run.told()).isIn(0, 1, 3);
        assertThat(HarnessRun.stream(run.result().get("steps"))
                        .map(step -> step.get("status").asString()))
                .as(run.told())
                .isNotEmpty()
                .containsOnly("succeeded");
        report(migration, run);
    }

    private String scenario(RealMigration migration) throws Exception {
        Path shop = HarnessRun.ROOT.resolve("datasets/catalog/shop");
        StringBuilder operations = new StringBuilder();
        Path fill = folder.resolve("fill.sql");
        try (MeasuredServer server = MeasuredServer.started(folder.resolve("server"))) {
            BaselineRun.apply(
                    ScenarioLoader.load(migration.scenario(folder, shop), Map.of())
                            .migration()
                            .baseline(),
                    server.url());
            try (Connection connection = server.connect(ApplicationNames.OBSERVER)) {
                Files.writeString(fill, String.join(";\n", migration.filling(connection, ROWS)) + ";\n");
                for (String table : migration.tables()) {
                    operations
                            .append(operation("read-" + table, RealMigration.reading(connection, table)))
                            .append(operation("write-" + table, RealMigration.writing(connection, table)));
                }
            }
        }
        return """
                name: real
                dataset: { use: %s, scale: 0.001 }
                environment: { settings: { max_wal_size: 4GB } }
                workload:
                  services:
                    - name: application
                      rate: 100/s
                      pool: { size: 30, connectionTimeout: 5s }
                      operations:
                %smigration:
                  timeLimit: 30m
                  baseline: { steps: [ { %s }, { name: fill, file: fill.sql } ] }
                  rollback: none
                  steps: [ { %s } ]
                timeline: { warmup: 5s, baseline: 6s, settle: 2s }
                drills: []
                objectives:
                  - { lockHold: { mode: AccessExclusive, max: 100ms } }
                  - { lockWait: { victims: application, max: 500ms } }
                  - { rewrites: none }
                """.formatted(shop, operations, migration.before(), migration.after());
    }

    private static String operation(String name, String sql) {
        return """
                        - name: %s
                          parameters: { n: { uniform: [1, %d] } }
                          transaction: "%s"
                """.formatted(name.replace('_', '-'), ROWS, sql.replace("\"", "\\\""));
    }

    private static void report(RealMigration migration, HarnessRun run) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (JsonNode statement : run.statements()) {
            String sql = statement.get("sql").asString().replaceFirst("\\A(?:\\s+|--[^\\n]*\\n|(?s:/\\*.*?\\*/))+", "");
            Optional<JsonNode> held = HarnessRun.stream(statement.get("locks"))
                    .filter(lock -> lock.get("mode").asString().equals("AccessExclusive"))
                    .filter(lock ->
                            migration.tables().contains(lock.get("relation").asString()))
                    .max(Comparator.comparingDouble(
                            lock -> lock.get("heldMillis").asDouble()));
            boolean column =
                    sql.matches("(?is)alter table.*\\b(add|alter)\\b.*") && !sql.matches("(?is).*add constraint.*");
            if (!column || held.isEmpty()) {
                continue;
            }
            lines.append("| %s | `%s` | %s, %s ± %s | %s | %s | %s |\n"
                    .formatted(
                            migration.application(),
                            sql.replaceAll("\\s+", " ").replace("|", "\\|"),
                            held.get().get("relation").asString(),
                            millis(held.get().get("heldMillis")),
                            millis(held.get().get("errorMillis")),
                            rewrite(statement),
                            scans(statement),
                            victims(statement)));
        }
        Files.writeString(TABLE, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.writeString(
                TABLE.resolveSibling(TABLE.getFileName() + "." + migration.kind() + ".txt"),
                run.told(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static String rewrite(JsonNode statement) {
        List<JsonNode> rewrites = HarnessRun.stream(statement.get("rewrites")).toList();
        return rewrites.isEmpty() ? "no" : rewrites.getFirst().get("reason").asString();
    }

    private static String scans(JsonNode statement) {
        String scans = HarnessRun.stream(statement.get("scans"))
                .map(scan -> "%s %,d"
                        .formatted(
                                scan.get("relation").asString(),
                                scan.get("rows").asLong()))
                .collect(Collectors.joining(", "));
        return scans.isEmpty() ? "–" : scans;
    }

    /** How many requests waited behind it, and the longest wait. */
    private static String victims(JsonNode statement) {
        long requests = HarnessRun.stream(statement.get("victims"))
                .mapToLong(victim -> victim.get("requests").asLong())
                .sum();
        double longest = HarnessRun.stream(statement.get("victims"))
                .mapToDouble(victim -> victim.get("maxWaitMillis").asDouble())
                .max()
                .orElse(0);
        return requests == 0 ? "none" : "%,d, up to %s".formatted(requests, millis(longest));
    }

    private static String millis(JsonNode value) {
        return millis(value.asDouble());
    }

    private static String millis(double value) {
        return value >= 1000
                ? String.format(Locale.ROOT, "%.1f s", value / 1000)
                : String.format(Locale.ROOT, "%.1f ms", value);
    }
}
