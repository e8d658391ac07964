package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.inspect.Inspection;
import dev.rehearsal.inspect.Inspector;
import dev.rehearsal.inspect.StatementView;
import dev.rehearsal.inspect.TableSizes;
import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.migration.tool.ChangeLogs;
import dev.rehearsal.migration.tool.MigrationTool;
import dev.rehearsal.migration.tool.ToolAccess;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.StatementRun;
import dev.rehearsal.scenario.ChangeSets;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.MigrationSource;
import dev.rehearsal.scenario.ScenarioLoader;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.ToolAction;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.verdict.Lint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that Flyway, Liquibase and commands carry out, on a real server. */
class ToolStepsTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final LockPolicy POLICY = new LockPolicy(Optional.empty(), 0, Duration.ofMillis(10));
    private static final String CHANGE = "alter table orders add column token uuid not null default gen_random_uuid()";

    @TempDir
    private static Path directory;

    private static MeasuredServer server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startServer() throws Exception {
        server = MeasuredServer.started(directory);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void begin() throws Exception {
        server.execute(
                "drop table if exists orders, flyway_schema_history, databasechangelog, databasechangeloglock, made",
                "create table orders (id bigint primary key)",
                "insert into orders select generate_series(1, 5000)",
                "analyze orders");
        server.instruments().drain();
        server.forgetEvents();
    }

    @Test
    void theSameChangeGivesTheSameEvidenceWhoeverCarriesItOut() throws Exception {
        List<String> seen = new ArrayList<>();
        Files.writeString(folder.resolve("V1__token.sql"), CHANGE + ";");
        Files.writeString(folder.resolve("log.sql"), "--liquibase formatted sql\n--changeset me:1\n" + CHANGE + ";\n");

        List<Step> ways = List.of(
                Migrations.step(POLICY, Step.Transaction.ONE, CHANGE),
                tools().flyway("V1__token.sql"),
                tools().liquibase(ToolAction.APPLY, "log.sql::1::me"),
                tools().command("apply", CHANGE));
        for (Step way : ways) {
            begin();
            MigrationOutcome outcome = run(way);
            assertThat(outcome.failure()).isEmpty();
            seen.add(evidence());
        }

        assertThat(seen.getFirst())
                .startsWith("[" + new Rewrite("orders", "column default") + "] [Scan[relation=orders, rows=")
                .contains("orders AccessExclusive");
        assertThat(seen).allMatch(seen.getFirst()::equals);
        assertThat(server.events(InstrumentTrouble.class)).isEmpty();
    }

    @Test
    void flywaysScriptIsLookedAtBeforeItRunsAndDoesWhatWasSaid() throws Exception {
        Path scripts = Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("V1__token.sql"), CHANGE + ";\nalter table orders add column note text;");
        Files.writeString(scripts.resolve("U1__token.sql"), "alter table orders drop column token;");
        Files.writeString(scripts.resolve("V2__filled_in.sql"), "alter table orders add column ${column} text;");
        Files.writeString(scripts.resolve("U2__filled_in.sql"), "alter table orders drop column ${column};");
        MigrationPlan plan = plan("flyway: { locations: [ " + scripts + " ] }");
        server.execute("drop database if exists looked_at", "create database looked_at template template0");
        Inspection inspection;
        try (Connection filled = server.connect("test");
                Connection copy =
                        DriverManager.getConnection(server.url().replaceFirst("/rehearsal\\b", "/looked_at"))) {
            MeasuredServer.execute(copy, "create table orders (id bigint primary key)");
            inspection = Inspector.inspect(
                    plan,
                    new Workload(Workload.Arrivals.POISSON, List.of()),
                    TableSizes.of(filled),
                    copy,
                    step -> MigrationTool.of(step, Optional.empty()).foreseen(ToolAccess.of(server.url())));
        }

        assertThat(run(plan.steps().getFirst()).failure()).isEmpty();

        List<StatementObserved> observed = server.events(StatementObserved.class);
        List<StatementPredicted> predicted =
                inspection.statements().stream().map(StatementView::prediction).toList();
        assertThat(predicted)
                .extracting(StatementPredicted::stepName)
                .containsExactly("V1__token", "V1__token", "undo V2__filled_in", "undo V1__token");
        assertThat(predicted.getFirst().rewrites()).containsExactly("orders");
        for (int i = 0; i < observed.size(); i++) {
            assertThat(Lint.of(predicted.get(i), Optional.of(new StatementRun(i, List.of(observed.get(i)))))
                            .aspects())
                    .hasSizeGreaterThan(1)
                    .allMatch(Lint.Aspect::agrees);
        }
        assertThat(inspection.unread())
                .singleElement()
                .asString()
                .startsWith("step V2__filled_in (flyway) holds no SQL that is known beforehand");
        // Whether V2 stands in the way of what comes behind it nobody can say.
        assertThat(predicted.getLast().refusal()).isEmpty();
    }

    private MigrationPlan plan(String step) throws Exception {
        Path shop = Path.of(System.getProperty("rehearsal.home"), "datasets", "catalog", "shop");
        Path file = Files.writeString(
                folder.resolve("scenario.yaml"),
                "name: looked-at\ndataset: { use: " + shop + " }\nmigration: { steps: [ { " + step + " } ] }\n");
        return ScenarioLoader.load(file, Map.of()).migration();
    }

    @Test
    void flywayAppliesOneAfterTheOtherAndKeepsItsHistory() throws Exception {
        Files.writeString(folder.resolve("V1__a.sql"), "create table made (id int);");
        Files.writeString(folder.resolve("V2__b.sql"), "alter table made add column b int;");
        Files.writeString(folder.resolve("R__c.sql"), "comment on table made is 'c';");

        assertThat(run(
                                tools().flyway("V1__a.sql"),
                                tools().flyway("V1__a.sql", "V2__b.sql"),
                                tools().flyway("V1__a.sql", "V2__b.sql", "R__c.sql"))
                        .failure())
                .isEmpty();

        assertThat(
                        column(
                                "select script || ' ' || success || ' ' || installed_by from flyway_schema_history order by installed_rank"))
                .containsExactly(
                        "<< Flyway Baseline >> true postgres",
                        "V1__a.sql true postgres",
                        "V2__b.sql true postgres",
                        "R__c.sql true postgres");
        assertThat(server.events(StatementObserved.class))
                .extracting(StatementObserved::sql)
                .containsExactly(
                        "create table made (id int)",
                        "alter table made add column b int",
                        "comment on table made is 'c'");
    }

    @Test
    void flywaySaysThatAScriptIsNoLongerWhatWasApplied() throws Exception {
        Files.writeString(folder.resolve("V1__a.sql"), "create table made (id int);");
        Files.writeString(folder.resolve("V2__b.sql"), "alter table made add column b int;");
        assertThat(run(tools().flyway("V1__a.sql")).failure()).isEmpty();
        Files.writeString(folder.resolve("V1__a.sql"), "create table made (id bigint);");

        Failure failure =
                run(tools().flyway("V1__a.sql", "V2__b.sql")).failure().orElseThrow();

        assertThat(failure.message())
                .startsWith("Flyway: Validate failed: Migrations have failed validation")
                .contains("Migration checksum mismatch for migration version 1");
        assertThat(server.events(StatementObserved.class)).hasSize(1);
    }

    @Test
    void flywaySaysThatAnEarlierMigrationHadFailed() throws Exception {
        Files.writeString(folder.resolve("V1__a.sql"), "create table made (id int);");
        Files.writeString(folder.resolve("V2__b.sql"), "alter table made add column b int;");
        assertThat(run(tools().flyway("V1__a.sql")).failure()).isEmpty();
        server.execute("update flyway_schema_history set success = false");

        Failure failure =
                run(tools().flyway("V1__a.sql", "V2__b.sql")).failure().orElseThrow();

        assertThat(failure.message()).contains("Detected failed migration to version 1");
    }

    @Test
    void whatFlywayFailedAtIsKnownByTheServersOwnWords() throws Exception {
        Files.writeString(folder.resolve("V1__a.sql"), "alter table orders add column id int;");

        MigrationOutcome outcome = run(tools().flyway("V1__a.sql"));

        Failure failure = outcome.failure().orElseThrow();
        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(failure.sqlState()).contains("42701");
        assertThat(failure.statement().orElseThrow().text()).isEqualTo("alter table orders add column id int");
        assertThat(server.events(StatementObserved.class)).singleElement().satisfies(statement -> {
            assertThat(statement.status()).isEqualTo(Status.FAILED);
            assertThat(statement.message()).contains("column \"id\" of relation \"orders\" already exists");
        });
    }

    @Test
    void aLockTimeoutHoldsForToolsAndIsTriedAgain() throws Exception {
        Files.writeString(folder.resolve("V1__a.sql"), "alter table orders add column region text;");
        try (Connection blocker = server.connect("harness-blocker");
                Statement statement = blocker.createStatement()) {
            statement.execute("begin; lock table orders in access share mode");

            MigrationOutcome outcome = run(new Step.FlywayStep(
                    "V1__a",
                    ToolsIn.PLACE,
                    tools().flywaySource(),
                    List.of(folder.resolve("V1__a.sql")),
                    Optional.empty(),
                    ToolAction.APPLY,
                    new LockPolicy(Optional.of(Duration.ofMillis(50)), 2, Duration.ofMillis(1))));

            assertThat(outcome.failure().flatMap(Failure::sqlState)).contains("55P03");
        }
        assertThat(server.events(StatementObserved.class))
                .extracting(StatementObserved::attempt)
                .containsExactly(1, 2, 3);
    }

    @Test
    void liquibaseAppliesTakesBackAndMarks() throws Exception {
        Files.writeString(folder.resolve("log.yaml"), """
                databaseChangeLog:
                  - changeSet: { id: 1, author: me, changes: [ { createTable: { tableName: made, columns: [ { column: { name: id, type: int } } ] } } ] }
                  - changeSet: { id: 2, author: me, context: test, changes: [ { addColumn: { tableName: made, columns: [ { column: { name: t, type: int } } ] } } ] }
                  - changeSet: { id: 3, author: me, changes: [ { addColumn: { tableName: made, columns: [ { column: { name: b, type: int } } ] } } ] }
                """);
        MigrationSource.Liquibase source = tools().liquibaseSource("log.yaml", Optional.of("production"));

        assertThat(new ChangeLogs().read(source))
                .containsExactly(
                        new ChangeSets.Listed("log.yaml::1::me", "1", "me", "log.yaml", true),
                        new ChangeSets.Listed("log.yaml::3::me", "3", "me", "log.yaml", true));
        server.execute("create table made (id int)");
        assertThat(run(
                                tools().liquibase(source, ToolAction.MARK, "log.yaml::1::me"),
                                tools().liquibase(source, ToolAction.APPLY, "log.yaml::1::me", "log.yaml::3::me"))
                        .failure())
                .isEmpty();
        assertThat(column("select id from databasechangelog order by orderexecuted"))
                .containsExactly("1", "3");
        assertThat(run(tools().liquibase(source, ToolAction.TAKE_BACK, "log.yaml::1::me", "log.yaml::3::me"))
                        .failure())
                .isEmpty();

        assertThat(column("select id from databasechangelog")).containsExactly("1");
        assertThat(
                        column(
                                "select attname from pg_attribute where attrelid = 'made'::regclass and attnum > 0 and not attisdropped"))
                .containsExactly("id");
        assertThat(server.events(StatementObserved.class))
                .extracting(StatementObserved::sql)
                .containsExactly("ALTER TABLE public.made ADD b INTEGER", "ALTER TABLE public.made DROP COLUMN b");
    }

    @Test
    void aLockThatLiquibaseFindsLeftBehindIsSaidAndNotWaitedFor() throws Exception {
        Files.writeString(
                folder.resolve("log.sql"),
                "--liquibase formatted sql\n--changeset me:1\nselect 1;\n--changeset me:2\nselect 2;\n");
        assertThat(run(tools().liquibase(ToolAction.APPLY, "log.sql::1::me")).failure())
                .isEmpty();
        server.execute("update databasechangeloglock set locked = true, lockedby = 'somebody', lockgranted = now()");

        Failure failure = run(tools().liquibase(ToolAction.APPLY, "log.sql::1::me", "log.sql::2::me"))
                .failure()
                .orElseThrow();

        assertThat(failure.message())
                .startsWith("Liquibase: the change log is locked by somebody since ")
                .endsWith(": a run of it was broken off, or is under way; release it with liquibase release-locks");
    }

    @Test
    void aCommandThatIsNotThereIsSaidSo() {
        Failure failure = run(new Step.CommandStep(
                        "rails", ToolsIn.PLACE, List.of("no-such-program"), folder, Map.of(), Optional.empty(), POLICY))
                .failure()
                .orElseThrow();

        assertThat(failure.message())
                .startsWith("cannot be started: ")
                .contains("no-such-program")
                .endsWith("; check that it is there, and directory");
    }

    @Test
    void aCommandThatFailsShowsTheLastOfItsOutput() {
        Failure failure = run(tools().command("fail")).failure().orElseThrow();

        assertThat(failure.message())
                .contains(" ended with 3; the last it printed:\nline 11\n")
                .endsWith("\nline 30");
    }

    @Test
    @Tag("proof")
    void aCommandThatHangsIsKilledWithItsChildren() throws Exception {
        Path child = folder.resolve("child.pid");
        Step hanging = new Step.CommandStep(
                "hang",
                ToolsIn.PLACE,
                ToolProgram.command("hang", child.toString()),
                folder,
                Map.of(),
                Optional.of(Duration.ofSeconds(4)),
                POLICY);

        Failure failure = run(hanging).failure().orElseThrow();

        assertThat(failure.message())
                .contains(" did not end within 4000 ms and was killed; the last it printed:\n")
                .endsWith("about to hang");
        long pid = Long.parseLong(Files.readString(child));
        assertThat(works(pid)).isFalse();
        assertThat(column("select application_name from pg_stat_activity where usename = 'harness_tool'"))
                .isEmpty();
    }

    @Test
    @Tag("proof")
    void aCommandIsEndedWithItsChildrenWhenTheMigrationsTimeIsUpAndShowsTheLastOfItsOutput() throws Exception {
        Path child = folder.resolve("child.pid");

        MigrationOutcome outcome = Migrations.runner(server, StepListener.none())
                .run(Phase.MIGRATION, List.of(tools().command("hang", child.toString())), Duration.ofSeconds(4), 0);

        assertThat(outcome.status()).isEqualTo(Status.TIMED_OUT);
        assertThat(outcome.failure().orElseThrow().message())
                .contains(" was stopped; the last it printed:\n")
                .endsWith("about to hang");
        assertThat(works(Long.parseLong(Files.readString(child)))).isFalse();
    }

    @Test
    void aCommandThatConnectsAroundTheProxyIsNoticed() {
        Failure failure =
                run(tools().command("around", server.url(), CHANGE)).failure().orElseThrow();

        assertThat(failure.message())
                .isEqualTo(
                        "it ended well, but no session of it came to the server: it connected around the fault proxy, as around;"
                                + " have it take DATABASE_URL, or PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE, from its environment");
        assertThat(server.events(Noted.class))
                .extracting(Noted::message)
                .containsExactly(
                        "While step command was carried out there were sessions at the server that are nobody's whom"
                                + " the harness knows: around. If they are the tool's, it connects around the fault proxy, and what they"
                                + " did is in no figure here.");
    }

    /** Whether it still does anything: who is dead may be waited for by nobody. */
    private static boolean works(long pid) throws Exception {
        Path state = Path.of("/proc", Long.toString(pid), "stat");
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < until) {
            boolean dead = Files.isDirectory(Path.of("/proc/self"))
                    ? !Files.exists(state) || Files.readString(state).contains(") Z ")
                    : ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
            if (dead) {
                return false;
            }
        }
        return true;
    }

    private String evidence() {
        StatementObserved change = server.events(StatementObserved.class).stream()
                .filter(statement -> statement.sql().equals(CHANGE))
                .findFirst()
                .orElseThrow();
        List<String> locks = change.locks().stream()
                .filter(lock -> !lock.ownRelation())
                .map(lock -> lock.relation() + " " + lock.mode())
                .sorted()
                .toList();
        boolean held = change.locks().stream()
                .filter(lock -> lock.relation().equals("orders"))
                .anyMatch(lock -> lock.heldNanos() + lock.errorNanos() > 0
                        && lock.heldNanos() - lock.errorNanos() <= change.transactionEndedNanos() - change.sentNanos());
        return change.rewrites() + " " + change.scans() + " " + locks + (held ? " held long enough" : " not held");
    }

    private MigrationOutcome run(Step... steps) {
        return Migrations.runner(server, StepListener.none()).run(Phase.MIGRATION, List.of(steps), LIMIT, 0);
    }

    private ToolsIn tools() {
        return new ToolsIn(folder, POLICY);
    }

    private static List<String> column(String query) throws Exception {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
