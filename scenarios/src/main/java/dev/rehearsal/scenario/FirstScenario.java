package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.FirstMigration.WayBack;
import dev.rehearsal.scenario.yaml.YamlWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A scenario to begin with, for a migration that has none. It runs as it is, and its comments say what to make of it.
 *
 * @param migration a file of SQL, a change log of Liquibase's, or a folder of migrations
 * @param schema a dataset's folder, or the schema before the migration; empty: a {@code schema.sql} beside the migration or above it
 * @param baseline the last migration that is in production already; empty: what the schema shows
 * @param rows of a table that the migration speaks of; a tenth in the others
 */
public record FirstScenario(Path migration, Optional<Path> schema, Optional<String> baseline, long rows) {
    /** Of more tables than these only those that the migration speaks of are written down. */
    private static final int MOST_TABLES = 12;

    private static final List<String> SCHEMAS = List.of("schema.sql", "structure.sql");
    private static final int LONGEST_NAME = 60;
    private static final int OTHERS_SHARE = 10;

    public FirstScenario {
        migration = migration.toAbsolutePath().normalize();
        schema = schema.map(path -> path.toAbsolutePath().normalize());
    }

    /** Of the scenario, after the migration. */
    public String name() {
        Path named = migration.getFileName();
        String file = named == null ? "" : named.toString();
        boolean directionOnly =
                file.matches("(up|migration)\\.sql") && migration.getParent().getFileName() != null;
        String word = (directionOnly ? migration.getParent().getFileName().toString() : file)
                .replaceFirst("(\\.up)?\\.(sql|xml|ya?ml|json)$", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-");
        String name = word.substring(0, Math.min(LONGEST_NAME, word.length())).replaceAll("^-+|-+$", "");
        return name.isEmpty() ? "migration" : name;
    }

    /**
     * The text of the scenario file.
     *
     * @param directory that it will be in, to which its paths are relative
     * @throws InvalidScenarioException if no scenario can be made of what is there
     */
    public String text(Path directory) throws InvalidScenarioException {
        Problems problems = new Problems();
        Path from = directory.toAbsolutePath().normalize();
        Optional<String> text = dataset(problems)
                .flatMap(dataset -> FirstMigration.of(
                                migration,
                                from,
                                dataset.definition().schemaFile(),
                                dataset.schema(),
                                baseline,
                                problems)
                        .map(found -> text(from, dataset, found)));
        if (text.isEmpty() || !problems.isEmpty()) {
            throw new InvalidScenarioException(problems.sorted());
        }
        return text.get();
    }

    private Optional<DatasetLoader.Dataset> dataset(Problems problems) {
        Optional<Path> used = schema.or(this::found);
        if (used.isEmpty() && Files.exists(migration)) {
            problems.add(
                    new SourceLocation(SourceFile.displayName(migration), 1, 1),
                    "",
                    "there is no schema.sql beside it or above it, so the database before the migration is not known; give --schema FILE, as"
                            + " pg_dump --schema-only prints it, or --schema DIR, as harness profile makes it of production's statistics");
        } else if (used.isEmpty()) {
            problems.add(
                    new SourceLocation(SourceFile.displayName(migration), 1, 1), "", "does not exist; check the path");
        }
        return used.map(FirstScenario::withItsFolder)
                .flatMap(path -> DatasetLoader.load(path, Optional.empty(), problems));
    }

    /** Beside the migration or in a folder above it, as far as the repository goes. */
    private Optional<Path> found() {
        Path folder = Files.isDirectory(migration) ? migration : migration.getParent();
        while (folder != null) {
            Path here = folder;
            Optional<Path> file = SCHEMAS.stream()
                    .map(here::resolve)
                    .filter(Files::isRegularFile)
                    .findFirst();
            if (file.isPresent() || Files.exists(here.resolve(".git"))) {
                return file;
            }
            folder = here.getParent();
        }
        return Optional.empty();
    }

    /** A {@code dataset.yaml} beside a schema says more than the schema. */
    private static Path withItsFolder(Path schema) {
        boolean described = schema.endsWith("schema.sql") && Files.exists(schema.resolveSibling("dataset.yaml"));
        return described ? schema.getParent() : schema;
    }

    private String text(Path directory, DatasetLoader.Dataset dataset, FirstMigration found) {
        List<String> parts = new ArrayList<>();
        parts.add("""
                # A first scenario, by harness init. It runs as it is; make it yours from top to bottom. Paths are relative to this file.
                # harness validate finds mistakes, harness inspect says what the migration touches, harness rehearse runs it.
                """ + YamlWriter.write(Map.of("name", name()))
                + "seed: 42 # the same seed: the same rows, arrivals and parameters\n");
        parts.add(dataset(directory, dataset.definition(), found));
        parts.add(workload(dataset, found));
        parts.add(migration(found));
        parts.add("""
                # Before the migration the traffic warms the server up, then shows what is normal; afterwards it has to become so again.
                timeline: { warmup: 10s, baseline: 30s, settle: 15s }
                """);
        parts.add("""
                # What stands in the traffic's way in production, at the worst moment. This makes what waits for a lock wait long:
                # faults:
                #   - { at: { stage: migration, after: 0s }, blocker: { sql: "TABLE", hold: 5s } }
                """.replace("TABLE", "select count(*) from " + blocked(dataset, found)));
        parts.add(objectives(found));
        return String.join("\n", parts);
    }

    private static String blocked(DatasetLoader.Dataset dataset, FirstMigration found) {
        return dataset.definition().tables().keySet().stream()
                .filter(table -> speaksOf(found, table))
                .findFirst()
                .orElseGet(
                        () -> dataset.definition().tables().keySet().iterator().next());
    }

    private static boolean speaksOf(FirstMigration found, String table) {
        return found.names().contains(table.substring(table.lastIndexOf('.') + 1));
    }

    private String dataset(Path directory, DatasetDefinition definition, FirstMigration found) {
        StringBuilder text = new StringBuilder("""
                # The database before the migration, filled with rows that types, constraints and names suggest. A dataset.yaml beside
                # schema.sql says more; harness profile makes both of production's statistics; restore: takes a dump of it.
                dataset:
                """);
        text.append(YamlWriter.write(Map.of("use", relative(directory, definition.used())))
                .indent(2));
        Map<String, Object> tables = new LinkedHashMap<>();
        boolean many = definition.tables().size() > MOST_TABLES
                && definition.tables().keySet().stream().anyMatch(table -> speaksOf(found, table));
        Stream.concat(
                        definition.tables().values().stream().filter(table -> speaksOf(found, table.name())),
                        definition.tables().values().stream().filter(table -> !many && !speaksOf(found, table.name())))
                .filter(table -> !table.sized())
                .forEach(table -> tables.put(table.name(), Map.of("rows", new YamlWriter.Plain(rowsOf(table, found)))));
        if (tables.isEmpty()) {
            text.append(
                    "  scale: 1 # of all rows; 0.1 for a first look. What takes a second at 0.1 may take ten in production.\n");
        } else {
            text.append(
                    "  # As many as production has: what takes a second with a tenth of them takes ten there.\n  tables:\n");
            tables.forEach((name, table) ->
                    text.append(YamlWriter.write(Map.of(name, table)).indent(4)));
            if (many) {
                text.append("    # the others get 10,000 rows each, unless they are named here\n");
            }
        }
        return text.toString();
    }

    private String rowsOf(TableDefinition table, FirstMigration found) {
        return Long.toString(speaksOf(found, table.name()) ? rows : Math.max(1, rows / OTHERS_SHARE));
    }

    private static String workload(DatasetLoader.Dataset dataset, FirstMigration found) {
        Optional<Workload> made =
                new DefaultWorkload(dataset.definition(), dataset.schema(), found.names(), false).workload();
        return made.map(workload -> """
                        # What goes on all the time, whatever the database does. These are reads and writes by key; put in what your application
                        # sends and how often. harness profile takes it from pg_stat_statements. With ledger: true each write that was acknowledged
                        # is looked for afterwards.
                        """ + ScenarioWriter.writeWorkload(workload))
                .orElse("""
                        # What goes on all the time. None can be made up here, because no table has a key of one column: describe it.
                        # workload:
                        #   services:
                        #     - name: application
                        #       rate: 100/s
                        #       operations:
                        #         - { name: read, parameters: { id: { uniform: [1, 1000] } }, transaction: select 1 from … where id = :id }
                        """);
    }

    private static String migration(FirstMigration found) {
        StringBuilder text = new StringBuilder("""
                migration:
                  # How long a statement may stand in the queue for a lock, with everybody behind it, before it steps back and tries again.
                  # Without these two you see what the migration does as it is:
                  # lockTimeout: 500ms
                  # retries: 10
                """);
        found.remarks().forEach(remark -> text.append("  # ").append(remark).append('\n'));
        text.append(YamlWriter.write(Map.of("steps", found.steps())).indent(2));
        switch (found.wayBack()) {
            case WayBack.Files files -> {
                text.append(
                        "  # The way back is rehearsed under the same traffic, and the schema compared with what it was.\n");
                text.append(YamlWriter.write(Map.of("rollback", Map.of("steps", files.steps())))
                        .indent(2));
            }
            case WayBack.WithThem withThem ->
                text.append(
                        "  # The way back comes with the migrations: their downs in reverse order, under the same traffic.\n");
            case WayBack.OfSomeAlone some -> {
                text.append("  # No way back: ")
                        .append(String.join(", ", some.without()))
                        .append(some.without().size() == 1 ? " has" : " have")
                        .append(" none. With one for all of them, remove this line.\n");
                text.append("  rollback: none\n");
            }
            case WayBack.Nothing nothing -> text.append("""
                      # There is no way back yet. One that is written is rehearsed under the same traffic:
                      # rollback:
                      #   steps:
                      #     - { sql: … }
                    """);
        }
        return text.toString();
    }

    private static String objectives(FirstMigration found) {
        boolean back = switch (found.wayBack()) {
            case WayBack.Files files -> true;
            case WayBack.WithThem withThem -> true;
            case WayBack.OfSomeAlone some -> false;
            case WayBack.Nothing nothing -> false;
        };
        return """
                # What has to hold; one that does not ends the run with exit code 1. These are what most teams would not accept.
                objectives:
                  - { latency: { percentile: 99, during: migration, max: 250ms } } # from the instant that each request was due
                  - { errors: { during: migration, max: 0.1% } }
                  - { lockHold: { mode: AccessExclusive, max: 100ms } } # a lock that lets nobody read
                  - { lockWait: { victims: application, max: 500ms } } # the longest that any request stood behind a lock
                  - { migrationTime: { max: 10m } }
                  - { rewrites: none }
                """ + (back ? "  - { rollback: { succeeds: true, max: 30s } }\n" : "");
    }

    private static String relative(Path directory, Path path) {
        String relative = directory.relativize(path).toString();
        return relative.isEmpty() ? "." : relative;
    }
}
