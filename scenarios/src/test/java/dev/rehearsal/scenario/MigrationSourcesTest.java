package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.Step.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Migrations as teams keep them, read into steps. */
class MigrationSourcesTest {
    private static final String UP = "alter table orders add column region text;";
    private static final String DOWN = "alter table orders drop column region;";

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void writeDataset() {
        written = Written.in(folder);
    }

    /** The files of a folder, and its steps and way back: each as {@code name: transaction: statements}. */
    static List<Arguments> spellings() {
        return List.of(
                Arguments.of(
                        "up and down",
                        Map.of("up.sql", UP, "down.sql", DOWN),
                        List.of("db: ONE: alter table orders add column region text"),
                        List.of("undo db: ONE: alter table orders drop column region")),
                Arguments.of(
                        "golang-migrate",
                        Map.of(
                                "0001_first.up.sql",
                                "select 1;",
                                "0001_first.down.sql",
                                "select -1;",
                                "0002_region.up.sql",
                                UP,
                                "0002_region.down.sql",
                                DOWN),
                        List.of(
                                "0001_first: ONE: select 1",
                                "0002_region: ONE: alter table orders add column region text"),
                        List.of(
                                "undo 0002_region: ONE: alter table orders drop column region",
                                "undo 0001_first: ONE: select -1")),
                Arguments.of(
                        "Flyway's names, without Flyway",
                        Map.of(
                                "V1__first.sql", "select 1",
                                "V1_1__second.sql", "select 11",
                                "V1.10__third.sql", "select 110",
                                "V1.9__between.sql", "select 19",
                                "R__totals.sql", "select 0"),
                        List.of(
                                "V1__first: ONE: select 1",
                                "V1_1__second: ONE: select 11",
                                "V1.9__between: ONE: select 19",
                                "V1.10__third: ONE: select 110",
                                "R__totals: ONE: select 0"),
                        List.of()),
                Arguments.of(
                        "Flyway's names with undo scripts",
                        Map.of("V1__first.sql", UP, "U1__back.sql", DOWN),
                        List.of("V1__first: ONE: alter table orders add column region text"),
                        List.of("undo V1__first: ONE: alter table orders drop column region")),
                Arguments.of(
                        "dbmate",
                        Map.of(
                                "20260101000000_region.sql",
                                "-- migrate:up\n" + UP + "\n\n-- migrate:down\n" + DOWN + "\n",
                                "20260102000000_index.sql",
                                """
                                -- migrate:up transaction:false
                                create index concurrently a on orders (id);
                                -- migrate:down transaction:false
                                drop index concurrently a;
                                """),
                        List.of(
                                "20260101000000_region: ONE: alter table orders add column region text",
                                "20260102000000_index: NONE: create index concurrently a on orders (id)"),
                        List.of(
                                "undo 20260102000000_index: NONE: drop index concurrently a",
                                "undo 20260101000000_region: ONE: alter table orders drop column region")),
                Arguments.of(
                        "dbmate, which puts into a transaction what cannot be in one",
                        Map.of("1_index.sql", "-- migrate:up\ncreate index concurrently a on orders (id);"),
                        List.of("1_index: ONE: create index concurrently a on orders (id)"),
                        List.of()),
                Arguments.of(
                        "goose",
                        Map.of("00001_function.sql", """
                                -- +goose NO TRANSACTION
                                -- +goose Up
                                select 1;
                                -- +goose StatementBegin
                                create function f() returns int language sql begin atomic select 1; end; select 2;
                                -- +goose StatementEnd
                                select 3;
                                -- +goose Down
                                drop function f();
                                """),
                        List.of(
                                "00001_function: NONE: select 1 | create function f() returns int language sql begin atomic"
                                        + " select 1; end; select 2; | select 3"),
                        List.of("undo 00001_function: NONE: drop function f()")),
                Arguments.of(
                        "sqlx",
                        Map.of("20260101_index.sql", "-- no-transaction\ncreate index a on orders (id);"),
                        List.of("20260101_index: NONE: create index a on orders (id)"),
                        List.of()),
                Arguments.of(
                        "a folder each, as Diesel and Prisma have them",
                        Map.of(
                                "2026-01-22-101500_region/up.sql", UP,
                                "2026-01-22-101500_region/down.sql", DOWN),
                        List.of("2026-01-22-101500_region: ONE: alter table orders add column region text"),
                        List.of("undo 2026-01-22-101500_region: ONE: alter table orders drop column region")),
                Arguments.of(
                        "nothing but versions",
                        Map.of("2.0.2.sql", "select 202", "2.1.0.sql", "select 210", "2.10.0.sql", "select 2100"),
                        List.of("2.0.2: ONE: select 202", "2.1.0: ONE: select 210", "2.10.0: ONE: select 2100"),
                        List.of()),
                Arguments.of(
                        "what psql alone understands goes to the server as it is",
                        Map.of("1_variable.sql", "\\set x 1\nselect :x;\n"),
                        List.of("1_variable: ONE: \\set x 1\nselect :x;"),
                        List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spellings")
    void readsTheUsualSpellings(String name, Map<String, String> files, List<String> steps, List<String> back)
            throws Exception {
        files.forEach(this::write);

        MigrationPlan plan = written.load(scenario("folder: db")).migration();

        assertThat(plan.steps().stream().map(MigrationSourcesTest::shown)).containsExactlyElementsOf(steps);
        assertThat(plan.rollback().stream().map(MigrationSourcesTest::shown)).containsExactlyElementsOf(back);
        assertThat(plan.baseline()).isEmpty();
    }

    @Test
    void eachMigrationHasThePlaceOfItsFile() throws Exception {
        write("1_region.sql", "-- migrate:up\n\n  " + UP + "\n-- migrate:down\n" + DOWN);

        MigrationPlan plan = written.load(scenario("folder: db")).migration();

        assertThat(plan.steps().getFirst().location().toString()).endsWith("db/1_region.sql:3:3");
        assertThat(plan.rollback().getFirst().location().toString()).endsWith("db/1_region.sql:5:1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "baseline: 2                               | 1_a 2_b | 3_c 4_d",
                "baseline: '0002', target: 3_c             | 1_a 2_b | 3_c",
                "target: 2                                 |         | 1_a 2_b",
                "baseline: { to: 2_b, in: dataset }        |         | 3_c 4_d",
                "only: [ 3, 1_a ]                          | 2_b 4_d | 1_a 3_c",
            })
    void whatIsInProductionAlreadyIsTheBaseline(String selection, String baseline, String steps) throws Exception {
        List.of("1_a", "2_b", "3_c", "4_d").forEach(name -> write(name + ".sql", "select 1"));

        MigrationPlan plan = written.load(scenario("folder: { path: db, " + selection + " }"))
                .migration();

        assertThat(names(plan.baseline())).isEqualTo(baseline == null ? "" : baseline);
        assertThat(names(plan.steps())).isEqualTo(steps);
    }

    @Test
    void whatABranchAddsIsRehearsedAndTheRestIsItsBaseline() throws Exception {
        List.of("1_a", "2_b", "3_c").forEach(name -> write(name + ".sql", "select 1"));
        Path file = written.file("scenario.yaml", scenario("folder: { path: db, target: 2 }"));

        Scenario scenario =
                ScenarioLoader.load(file, Map.of(), Optional.empty(), Optional.of(added(Set.of("2_b.sql"))));
        String again = ScenarioWriter.write(scenario);

        assertThat(names(scenario.migration().baseline())).isEqualTo("1_a 3_c");
        assertThat(names(scenario.migration().steps())).isEqualTo("2_b");
        assertThat(names(written.load(again).migration().steps())).isEqualTo("2_b");
    }

    @Test
    void aBranchThatAddsNothingHasNothingToRehearse() {
        write("1_a.sql", "select 1");

        assertThat(problemsWith(added(Set.of()), "folder: db"))
                .containsExactly(
                        "scenario.yaml:4:15: migration.steps[0].folder: nothing to rehearse: no migration was added since main");
        assertThat(problemsWith(added(Set.of()), "sql: select 1"))
                .containsExactly(
                        "scenario.yaml:3:12: migration: what was added since main can be told of migrations in a"
                                + " folder, of Flyway's and of Liquibase's, and no step names such; add one, or leave out --changed-since");
    }

    @Test
    void aVersionIsShownToFlywayWithAllBeforeIt() throws Exception {
        Stream.of("V1__a", "V2__b", "sub/V3__c", "R__d").forEach(name -> write(name + ".sql", "select 1"));
        write("U2__b.sql", "select -2");
        write("U3__c.sql", "select -3");

        MigrationPlan plan = written.load(
                        scenario(
                                "flyway: { locations: [ db ], baseline: 1, target: 3, configuration: { flyway.table: history } }"))
                .migration();

        assertThat(names(plan.baseline())).isEqualTo("V1__a");
        assertThat(names(plan.steps())).isEqualTo("V2__b V3__c");
        assertThat(((Step.FlywayStep) plan.steps().get(1)).scripts())
                .extracting(path -> path.getFileName().toString())
                .containsExactly("V1__a.sql", "V2__b.sql", "V3__c.sql");
    }

    @Test
    void aFlywayUndoScriptTakesAwayWhatFlywayHasNoted() throws Exception {
        write("V3__c.sql", "select 1");
        write("U3__c.sql", "select -3");

        MigrationPlan plan = written.load(scenario(
                        "flyway: { locations: db, configuration: { flyway.table: history, flyway.defaultSchema: x } }"))
                .migration();

        assertThat(plan.rollback().stream().map(MigrationSourcesTest::shown))
                .containsExactly(
                        "undo V3__c: ONE: select -3 | delete from \"x\".\"history\" where script like '%V3__c.sql'");
    }

    /** The second can be in no transaction: some of it may be there although it has failed. */
    @ParameterizedTest
    @ValueSource(strings = {"folder: db", "flyway: { locations: db }"})
    void whatWasNotAppliedHasNothingToTakeBack(String step) throws Exception {
        List.of("V1__a", "V3__c").forEach(name -> write(name + ".sql", "select 1"));
        write("V2__b.sql", "create index concurrently b on orders (id)");
        List.of("U1__a", "U2__b", "U3__c").forEach(name -> write(name + ".sql", "select -1"));

        MigrationPlan plan = written.load(scenario(step)).migration();

        assertThat(plan.nothingToTakeBack("V1__a")).containsOnly("undo V1__a", "undo V2__b", "undo V3__c");
        assertThat(plan.nothingToTakeBack("V2__b")).containsOnly("undo V3__c");
        assertThat(plan.nothingToTakeBack("V3__c")).containsOnly("undo V3__c");
        assertThat(plan.nothingToTakeBack("another")).isEmpty();
    }

    /** It may have been written for just that. */
    @Test
    void aWayBackOfTheScenariosOwnIsTakenFromWhereverTheMigrationCame() throws Exception {
        MigrationPlan plan = written.load(
                        scenario("{ name: one, sql: select 1 }").replace("migration:\n", """
                                migration:
                                  rollback: { steps: [ { name: undo one, sql: select -1 } ] }
                                """))
                .migration();

        assertThat(plan.nothingToTakeBack("one")).isEmpty();
    }

    /** The files of a folder, a step, and what is said about them. */
    static List<Arguments> mistakes() {
        return List.of(
                Arguments.of(
                        List.of("0001_a.sql", "0002_b.sql", "0002_c.sql"),
                        "folder: db",
                        "4:15: migration.steps[0].folder: db/0002_b.sql and 0002_c.sql both have version 2; give one of them another"),
                Arguments.of(
                        List.of("0001_a.sql", "0002_b.sql", "0003_c.sql", "0006_d.sql"),
                        "folder: db",
                        "4:15: migration.steps[0].folder: db/0003_c.sql is followed by 0006_d.sql: 4 to 5 are missing; add what is missing, or write gaps: allowed"),
                Arguments.of(
                        List.of("0001_a.sql", "0002_b.sql", "0003_c.sql", "0005_d.sql"),
                        "folder: { path: db }",
                        "4:15: migration.steps[0].folder: db/0003_c.sql is followed by 0005_d.sql: 4 is missing; add what is missing, or write gaps: allowed"),
                Arguments.of(
                        List.of("1_a.up.sql", "1_a.down.sql", "2_b.up.sql"),
                        "folder: db",
                        "4:5: migration.steps[0]: the way back is not complete: db/2_b.up.sql has no 2_b.down.sql; add it, or write rollback: none, or rollback: { steps: [ … ] }"),
                Arguments.of(
                        List.of("V1__a.sql", "U1__a.sql", "V2__b.sql"),
                        "flyway: { locations: db }",
                        "4:5: migration.steps[0]: the way back is not complete: db/V2__b.sql has no U2__….sql; add it, or write rollback: none, or rollback: { steps: [ … ] }"),
                Arguments.of(
                        List.of("1_a.up.sql", "2_b.down.sql"),
                        "folder: db",
                        "4:15: migration.steps[0].folder: db/2_b.down.sql undoes nothing: there is no 2_b.up.sql; add it, or remove this one"),
                Arguments.of(
                        List.of("notes.sql"),
                        "folder: db",
                        "4:15: migration.steps[0].folder: db/notes.sql is not named like a migration; write e.g. 0042_add_region.sql, 0042_add_region.up.sql or V42__add_region.sql"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "folder: elsewhere",
                        "4:15: migration.steps[0].folder: elsewhere does not exist; check the path"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "folder: db/1_a.sql",
                        "4:15: migration.steps[0].folder: db/1_a.sql is not a folder; name the one that holds the migrations"),
                Arguments.of(
                        List.of("1_a.sql", "2_b.sql"),
                        "folder: { path: db, baseline: 7 }",
                        "4:37: migration.steps[0].folder.baseline: no migration is called 7; the last are 1_a, 2_b"),
                Arguments.of(
                        List.of("1_a.sql", "2_b.sql"),
                        "folder: { path: db, baseline: 2 }",
                        "4:15: migration.steps[0].folder: nothing to rehearse: there is no migration after 2_b; choose an earlier baseline"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "folder: { path: db, only: [ 1 ], target: 1 }",
                        "4:33: migration.steps[0].folder.only: does not go with target; keep one"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "{ name: all, folder: db }",
                        "4:13: migration.steps[0].name: does not go with folder; remove it"),
                Arguments.of(
                        List.of("V1__a.sql"),
                        "flyway: { locations: [ 'classpath:db/migration' ] }",
                        "4:30: migration.steps[0].flyway.locations[0]: is in a class path, which the harness does not have; name the folder, e.g. src/main/resources/db/migration"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "flyway: { locations: [ db ] }",
                        "4:15: migration.steps[0].flyway: there is no migration of Flyway's in db; they are called V42__add_region.sql or R__totals.sql"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "liquibase: { changelog: log.xml }",
                        "4:31: migration.steps[0].liquibase.changelog: change log log.xml does not exist; check the path, which is relative to root, and without one to the scenario's folder"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "liquibase: { changelog: '' }",
                        "4:31: migration.steps[0].liquibase.changelog: is empty; name a change log"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "liquibase: { changelog: log.xml, root: '' }",
                        "4:46: migration.steps[0].liquibase.root: is empty; name a folder, such as . for the scenario's own"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "folder: ''",
                        "4:15: migration.steps[0].folder: is empty; name a folder, such as . for the scenario's own"),
                Arguments.of(
                        List.of("1_a.sql"),
                        "command: []",
                        "4:16: migration.steps[0].command: is empty; write e.g. command: [ bin/rails, db:migrate ]"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhatIsWrong(List<String> files, String step, String problem) {
        files.forEach(file -> write(file, "select 1"));

        assertThat(problems(step)).containsExactly("scenario.yaml:" + problem);
    }

    @Test
    void gapsMayBeAllowedAndNobodyMissesMomentsOrTens() throws Exception {
        List.of("1_a", "2_b", "3_c", "7_d").forEach(name -> write(name + ".sql", "select 1"));

        assertThat(written.load(scenario("folder: { path: db, gaps: allowed }"))
                        .migration()
                        .steps())
                .hasSize(4);
        assertThat(MigrationVersion.parse("20260101101500").orElseThrow().count())
                .isEmpty();
    }

    @Test
    void anotherWayBackOrNoneMayBeWritten() throws Exception {
        write("1_a.up.sql", "select 1");
        write("1_a.down.sql", "select -1");
        String none = scenario("folder: db") + "  rollback: none\n";
        String other = scenario("folder: db") + "  rollback: { steps: [ { sql: select 2 } ] }\n";

        assertThat(written.load(none).migration().rollback()).isEmpty();
        assertThat(written.load(ScenarioWriter.write(written.load(none)))
                        .migration()
                        .rollback())
                .isEmpty();
        assertThat(written.load(other).migration().rollback().stream().map(MigrationSourcesTest::shown))
                .containsExactly("rollback step 1: ONE: select 2");
    }

    @Test
    void aCommandHasItsWordsAndItsWaysToEnd() throws Exception {
        MigrationPlan plan = written.load(
                        scenario(
                                "command: { run: [ bin/rails, 'db:migrate' ], directory: app, environment: { RAILS_ENV: test }, timeout: 5m }"))
                .migration();

        Step.CommandStep command = (Step.CommandStep) plan.steps().getFirst();
        assertThat(command.words()).containsExactly("bin/rails", "db:migrate");
        assertThat(command.directory()).isEqualTo(folder.resolve("app"));
        assertThat(command.environment()).containsExactly(Map.entry("RAILS_ENV", "test"));
        assertThat(command.timeout()).contains(java.time.Duration.ofMinutes(5));
    }

    @Test
    void schemaTakesWhatTheLoaderTakes() {
        SchemaNet schema = SchemaNet.of("scenario.schema.json");

        for (String step : List.of(
                "folder: db",
                "folder: { path: db, gaps: allowed, baseline: 2, target: 0004, only: [ 3 ] }",
                "flyway: { locations: db, configuration: { flyway.table: x }, baseline: { to: 3, in: dataset } }",
                "liquibase: { changelog: a.xml, root: .., contexts: prod, labels: a, parameters: { x: 1 } }",
                "command: [ psql, -f, x.sql ]",
                "command: { run: [ psql ], directory: ., environment: { A: 1 }, timeout: 3s }")) {
            String text = scenario(step) + "  baseline: { steps: [ { command: [ x ] } ] }\n  rollback: none\n";
            assertThat(schema.refusals(dev.rehearsal.scenario.yaml.YamlParser.parse("text", text)
                            .root()
                            .orElseThrow()))
                    .as(step)
                    .isEmpty();
        }
    }

    private static AddedMigrations added(Set<String> names) {
        return new AddedMigrations() {
            @Override
            public String reference() {
                return "main";
            }

            @Override
            public Set<Path> files(Path folder) {
                return names.stream().map(folder::resolve).collect(java.util.stream.Collectors.toSet());
            }

            @Override
            public Set<String> changeSets(MigrationSource.Liquibase source, List<ChangeSets.Listed> now) {
                return names;
            }
        };
    }

    private static String scenario(String step) {
        String item = step.startsWith("{") ? step : "{ " + step + " }";
        return "name: sources\ndataset: { use: tiny }\nmigration:\n  steps: [ " + item + " ]\n";
    }

    private List<String> problems(String step) {
        return relative(written.problems(block(step)));
    }

    private List<String> problemsWith(AddedMigrations added, String step) {
        try {
            ScenarioLoader.load(
                    written.file("scenario.yaml", block(step)), Map.of(), Optional.empty(), Optional.of(added));
            return List.of();
        } catch (InvalidScenarioException e) {
            return relative(e.problems().stream().map(Written::line).toList());
        }
    }

    private List<String> relative(List<String> problems) {
        String place = SourceFile.displayName(folder) + "/";
        return problems.stream().map(line -> line.replace(place, "")).toList();
    }

    private static String block(String step) {
        return "name: sources\ndataset: { use: tiny }\nmigration: { steps: [\n    "
                + (step.startsWith("{") ? step : "{ " + step + " }") + " ] }\n";
    }

    private void write(String name, String text) {
        try {
            Path file = folder.resolve("db").resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String names(List<Step> steps) {
        return String.join(" ", steps.stream().map(Step::name).toList());
    }

    private static String shown(Step step) {
        Step.SqlStatements sql = (Step.SqlStatements) step;
        Transaction transaction = sql.transaction();
        return step.name() + ": " + transaction + ": "
                + String.join(
                        " | ",
                        sql.statements().stream().map(Step.SqlStatement::text).toList());
    }
}
