package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.dataset.ApplicationPackages;
import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.ScenarioLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Column changes that nobody here wrote, on the schemas that they were written for, filled: out of the packages of DSpace (by Flyway), Keycloak (by
 * Liquibase), Camunda and Icinga (folders). What was found is a table in the documentation; {@code -Dreal.migrations=FILE} writes it anew.
 */
@Tag("proof")
class RealMigrationsTest {
    private static final Path SHOP = Path.of(System.getProperty("rehearsal.home"), "datasets", "catalog", "shop");
    private static final int ROWS = 100_000;

    @TempDir
    private Path folder;

    @Test
    void whatDSpacesColumnChangesDoIsSeenThroughFlyway() throws Exception {
        Path scripts = packages().dspaceScripts();
        MigrationPlan plan = plan("flyway: { locations: [ " + scripts
                + " ], baseline: 7.0_2019.07.31, configuration: { flyway.placeholderReplacement: 'false' } }");

        List<StatementObserved> changes = changes(
                plan,
                List.of("relationship_type", "relationship", "eperson", "requestitem", "registrationdata", "process"));

        assertThat(changes).hasSizeGreaterThanOrEqualTo(5);
        report("DSpace 9.2, Flyway", changes);
        assertThat(changes)
                .filteredOn(change -> change.sql().contains("latest_version_status"))
                .singleElement()
                .satisfies(change -> {
                    assertThat(change.rewrites()).isEmpty();
                    assertThat(strongest(change)).isEqualTo("AccessExclusive");
                });
    }

    @Test
    void whatKeycloaksColumnChangesDoIsSeenThroughLiquibase() throws Exception {
        Path unpacked = packages().keycloakChangeLogs();
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

    @Test
    void whatCamundasColumnChangesDoIsSeenInAFolder() throws Exception {
        Path unpacked = packages().maven("org.camunda.bpm:camunda-engine:7.24.0", "org/camunda/bpm/engine/db/");
        Path database = unpacked.resolve("org/camunda/bpm/engine/db");
        Path folder = Files.createDirectories(this.folder.resolve("camunda"));
        StringBuilder create = new StringBuilder();
        for (String part : List.of(
                "engine",
                "history",
                "identity",
                "case.engine",
                "case.history",
                "decision.engine",
                "decision.history")) {
            create.append(Files.readString(database.resolve("create/activiti.postgres.create." + part + ".sql")))
                    .append('\n');
        }
        Files.writeString(folder.resolve("7.0.sql"), create);
        // The package creates the newest schema alone: what the upgrades add is taken away from it first.
        StringBuilder back = new StringBuilder("delete from act_ge_schema_log;\n");
        for (String upgrade : List.of("7.11_to_7.12", "7.12_to_7.13", "7.13_to_7.14", "7.16_to_7.17", "7.17_to_7.18")) {
            String text = Files.readString(database.resolve("upgrade/postgres_engine_" + upgrade + ".sql"));
            back.append(taken(text));
            Files.writeString(folder.resolve(upgrade.substring(upgrade.indexOf("to_") + 3) + ".sql"), text);
        }
        Files.writeString(folder.resolve("7.1.sql"), back);
        MigrationPlan plan = plan("folder: { path: " + folder + ", baseline: 7.1 }");

        List<StatementObserved> changes = changes(
                plan,
                List.of(
                        "act_hi_op_log",
                        "act_ru_job",
                        "act_hi_incident",
                        "act_hi_job_log",
                        "act_ru_variable",
                        "act_ru_task",
                        "act_hi_batch"));

        assertThat(changes).hasSizeGreaterThanOrEqualTo(10);
        report("Camunda 7.24, folder", changes);
    }

    @Test
    void whatIcingasColumnChangesDoIsSeenInAFolder() throws Exception {
        Path schema = packages().debian("icinga2-ido-pgsql").resolve("usr/share/icinga2-ido-pgsql/schema");
        Path folder = Files.createDirectories(this.folder.resolve("icinga"));
        // The package creates the newest schema alone, so the upgrades are taken away from it first: what they add, the
        // types, what they drop.
        StringBuilder before = new StringBuilder(Files.readString(schema.resolve("pgsql.sql")));
        for (String upgrade : List.of("2.6.0.sql", "2.5.0.sql")) {
            String text = Files.readString(schema.resolve("upgrade").resolve(upgrade));
            before.append('\n').append(taken(text));
            Files.writeString(folder.resolve(upgrade), text);
        }
        before.append(
                "alter table icinga_customvariables add column if not exists session_token integer default null;\n");
        before.append(
                "alter table icinga_customvariablestatus add column if not exists session_token integer default null;\n");
        Files.writeString(folder.resolve("2.4.0.sql"), before);
        MigrationPlan plan = plan("folder: { path: " + folder + ", baseline: 2.4.0, gaps: allowed }");

        List<StatementObserved> changes = changes(
                plan,
                List.of(
                        "icinga_hosts",
                        "icinga_services",
                        "icinga_hoststatus",
                        "icinga_servicestatus",
                        "icinga_statehistory",
                        "icinga_comments"));

        assertThat(changes).hasSizeGreaterThanOrEqualTo(9);
        report("Icinga 2.13, folder", changes);
        assertThat(changes)
                .filteredOn(change -> change.sql().matches("(?is).*icinga_statehistory.*varchar.*"))
                .singleElement()
                .satisfies(change -> assertThat(change.rewrites())
                        .extracting(rewrite -> rewrite.relation() + ": " + rewrite.reason())
                        .containsExactly("icinga_statehistory: column type"));
    }

    /** Statements that take away what a script adds, and give columns the types that it changes. */
    private static String taken(String script) {
        StringBuilder back = new StringBuilder();
        Pattern.compile("(?i)alter table (\\w+)\\s+add (?:column )?(\\w+) ")
                .matcher(script)
                .results()
                .filter(added -> !added.group(2).equalsIgnoreCase("constraint"))
                .forEach(added -> back.append("alter table %s drop column if exists %s cascade;\n"
                        .formatted(added.group(1), added.group(2))));
        Pattern.compile("(?i)create index (\\w+) ")
                .matcher(script)
                .results()
                .forEach(index -> back.append("drop index if exists %s;\n".formatted(index.group(1))));
        Pattern.compile("(?is)alter table (\\w+)([^;]*);")
                .matcher(script)
                .results()
                .forEach(altered -> Pattern.compile("(?i)alter column (\\w+) type (timestamp|varchar\\(255\\))")
                        .matcher(altered.group(2))
                        .results()
                        .forEach(column -> back.append("alter table %s alter column %s type %s;\n"
                                .formatted(
                                        altered.group(1),
                                        column.group(1),
                                        column.group(2).equalsIgnoreCase("timestamp") ? "timestamptz" : "text"))));
        return back.toString();
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
                    .filter(statement -> plain(statement).matches("(?is)alter table.*\\b(add|alter)\\b.*"))
                    .filter(statement -> !plain(statement).matches("(?is).*add constraint.*"))
                    .filter(statement -> statement.locks().stream().anyMatch(lock -> tables.contains(lock.relation())))
                    .toList();
        }
    }

    /** Without the comments before it, which Flyway sends to the server too. */
    private static String plain(StatementObserved statement) {
        return statement.sql().replaceFirst("\\A(?:\\s+|--[^\\n]*\\n|(?s:/\\*.*?\\*/))+", "");
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

    private ApplicationPackages packages() {
        return new ApplicationPackages(folder);
    }

    private MigrationPlan plan(String step) throws Exception {
        Path file = Files.writeString(
                folder.resolve("scenario.yaml"),
                "name: real\ndataset: { use: " + SHOP + " }\nmigration: { rollback: none, steps: [ { " + step
                        + " } ] }\n");
        return ScenarioLoader.load(file, Map.of()).migration();
    }

    private static String strongest(StatementObserved change) {
        return change.locks().stream()
                        .filter(lock -> !lock.ownRelation())
                        .map(LockHeld::mode)
                        .anyMatch("AccessExclusive"::equals)
                ? "AccessExclusive"
                : "less";
    }

    /** Lines of the table in the documentation. */
    private static void report(String application, List<StatementObserved> changes) throws IOException {
        String file = System.getProperty("real.migrations", "");
        if (file.isEmpty()) {
            return;
        }
        StringBuilder lines = new StringBuilder();
        for (StatementObserved change : changes) {
            String words = plain(change).toLowerCase(Locale.ROOT);
            LockHeld held = change.locks().stream()
                    .filter(lock -> !lock.ownRelation() && lock.mode().equals("AccessExclusive"))
                    .filter(lock -> words.contains(lock.relation()))
                    .max(Comparator.comparingLong(LockHeld::heldNanos))
                    .orElse(null);
            lines.append("| %s | `%s` | %s | %s | %s |\n"
                    .formatted(
                            application,
                            plain(change).replaceAll("\\s+", " ").replace("|", "\\|"),
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
}
