package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenario that somebody begins with, made of a migration and of the schema before it. */
class FirstScenarioTest {
    private static final String SCHEMA = """
            create table orders (id bigint generated always as identity primary key, amount numeric not null);
            create table customers (id bigint primary key, name text not null);
            """;
    private static final String UP = "alter table orders add column region text;";
    private static final String DOWN = "alter table orders drop column region;";
    private static final String LOCKS = """
            migration:
              # How long a statement may stand in the queue for a lock, with everybody behind it, before it steps back and tries again.
              # Without these two you see what the migration does as it is:
              # lockTimeout: 500ms
              # retries: 10
            """;
    private static final String NO_WAY_BACK = """
              # There is no way back yet. One that is written is rehearsed under the same traffic:
              # rollback:
              #   steps:
              #     - { sql: … }
            """;
    private static final String DERIVED =
            "  # The way back comes with the migrations: their downs in reverse order, under the same traffic.\n";

    @TempDir
    private Path folder;

    @Test
    void writesAWholeScenarioThatTeaches() throws InvalidScenarioException {
        write("db/schema.sql", SCHEMA);
        write("db/add-region.sql", UP);
        write("db/add-region.down.sql", DOWN);

        assertThat(first("db/add-region.sql").text(folder.resolve("rehearsal"))).isEqualTo("""
                # A first scenario, by harness init. It runs as it is; make it yours from top to bottom. Paths are relative to this file.
                # harness validate finds mistakes, harness inspect says what the migration touches, harness rehearse runs it.
                name: add-region
                seed: 42 # the same seed: the same rows, arrivals and parameters

                # The database before the migration, filled with rows that types, constraints and names suggest. A dataset.yaml beside
                # schema.sql says more; harness profile makes both of production's statistics; restore: takes a dump of it.
                dataset:
                  use: ../db/schema.sql
                  # As many as production has: what takes a second with a tenth of them takes ten there.
                  tables:
                    orders: { rows: 100000 }
                    customers: { rows: 10000 }

                # What goes on all the time, whatever the database does. These are reads and writes by key; put in what your application
                # sends and how often. harness profile takes it from pg_stat_statements. With ledger: true each write that was acknowledged
                # is looked for afterwards.
                workload:
                  arrivals: poisson
                  services:
                    - name: default
                      rate: 100/s
                      pool: { size: 20, connectionTimeout: 2s }
                      operations:
                        - name: read-orders
                          weight: 2
                          parameters: { id: { references: orders.id, zipf: 1.05 } }
                          transaction: ["select id, amount from orders where id = :id"]
                        - name: update-orders
                          weight: 1
                          parameters: { id: { references: orders.id, zipf: 1.05 } }
                          transaction: ["update orders set amount = amount where id = :id"]
                          ledger: false
                        - name: insert-orders
                          weight: 1
                          parameters: { id: { references: orders.id, zipf: 1.05 } }
                          transaction: ["insert into orders (amount) select amount from orders where id = :id"]
                          ledger: false
                        - name: read-customers
                          weight: 2
                          parameters: { id: { references: customers.id, zipf: 1.05 } }
                          transaction: ["select id, name from customers where id = :id"]
                        - name: update-customers
                          weight: 1
                          parameters: { id: { references: customers.id, zipf: 1.05 } }
                          transaction: ["update customers set name = name where id = :id"]
                          ledger: false

                migration:
                  # How long a statement may stand in the queue for a lock, with everybody behind it, before it steps back and tries again.
                  # Without these two you see what the migration does as it is:
                  # lockTimeout: 500ms
                  # retries: 10
                  steps:
                    - { name: add-region, file: ../db/add-region.sql }
                  # The way back is rehearsed under the same traffic, and the schema compared with what it was.
                  rollback:
                    steps:
                      - { name: undo add-region.down, file: ../db/add-region.down.sql }

                # Before the migration the traffic warms the server up, then shows what is normal; afterwards it has to become so again.
                timeline: { warmup: 10s, baseline: 30s, settle: 15s }

                # What stands in the traffic's way in production, at the worst moment. This makes what waits for a lock wait long:
                # faults:
                #   - { at: { stage: migration, after: 0s }, blocker: { sql: "select count(*) from orders", hold: 5s } }

                # What has to hold; one that does not ends the run with exit code 1. These are what most teams would not accept.
                objectives:
                  - { latency: { percentile: 99, during: migration, max: 250ms } } # from the instant that each request was due
                  - { errors: { during: migration, max: 0.1% } }
                  - { lockHold: { mode: AccessExclusive, max: 100ms } } # a lock that lets nobody read
                  - { lockWait: { victims: application, max: 500ms } } # the longest that any request stood behind a lock
                  - { migrationTime: { max: 10m } }
                  - { rewrites: none }
                  - { rollback: { succeeds: true, max: 30s } }
                """);
    }

    /** Files beside the schema, which of them is meant, and the steps with their way back. */
    static List<Arguments> migrations() {
        String undone = """
                  # The way back is rehearsed under the same traffic, and the schema compared with what it was.
                  rollback:
                    steps:
                """;
        return List.of(
                Arguments.of(
                        "a file with nothing beside it",
                        Map.of("add.sql", UP),
                        "add.sql",
                        "  steps:\n    - { name: add, file: ../add.sql }\n" + NO_WAY_BACK),
                Arguments.of(
                        "up.sql and down.sql",
                        Map.of("42/up.sql", UP, "42/down.sql", DOWN),
                        "42/up.sql",
                        "  steps:\n    - { name: up, file: ../42/up.sql }\n" + undone
                                + "      - { name: undo down, file: ../42/down.sql }\n"),
                Arguments.of(
                        "golang-migrate",
                        Map.of("001_r.up.sql", UP, "001_r.down.sql", DOWN),
                        "001_r.up.sql",
                        "  steps:\n    - { name: \"001_r.up\", file: ../001_r.up.sql }\n" + undone
                                + "      - { name: undo 001_r.down, file: ../001_r.down.sql }\n"),
                Arguments.of(
                        "another word for it",
                        Map.of("add.sql", UP, "add_rollback.sql", DOWN),
                        "add.sql",
                        "  steps:\n    - { name: add, file: ../add.sql }\n" + undone
                                + "      - { name: undo add_rollback, file: ../add_rollback.sql }\n"),
                Arguments.of(
                        "one of Flyway's, with the undo script of its version",
                        Map.of("V7__r.sql", UP, "U7__back.sql", DOWN, "U8__other.sql", "select 1"),
                        "V7__r.sql",
                        "  steps:\n    - { name: V7__r, file: ../V7__r.sql }\n" + undone
                                + "      - { name: undo U7__back, file: ../U7__back.sql }\n"),
                Arguments.of(
                        "one of dbmate's, both ways in one text",
                        Map.of(
                                "m/1_first.sql",
                                "-- migrate:up\nselect 1;\n-- migrate:down\nselect 1;",
                                "m/2_r.sql",
                                "-- migrate:up\n" + UP + "\n-- migrate:down\n" + DOWN,
                                "m/3_later.sql",
                                "-- migrate:up\nselect 3;"),
                        "m/2_r.sql",
                        """
                          # Of the folder this one: those before it are taken to be in the schema, those behind it are left out.
                          steps:
                            - { folder: { path: ../m, baseline: { to: "1_first", in: dataset }, target: "2_r" } }
                        """ + DERIVED),
                Arguments.of(
                        "a folder, of which the schema has the first already",
                        Map.of(
                                "m/0001_orders.up.sql",
                                "create table orders (id bigint primary key); alter table orders add amount numeric;",
                                "m/0001_orders.down.sql",
                                "drop table orders;",
                                "m/0003_r.up.sql",
                                UP,
                                "m/0003_r.down.sql",
                                DOWN,
                                "m/0004_s.up.sql",
                                "select 1",
                                "m/0004_s.down.sql",
                                "select 1"),
                        "m",
                        """
                          # The schema has what 0001_orders adds. So it and those before it are noted as done, not run;
                          # where production is elsewhere, write another baseline.
                          steps:
                            - { folder: { path: ../m, gaps: allowed, baseline: { to: "0001_orders", in: dataset } } }
                        """ + DERIVED),
                Arguments.of(
                        "a folder in which one has no way back",
                        Map.of("m/1_r.up.sql", UP, "m/1_r.down.sql", DOWN, "m/2_s.up.sql", "select 1"),
                        "m",
                        """
                          steps:
                            - { folder: { path: ../m } }
                          # No way back: 2_s has none. With one for all of them, remove this line.
                          rollback: none
                        """),
                Arguments.of(
                        "Flyway's folder",
                        Map.of("m/V1__r.sql", UP, "m/deep/V2__s.sql", "select '${tenant}'", "m/README.md", "hello"),
                        "m",
                        """
                          # The scripts have placeholders. Say what they stand for, as your application does:
                          # configuration: { flyway.placeholders.tenant: … }
                          steps:
                            - { flyway: { locations: [../m] } }
                        """ + NO_WAY_BACK),
                Arguments.of(
                        "a folder in nobody's spelling",
                        Map.of("m/add.sql", UP, "m/fill.sql", "update orders set region = 'eu'", "m/undo.sql", DOWN),
                        "m",
                        """
                          steps:
                            - { name: add, file: ../m/add.sql }
                            - { name: fill, file: ../m/fill.sql }
                        """ + undone + "      - { name: undo undo, file: ../m/undo.sql }\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("migrations")
    void takesMigrationsAsTheyAreKept(String what, Map<String, String> files, String migration, String expected)
            throws InvalidScenarioException, IOException {
        write("schema.sql", SCHEMA);
        files.forEach(this::write);

        String text = first(migration).text(folder.resolve("rehearsal"));

        String steps = text.substring(text.indexOf("migration:\n"), text.indexOf("\n# Before the migration"));
        assertThat(steps).isEqualTo(LOCKS + expected);
        assertThat(text.contains("{ rollback: {"))
                .isEqualTo(steps.contains(DERIVED) || steps.contains("rollback:\n    "));
        Path file = Files.writeString(
                Files.createDirectories(folder.resolve("rehearsal")).resolve("scenario.yaml"), text);
        assertThat(Written.problems(file, Map.of())).isEmpty();
    }

    @Test
    void aDatasetThatSaysItsRowsIsTakenAsItIs() throws InvalidScenarioException {
        Written written = Written.in(folder);
        write("tiny/add.sql", UP);

        String text = first("tiny/add.sql").text(folder);

        assertThat(text).contains("""
                dataset:
                  use: tiny
                """);
        assertThat(written.problems(text)).isEmpty();
    }

    /** Files beside the schema, the migration, the baseline, and what is said. */
    static List<Arguments> mistakes() {
        Map<String, String> pairs = Map.of("m/1_r.up.sql", UP, "m/1_r.down.sql", DOWN);
        return List.of(
                Arguments.of(Map.of(), "add.sql", "", "add.sql:1:1: does not exist; check the path"),
                Arguments.of(
                        Map.of("add.txt", UP),
                        "add.txt",
                        "",
                        "add.txt:1:1: is neither SQL nor a change log of Liquibase's; name a .sql file, a change log, or a folder of migrations"),
                Arguments.of(
                        Map.of("a.down.sql", DOWN),
                        "a.down.sql",
                        "",
                        "a.down.sql:1:1: is a way back by its name; name the file that goes forwards, whose way back is found by itself"),
                Arguments.of(
                        Map.of("m/README.md", ""),
                        "m",
                        "",
                        "m:1:1: m holds no SQL file; name the folder of the migrations"),
                Arguments.of(
                        Map.of("m/schema.sql", SCHEMA),
                        "m",
                        "",
                        "m:1:1: holds no migration; name a .sql file, a change log, or a folder of migrations"),
                Arguments.of(
                        Map.of("m/V1__orders.sql", SCHEMA),
                        "m",
                        "",
                        "m:1:1: has nothing to rehearse: schema.sql is the schema after V1__orders, the last migration; give the schema before it: --schema FILE"),
                Arguments.of(pairs, "m", "7", "m:1:1: has no migration 7; the last are 1_r"),
                Arguments.of(
                        Map.of("a.sql", UP),
                        "a.sql",
                        "7",
                        "a.sql:1:1: --baseline is for a folder of migrations and for a change log; leave it out"),
                Arguments.of(
                        Map.of("m/1_r.up.sql", UP, "m/1_s.up.sql", UP),
                        "m",
                        "",
                        "m:1:1: m/1_r.up.sql and 1_s.up.sql both have version 1; give one of them another"),
                Arguments.of(
                        Map.of("m/a.xml", "<databaseChangeLog/>", "m/b.yaml", "databaseChangeLog: []"),
                        "m",
                        "",
                        "m:1:1: holds several change logs (a.xml, b.yaml); name the one that includes the others"));
    }

    @ParameterizedTest(name = "{3}")
    @MethodSource("mistakes")
    void saysWhatCannotBeUsedAndWhatToDo(
            Map<String, String> files, String migration, String baseline, String expected) {
        write("schema.sql", SCHEMA);
        files.forEach(this::write);
        FirstScenario first = new FirstScenario(
                folder.resolve(migration),
                Optional.empty(),
                Optional.of(baseline).filter(text -> !text.isEmpty()),
                10);

        assertThat(problems(first)).containsExactly(expected);
    }

    @Test
    void withoutASchemaSaysWhereToGetOne() {
        write(".git/HEAD", "");
        write("add.sql", UP);

        assertThat(problems(first("add.sql")))
                .containsExactly(
                        "add.sql:1:1: there is no schema.sql beside it or above it, so the database before the migration is not known; give"
                                + " --schema FILE, as pg_dump --schema-only prints it, or --schema DIR, as harness profile makes it of"
                                + " production's statistics");
    }

    private FirstScenario first(String migration) {
        return new FirstScenario(folder.resolve(migration), Optional.empty(), Optional.empty(), 100_000);
    }

    private List<String> problems(FirstScenario first) {
        try {
            first.text(folder.resolve("rehearsal"));
            return List.of();
        } catch (InvalidScenarioException e) {
            return e.problems().stream()
                    .map(problem -> problem.location() + ": " + problem.message())
                    .map(line -> line.replace(SourceFile.displayName(folder) + "/", ""))
                    .toList();
        }
    }

    private void write(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
