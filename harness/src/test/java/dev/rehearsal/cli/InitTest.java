package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code harness init}: what it writes is a scenario, and one that runs. */
class InitTest {
    private static final String SCHEMA = """
            create table orders (id bigint generated always as identity primary key, amount numeric not null, region text);
            create index orders_region_idx on orders (region);
            """;

    @TempDir
    private Path directory;

    private Path scenario;

    @BeforeEach
    void writeSchema() throws IOException {
        write("db/schema.sql", SCHEMA);
        scenario = directory.resolve("rehearsal/scenario.yaml");
    }

    @Test
    void aFileBecomesAScenarioThatIsValid() throws IOException {
        Path up = write(
                "db/token.up.sql", "alter table orders add column token uuid not null default gen_random_uuid();");
        write("db/token.down.sql", "alter table orders drop column token;");

        HarnessRun init = init(up);

        assertThat(init).isEqualTo(new HarnessRun(0, """
                SCENARIO: 1 step, 1 back, dataset schema
                  next:  harness inspect SCENARIO
                         harness rehearse SCENARIO
                """.replace("SCENARIO", scenario.toString()), "", Path.of("")));
        assertThat(HarnessRun.of("validate", scenario.toString()).out()).isEqualTo(scenario + ": valid (token)\n");
    }

    @Test
    void aChangeLogIsReadFromTheFolderThatItsPathsAreRelativeTo() throws IOException {
        Path log = write("main/db/changelog/master.yaml", """
                databaseChangeLog:
                  - include: { file: db/changelog/region.sql }
                """);
        write("main/db/changelog/region.sql", """
                --liquibase formatted sql
                --changeset ann:1
                alter table orders add column zone text;
                --rollback alter table orders drop column zone;
                --changeset ann:2
                alter table orders add column place text;
                --rollback alter table orders drop column place;
                """);

        HarnessRun init = HarnessRun.of(
                "init",
                log.getParent().toString(),
                "--schema",
                directory.resolve("db/schema.sql").toString(),
                "--baseline",
                "1",
                "--out",
                scenario.toString());

        assertThat(init.out()).as(init.told()).startsWith(scenario + ": 1 step, 1 back, dataset schema\n");
        assertThat(scenario).content().contains("""
                  # Change sets up to the baseline are in production, and in the schema: they are noted, not run.
                  # root is what its paths are relative to, as in production: they are part of each change set's identity.
                  steps:
                    - { liquibase: { changelog: db/changelog/master.yaml, root: ../main, baseline: { to: "1", in: dataset } } }
                  # The way back comes with the migrations: their downs in reverse order, under the same traffic.
                """);
    }

    @Test
    @Timeout(300)
    void whatItWritesOfAChangeLogIsInspectedAndPlanned() throws IOException {
        Path log = write("db/changelog.xml", """
                <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                    xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
                  <changeSet id="1" author="ann"><addColumn tableName="orders"><column name="region" type="text"/></addColumn></changeSet>
                  <changeSet id="2" author="ann">
                    <addColumn tableName="orders">
                      <column name="token" type="uuid" defaultValueComputed="gen_random_uuid()"><constraints nullable="false"/></column>
                    </addColumn>
                  </changeSet>
                </databaseChangeLog>
                """);

        assertThat(init(log, "--baseline", "1", "--rows", "5000").exitCode()).isZero();

        assertThat(HarnessRun.of("validate", scenario.toString()).out()).isEqualTo(scenario + ": valid (changelog)\n");
        assertThat(HarnessRun.of("inspect", scenario.toString()).out())
                .contains("""
                        2
                          ALTER TABLE public.orders ADD token UUID DEFAULT gen_random_uuid() NOT NULL
                            locks     AccessExclusive on orders: nobody reads or writes it
                            rewrites  orders
                        """)
                .contains("certain   volatile-default: rewrites orders (5,000 rows)")
                .contains("""
                        rollback: undo 2
                          ALTER TABLE public.orders ALTER COLUMN token DROP DEFAULT
                        """)
                .doesNotContain("refused");
        assertThat(HarnessRun.of("plan", scenario.toString()).out())
                .startsWith(scenario.resolveSibling("scenario-planned.yaml") + ": 7 steps, 1 back\n  add column: ");
        assertThat(HarnessRun.of(
                                "validate",
                                scenario.resolveSibling("scenario-planned.yaml").toString())
                        .exitCode())
                .isZero();
    }

    @Test
    void aChangeLogThatCannotBeReadIsToldFromTheFolderThatItsPathsAreRelativeTo() throws IOException {
        Path log = write("main/db/changelog/master.yaml", """
                databaseChangeLog:
                  - include: { file: db/changelog/code.yaml }
                """);
        write("main/db/changelog/code.yaml", """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - customChange: { class: org.example.Missing }
                """);

        HarnessRun init = HarnessRun.of(
                "init",
                log.toString(),
                "--schema",
                directory.resolve("db/schema.sql").toString());

        assertThat(init.exitCode()).isEqualTo(2);
        assertThat(init.err())
                .startsWith(log + ":1:1: cannot be read by Liquibase from " + directory.resolve("main") + ": ")
                .contains("org.example.Missing");
    }

    @Test
    void whatIsThereIsNotWrittenOver() throws IOException {
        Path up = write("db/token.sql", "alter table orders add column token uuid;");
        write("rehearsal/scenario.yaml", "mine");

        HarnessRun init = init(up);

        assertThat(init.exitCode()).isEqualTo(3);
        assertThat(init.err()).isEqualTo("""
                harness: SCENARIO is there already
                         Give --force to write over it, or another place: --out FILE
                """.replace("SCENARIO", scenario.toString()));
        assertThat(scenario).hasContent("mine");
    }

    /** Before anything is written, and before the first of two rehearsals. */
    @Test
    void aPlanIsNotRehearsedIntoThePlaceOfAnotherRun() throws IOException {
        Path up = write("db/token.sql", "alter table orders add column token uuid not null default gen_random_uuid();");
        assertThat(init(up, "--rows", "100").exitCode()).isZero();
        Path runs = directory.resolve("runs");
        Path other = write("runs/token-planned/events.ndjson", "{}");

        HarnessRun plan = HarnessRun.of("plan", scenario.toString(), "--rehearse", "--out", runs.toString());

        assertThat(plan.exitCode()).isEqualTo(3);
        assertThat(plan.err())
                .contains(
                        "cannot make a run directory",
                        "runs/token-planned: holds another run, which is not overwritten");
        assertThat(other).hasContent("{}");
        assertThat(scenario.resolveSibling("scenario-planned.yaml")).doesNotExist();
    }

    /** What cannot be mended without the user stays in the file, where the message points. */
    @Test
    void aScenarioThatIsNotCompleteIsWrittenAndItsMistakesTold() throws IOException {
        Path up = write("db/bad.sql", "alter table orders add column token uuid default :value;");

        HarnessRun init = init(up);

        assertThat(init.exitCode()).isEqualTo(2);
        assertThat(init.err()).contains(":value is a variable of psql");
        assertThat(scenario).exists();
    }

    @Test
    @Tag("proof")
    @Timeout(300)
    void whatItWritesRehearses() throws IOException {
        Path up = write(
                "db/token.up.sql", "alter table orders add column token uuid not null default gen_random_uuid();");
        write("db/token.down.sql", "alter table orders drop column token;");
        assertThat(init(up, "--rows", "5000").exitCode()).isZero();

        HarnessRun run = HarnessRun.rehearse(scenario, directory.resolve("run"));

        run.assertFailed("rewrites no rewrites");
        assertThat(run.result().get("rollback").get("status").asString()).isEqualTo("succeeded");
        assertThat(run.result().get("rollback").get("schemaRestored").asBoolean())
                .isTrue();
    }

    private HarnessRun init(Path migration, String... more) {
        String[] all = new String[more.length + 4];
        all[0] = "init";
        all[1] = migration.toString();
        all[2] = "--out";
        all[3] = scenario.toString();
        System.arraycopy(more, 0, all, 4, more.length);
        return HarnessRun.of(all);
    }

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
