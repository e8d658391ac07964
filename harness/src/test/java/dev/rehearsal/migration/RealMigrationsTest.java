package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.ScenarioLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Column changes that nobody here wrote, on the schema that they were written for, filled: out of the package of Keycloak, by Liquibase. What was found
 * is a table in the documentation; {@code -Dreal.migrations=FILE} writes it anew.
 */
@Tag("proof")
class RealMigrationsTest {
    private static final Path PACKAGES = Path.of("target", "applications").toAbsolutePath();
    private static final Path SHOP = Path.of(System.getProperty("rehearsal.home"), "datasets", "catalog", "shop");
    private static final int ROWS = 100_000;

    @TempDir
    private Path folder;

    @Test
    void whatKeycloaksColumnChangesDoIsSeenThroughLiquibase() throws Exception {
        Path unpacked = unpacked("keycloak-model-jpa.jar", "META-INF/");
        try (Stream<Path> logs = Files.list(unpacked.resolve("META-INF"))) {
            // Changes that move data by Keycloak's own classes, which are not here.
            for (Path log :
                    logs.filter(file -> file.toString().endsWith(".xml")).toList()) {
                Files.writeString(
                        log,
                        Files.readString(log).replaceAll("(?s)<customChange\\b[^>]*?(/>|>.*?</customChange>)", ""));
            }
        }
        MigrationPlan plan = plan("liquibase: { changelog: META-INF/jpa-changelog-master.xml, root: " + unpacked
                + ", baseline: 22.0.5-24031 }");

        List<StatementObserved> changes = changes(
                plan,
                List.of(
                        "component_config",
                        "event_entity",
                        "user_attribute",
                        "fed_user_attribute",
                        "offline_user_session",
                        "offline_client_session",
                        "keycloak_group",
                        "user_group_membership"));

        assertThat(changes).hasSizeGreaterThanOrEqualTo(8);
        report("Keycloak 26.7.3, Liquibase", changes);
    }

    /** Applies the baseline, fills tables, runs the steps; what of it changed columns. */
    private List<StatementObserved> changes(MigrationPlan plan, List<String> tables) throws Exception {
        try (MeasuredServer server = MeasuredServer.started(folder.resolve("server"))) {
            BaselineRun.apply(plan.baseline(), server.url());
            for (String table : tables) {
                fill(server, table);
            }
            server.execute("analyze");
            server.instruments().drain();
            server.forgetEvents();

            MigrationOutcome outcome = Migrations.runner(server, StepListener.none())
                    .run(Phase.MIGRATION, plan.steps(), Duration.ofMinutes(10), 0);

            assertThat(outcome.failure()).isEmpty();
            assertThat(server.events(InstrumentTrouble.class)).isEmpty();
            return server.events(StatementObserved.class).stream()
                    .filter(statement -> statement.sql().matches("(?is)alter table.*\\b(add|alter)\\b.*"))
                    .filter(statement -> !statement.sql().matches("(?is).*add constraint.*"))
                    .filter(statement -> statement.locks().stream().anyMatch(lock -> tables.contains(lock.relation())))
                    .toList();
        }
    }

    /** Rows of any values that the columns' types take, without asking after those of other tables. */
    private static void fill(MeasuredServer server, String table) throws Exception {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        try (Connection connection = server.connect(ApplicationNames.OBSERVER);
                Statement statement = connection.createStatement();
                ResultSet columns = statement.executeQuery("""
                        select quote_ident(attname), format_type(atttypid, null), coalesce(nullif(atttypmod, -1) - 4, 40)
                        from pg_attribute where attrelid = '%s'::regclass and attnum > 0 and not attisdropped
                        """.formatted(table))) {
            while (columns.next()) {
                names.add(columns.getString(1));
                String type = columns.getString(2);
                values.add(
                        switch (type) {
                            case "integer", "bigint", "smallint", "numeric", "double precision", "real" ->
                                type.equals("smallint") ? "n % 1000" : "n";
                            case "boolean" -> "n % 2 = 0";
                            case "uuid" -> "md5(n::text)::uuid";
                            case "bytea" -> "decode(md5(n::text), 'hex')";
                            case "date", "timestamp without time zone", "timestamp with time zone" ->
                                "timestamp '2026-01-01' + n * interval '1 second'";
                            default -> "left(md5(n::text), " + columns.getInt(3) + ")";
                        });
            }
        }
        try (Connection connection = server.connect(ApplicationNames.OBSERVER);
                Statement statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
            statement.execute("insert into %s (%s) select %s from generate_series(1, %d) n on conflict do nothing"
                    .formatted(table, String.join(", ", names), String.join(", ", values), ROWS));
        }
    }

    private MigrationPlan plan(String step) throws Exception {
        Path file = Files.writeString(
                folder.resolve("scenario.yaml"),
                "name: real\ndataset: { use: " + SHOP + " }\nmigration: { rollback: none, steps: [ { " + step
                        + " } ] }\n");
        return ScenarioLoader.load(file, Map.of()).migration();
    }

    /** Lines of the table in the documentation. */
    private static void report(String application, List<StatementObserved> changes) throws IOException {
        String file = System.getProperty("real.migrations", "");
        if (file.isEmpty()) {
            return;
        }
        StringBuilder lines = new StringBuilder();
        for (StatementObserved change : changes) {
            LockHeld held = change.locks().stream()
                    .filter(lock -> !lock.ownRelation() && lock.mode().equals("AccessExclusive"))
                    .max(Comparator.comparingLong(LockHeld::heldNanos))
                    .orElse(null);
            lines.append("| %s | `%s` | %s | %s | %s |\n"
                    .formatted(
                            application,
                            change.sql().replaceAll("\\s+", " ").replace("|", "\\|"),
                            held == null
                                    ? "–"
                                    : "%s, %.1f ms ± %.1f"
                                            .formatted(
                                                    held.relation(), held.heldNanos() / 1e6, held.errorNanos() / 1e6),
                            change.rewrites().isEmpty()
                                    ? "no"
                                    : change.rewrites().getFirst().reason(),
                            change.scans().isEmpty()
                                    ? "–"
                                    : change.scans().stream()
                                            .map(scan -> scan.relation() + " " + scan.rows())
                                            .toList()));
        }
        Files.writeString(Path.of(file), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The entries of a package of Maven's that begin with a prefix. */
    private Path unpacked(String jar, String prefix) throws IOException {
        assumeTrue(Files.exists(PACKAGES.resolve(jar)), "no " + jar + " in " + PACKAGES);
        Path to = Files.createDirectories(folder.resolve(jar + ".d"));
        try (ZipFile zip = new ZipFile(PACKAGES.resolve(jar).toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory() && entry.getName().startsWith(prefix)) {
                    Path file = to.resolve(entry.getName()).normalize();
                    Files.createDirectories(file.getParent());
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.copy(in, file);
                    }
                }
            }
        }
        return to;
    }
}
