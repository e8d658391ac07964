package dev.rehearsal.migration;

import dev.rehearsal.dataset.ApplicationPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Migrations that nobody here wrote, out of the packages of the application that they were written for.
 *
 * @param application with its version, and how it is migrated
 * @param kind of step, as the scenario language calls it
 * @param words of that step, in flow style and without {@code baseline}
 * @param baseline what is in production
 * @param history whether the tool itself knows what it has applied
 * @param tables whose columns the migrations after the baseline change
 */
public record RealMigration(
        String application, String kind, String words, String baseline, boolean history, List<String> tables) {
    /** How a column is filled in row {@code n}, which makes it unique if it is wide enough. */
    private record Column(String name, String value, boolean key) {}

    /** As it stands in a scenario: the baseline, applied by the same tool, and the steps after it. */
    public String step() {
        return kind + ": { " + words + ", baseline: " + baseline + " }";
    }

    /** What has been applied to production, as a step. */
    public String before() {
        return kind + ": { " + words + ", target: " + baseline + " }";
    }

    /** The steps over a database that {@link #before} was applied to. */
    public String after() {
        return history ? step() : kind + ": { " + words + ", baseline: { to: " + baseline + ", in: dataset } }";
    }

    public static RealMigration dspace(Path folder) throws Exception {
        Path scripts = new ApplicationPackages(folder).dspaceScripts();
        return new RealMigration(
                "DSpace 9.2, Flyway",
                "flyway",
                "locations: [ " + scripts + " ], configuration: { flyway.placeholderReplacement: 'false' }",
                "7.0_2019.07.31",
                true,
                List.of("relationship_type", "relationship", "eperson", "requestitem", "registrationdata", "process"));
    }

    public static RealMigration keycloak(Path folder) throws Exception {
        Path unpacked = new ApplicationPackages(folder).keycloakChangeLogs();
        return new RealMigration(
                "Keycloak 26.7.3, Liquibase",
                "liquibase",
                "changelog: META-INF/jpa-changelog-master.xml, root: " + unpacked,
                "22.0.5-24031",
                true,
                List.of(
                        "component_config",
                        "event_entity",
                        "user_attribute",
                        "fed_user_attribute",
                        "offline_user_session",
                        "offline_client_session",
                        "keycloak_group",
                        "user_group_membership"));
    }

    public static RealMigration camunda(Path folder) throws Exception {
        Path unpacked = new ApplicationPackages(folder)
                .maven("org.camunda.bpm:camunda-engine:7.24.0", "org/camunda/bpm/engine/db/");
        Path database = unpacked.resolve("org/camunda/bpm/engine/db");
        Path scripts = Files.createDirectories(folder.resolve("camunda"));
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
        Files.writeString(scripts.resolve("7.0.sql"), create);
        // The package creates the newest schema alone: what the upgrades add is taken away from it first.
        StringBuilder back = new StringBuilder("delete from act_ge_schema_log;\n");
        for (String upgrade : List.of("7.11_to_7.12", "7.12_to_7.13", "7.13_to_7.14", "7.16_to_7.17", "7.17_to_7.18")) {
            String text = Files.readString(database.resolve("upgrade/postgres_engine_" + upgrade + ".sql"));
            back.append(taken(text));
            Files.writeString(scripts.resolve(upgrade.substring(upgrade.indexOf("to_") + 3) + ".sql"), text);
        }
        Files.writeString(scripts.resolve("7.1.sql"), back);
        return new RealMigration(
                "Camunda 7.24, folder",
                "folder",
                "path: " + scripts,
                "7.1",
                false,
                List.of(
                        "act_hi_op_log",
                        "act_ru_job",
                        "act_hi_incident",
                        "act_hi_job_log",
                        "act_ru_variable",
                        "act_ru_task",
                        "act_hi_batch"));
    }

    public static RealMigration icinga(Path folder) throws Exception {
        Path schema = new ApplicationPackages(folder)
                .debian("icinga2-ido-pgsql")
                .resolve("usr/share/icinga2-ido-pgsql/schema");
        Path scripts = Files.createDirectories(folder.resolve("icinga"));
        // The package creates the newest schema alone, so the upgrades are taken away from it first: what they add, the
        // types, what they drop.
        StringBuilder before = new StringBuilder(Files.readString(schema.resolve("pgsql.sql")));
        for (String upgrade : List.of("2.6.0.sql", "2.5.0.sql")) {
            String text = Files.readString(schema.resolve("upgrade").resolve(upgrade));
            before.append('\n').append(taken(text));
            Files.writeString(scripts.resolve(upgrade), text);
        }
        before.append(
                "alter table icinga_customvariables add column if not exists session_token integer default null;\n");
        before.append(
                "alter table icinga_customvariablestatus add column if not exists session_token integer default null;\n");
        Files.writeString(scripts.resolve("2.4.0.sql"), before);
        return new RealMigration(
                "Icinga 2.13, folder",
                "folder",
                "path: " + scripts + ", gaps: allowed",
                "2.4.0",
                false,
                List.of(
                        "icinga_hosts",
                        "icinga_services",
                        "icinga_hoststatus",
                        "icinga_servicestatus",
                        "icinga_statehistory",
                        "icinga_comments"));
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

    /** Statements that fill the tables with any values that their columns' types take, without asking after those of other tables. */
    public List<String> filling(Connection connection, int rows) throws SQLException {
        List<String> statements = new ArrayList<>(List.of("set session_replication_role = replica"));
        for (String table : tables) {
            List<Column> columns = columns(connection, table);
            statements.add("insert into %s (%s) select %s from generate_series(1, %d) n on conflict do nothing"
                    .formatted(
                            table,
                            columns.stream().map(Column::name).collect(Collectors.joining(", ")),
                            columns.stream().map(Column::value).collect(Collectors.joining(", ")),
                            rows));
        }
        statements.add("set session_replication_role = default");
        return List.copyOf(statements);
    }

    /** Reads the row that was filled as number {@code :n}. */
    public static String reading(Connection connection, String table) throws SQLException {
        List<Column> columns = columns(connection, table);
        return "select %s from %s where %s"
                .formatted(columns.stream().map(Column::name).collect(Collectors.joining(", ")), table, of(columns));
    }

    /** Writes it, with the values that it has. */
    public static String writing(Connection connection, String table) throws SQLException {
        List<Column> columns = columns(connection, table);
        String written = columns.stream()
                .filter(column -> !column.key())
                .findFirst()
                .orElse(columns.getFirst())
                .name();
        return "update %s set %s = %s where %s".formatted(table, written, written, of(columns));
    }

    private static String of(List<Column> columns) {
        return columns.stream()
                .filter(Column::key)
                .map(column -> column.name() + " = " + column.value().replaceAll("\\bn\\b", "cast(:n as integer)"))
                .collect(Collectors.joining(" and "));
    }

    private static List<Column> columns(Connection connection, String table) throws SQLException {
        List<Column> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet columns = statement.executeQuery("""
                        select quote_ident(attname), format_type(atttypid, null), coalesce(nullif(atttypmod, -1) - 4, 40),
                            exists (select from pg_index where indrelid = attrelid and indisprimary and attnum = any (indkey))
                        from pg_attribute where attrelid = '%s'::regclass and attnum > 0 and not attisdropped order by attnum
                        """.formatted(table))) {
            while (columns.next()) {
                found.add(new Column(
                        columns.getString(1), value(columns.getString(2), columns.getInt(3)), columns.getBoolean(4)));
            }
        }
        return found;
    }

    private static String value(String type, int width) {
        return switch (type) {
            case "integer", "bigint", "numeric", "double precision", "real" -> "n";
            case "smallint" -> "n % 1000";
            case "boolean" -> "n % 2 = 0";
            case "uuid" -> "md5(n::text)::uuid";
            case "bytea" -> "decode(md5(n::text), 'hex')";
            case "date", "timestamp without time zone", "timestamp with time zone" ->
                "timestamp '2026-01-01' + n * interval '1 second'";
            default -> "left(md5(n::text), " + width + ")";
        };
    }

    /** Writes a scenario that has these steps, and no load. */
    public Path scenario(Path folder, Path dataset) throws IOException {
        return Files.writeString(
                folder.resolve("scenario.yaml"),
                "name: real\ndataset: { use: " + dataset + " }\nmigration: { rollback: none, steps: [ { " + step()
                        + " } ] }\n");
    }
}
