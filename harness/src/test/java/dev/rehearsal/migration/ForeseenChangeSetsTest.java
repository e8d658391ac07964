package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.inspect.Inspection;
import dev.rehearsal.inspect.Inspector;
import dev.rehearsal.inspect.NewColumn;
import dev.rehearsal.inspect.StatementView;
import dev.rehearsal.inspect.TableSizes;
import dev.rehearsal.inspect.TouchedTable;
import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.migration.tool.MigrationTool;
import dev.rehearsal.migration.tool.ToolAccess;
import dev.rehearsal.run.RunEvent.ExpectedLock;
import dev.rehearsal.run.RunEvent.ExpectedRefusal;
import dev.rehearsal.run.RunEvent.ExpectedScan;
import dev.rehearsal.run.RunEvent.Hazard;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import dev.rehearsal.run.StatementRun;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.ScenarioLoader;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.verdict.Lint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import liquibase.change.custom.CustomTaskChange;
import liquibase.database.Database;
import liquibase.exception.ValidationErrors;
import liquibase.resource.ResourceAccessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the static view says of Liquibase's change sets, beside what it says of the same change as plain SQL, and beside what they then do. */
class ForeseenChangeSetsTest {
    private static final int ROWS = 3_000;
    private static final Workload NO_TRAFFIC = new Workload(Arrivals.POISSON, List.of());
    private static final String SQL = """
            alter table orders add column token UUID not null default gen_random_uuid();
            alter table orders alter column amount type BIGINT;
            create index orders_status on orders (status);
            alter table orders add constraint orders_customer foreign key (customer_id) references customers (id);
            alter table orders alter column status set not null;
            update orders set status = 'old';
            """;
    private static final String BACK = """
            alter table orders alter column status drop not null;
            alter table orders drop constraint orders_customer;
            drop index orders_status;
            alter table orders drop column token;
            """;

    @TempDir
    static Path directory;

    private static MeasuredServer server;
    private static String copyUrl = "";

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        server = MeasuredServer.started(directory);
        server.execute("create database copy");
        copyUrl = server.url().replaceFirst("/rehearsal\\b", "/copy");
        assertThat(copyUrl).isNotEqualTo(server.url());
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void begin() throws Exception {
        ChangedTable.with(server, ROWS);
        try (Connection copy = DriverManager.getConnection(copyUrl)) {
            MeasuredServer.execute(
                    copy,
                    "drop schema public cascade",
                    "create schema public",
                    "create table customers (id bigint primary key)",
                    "create table orders (id bigint primary key, customer_id bigint not null, amount int, status varchar(20))",
                    "create view open_orders as select id, status from orders where status = 'new'");
        }
    }

    /** All that is told of a statement, but for its words and the place where they stand. */
    private record Told(
            Phase phase,
            Optional<ExpectedRefusal> refusal,
            List<ExpectedLock> locks,
            List<String> rewrites,
            List<ExpectedScan> scans,
            List<Hazard> hazards,
            List<TouchedTable> tables,
            List<NewColumn> columns) {
        static Told of(StatementView view) {
            StatementPredicted prediction = view.prediction();
            assertThat(prediction.notAnalysed()).isEmpty();
            return new Told(
                    prediction.phase(),
                    prediction.refusal(),
                    prediction.locks(),
                    prediction.rewrites(),
                    prediction.scans(),
                    prediction.hazards(),
                    view.tables(),
                    view.columns());
        }
    }

    @ParameterizedTest
    @CsvSource({"log.xml", "log.yaml", "log.sql"})
    void isTheSameAsOfPlainSqlAndComesTrue(String log) throws Exception {
        write("up.sql", SQL);
        write("down.sql", BACK);
        write("log.xml", """
                <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                    xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
                  <changeSet id="1" author="me">
                    <addColumn tableName="orders">
                      <column name="token" type="uuid" defaultValueComputed="gen_random_uuid()"><constraints nullable="false"/></column>
                    </addColumn>
                    <modifyDataType tableName="orders" columnName="amount" newDataType="bigint"/>
                    <createIndex tableName="orders" indexName="orders_status"><column name="status"/></createIndex>
                    <addForeignKeyConstraint constraintName="orders_customer" baseTableName="orders" baseColumnNames="customer_id"
                        referencedTableName="customers" referencedColumnNames="id"/>
                    <addNotNullConstraint tableName="orders" columnName="status"/>
                    <update tableName="orders"><column name="status" value="old"/></update>
                    <rollback>
                      <dropNotNullConstraint tableName="orders" columnName="status"/>
                      <dropForeignKeyConstraint baseTableName="orders" constraintName="orders_customer"/>
                      <dropIndex tableName="orders" indexName="orders_status"/>
                      <dropColumn tableName="orders" columnName="token"/>
                    </rollback>
                  </changeSet>
                </databaseChangeLog>
                """);
        write("log.yaml", """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: me
                      changes:
                        - addColumn:
                            tableName: orders
                            columns:
                              - column: { name: token, type: uuid, defaultValueComputed: gen_random_uuid(), constraints: { nullable: false } }
                        - modifyDataType: { tableName: orders, columnName: amount, newDataType: bigint }
                        - createIndex: { tableName: orders, indexName: orders_status, columns: [ { column: { name: status } } ] }
                        - addForeignKeyConstraint: { constraintName: orders_customer, baseTableName: orders, baseColumnNames: customer_id, referencedTableName: customers, referencedColumnNames: id }
                        - addNotNullConstraint: { tableName: orders, columnName: status }
                        - update: { tableName: orders, columns: [ { column: { name: status, value: old } } ] }
                      rollback:
                        - dropNotNullConstraint: { tableName: orders, columnName: status }
                        - dropForeignKeyConstraint: { baseTableName: orders, constraintName: orders_customer }
                        - dropIndex: { tableName: orders, indexName: orders_status }
                        - dropColumn: { tableName: orders, columnName: token }
                """);
        write(
                "log.sql",
                "--liquibase formatted sql\n--changeset me:1\n-- as it is\n" + SQL
                        + BACK.lines().map(line -> "--rollback " + line + "\n").reduce("", String::concat));
        MigrationPlan plain = plan("steps: [ { file: up.sql } ], rollback: { steps: [ { file: down.sql } ] }");
        MigrationPlan byLiquibase = plan("steps: [ { liquibase: { changelog: " + log + " } } ]");

        Inspection expected = inspected(plain);
        begin();
        Inspection told = inspected(byLiquibase);

        assertThat(told.unread()).isEmpty();
        assertThat(told.remarks()).isEmpty();
        assertThat(told.statements().stream().map(Told::of))
                .containsExactlyElementsOf(
                        expected.statements().stream().map(Told::of).toList());
        assertThat(expected.statements().getFirst().prediction().rewrites()).containsExactly("orders");
        assertThat(expected.statements().getFirst().tables())
                .singleElement()
                .satisfies(table -> assertThat(table.dependents())
                        .extracting(TouchedTable.Dependent::name)
                        .contains("open_orders"));
        assertDone(byLiquibase, told);
    }

    /** Each statement that was foreseen is found by its words, and did what was said. */
    private static void assertDone(MigrationPlan plan, Inspection told) {
        MigrationRunner runner = Migrations.runner(server, StepListener.none());
        assertThat(runner.run(Phase.MIGRATION, plan.steps(), Duration.ofMinutes(1), 0)
                        .failure())
                .isEmpty();
        assertThat(runner.run(
                                Phase.ROLLBACK,
                                plan.rollback(),
                                Duration.ofMinutes(1),
                                plan.steps().size())
                        .failure())
                .isEmpty();

        List<StatementObserved> observed = server.events(StatementObserved.class);
        assertThat(observed.stream().map(StatementObserved::sql))
                .containsExactlyElementsOf(told.statements().stream()
                        .map(view -> view.prediction().sql())
                        .toList());
        List<StatementPredicted> predictions =
                told.statements().stream().map(StatementView::prediction).toList();
        for (int step = 0; step < 2; step++) {
            int index = step;
            List<StatementRun> runs = observed.stream()
                    .filter(statement -> statement.step() == index)
                    .map(statement -> new StatementRun(statement.statement(), List.of(statement)))
                    .toList();
            List<StatementPredicted> predicted = predictions.stream()
                    .filter(statement -> statement.step() == index)
                    .toList();
            for (int i = 0; i < predicted.size(); i++) {
                assertThat(Lint.ofAnotherTool(predicted.get(i), predicted.subList(0, i), runs, true)
                                .aspects())
                        .as(predicted.get(i).sql() + ": " + runs)
                        .hasSizeGreaterThan(1)
                        .allMatch(Lint.Aspect::agrees);
            }
        }
    }

    @Test
    void aStepsLockTimeoutIsLiquibasesToo() throws Exception {
        write("log.sql", "--liquibase formatted sql\n--changeset me:1\nalter table orders add column note text;\n");

        Inspection told = inspected(
                plan("lockTimeout: 1s, retries: 3, steps: [ { liquibase: { changelog: log.sql } } ], rollback: none"));

        assertThat(told.statements())
                .singleElement()
                .satisfies(view -> assertThat(view.prediction().hazards())
                        .extracting(Hazard::rule)
                        .containsExactly("views"));
    }

    @Test
    void anIndexThatCannotBeBuiltInLiquibasesTransactionIsSaidToBeRefused() throws Exception {
        write("log.sql", """
                --liquibase formatted sql
                --changeset me:1
                create index concurrently orders_amount on orders (amount);
                alter table orders add column note text;
                --changeset me:2 runInTransaction:false
                create index concurrently orders_amount on orders (amount);
                """);

        Inspection told = inspected(plan("steps: [ { liquibase: { changelog: log.sql } } ], rollback: none"));

        assertThat(told.statements().stream()
                        .map(view -> view.prediction()
                                .refusal()
                                .map(ExpectedRefusal::sqlState)
                                .orElse("done")))
                .containsExactly("25001", "done", "done");
    }

    @Test
    void whatKeepsAChangeSetFromRunningIsFoundOutByLiquibase() throws Exception {
        write("log.yaml", """
                databaseChangeLog:
                  - changeSet: { id: 1, author: me, preConditions: [ { onFail: MARK_RAN }, { not: { tableExists: { tableName: customers } } } ], changes: [ { sql: { sql: create table customers (id int) } } ], rollback: [ { sql: { sql: drop table customers } } ] }
                  - changeSet: { id: 2, author: me, context: test, changes: [ { sql: { sql: create table never (id int) } } ] }
                  - changeSet: { id: 3, author: me, dbms: oracle, changes: [ { sql: { sql: create table never (id int) } } ] }
                  - changeSet: { id: 4, author: me, changes: [ { sql: { sql: create table made (id int) } } ], rollback: [ { sql: { sql: drop table made } } ] }
                  - changeSet: { id: 5, author: me, preConditions: [ { onFail: CONTINUE }, { changeSetExecuted: { id: 4, author: me, changeLogFile: log.yaml } }, { tableExists: { tableName: made } } ], changes: [ { sql: { sql: alter table made add column n int } } ], rollback: [ { sql: { sql: alter table made drop column n } } ] }
                  - changeSet: { id: 6, author: me, preConditions: [ { onFail: CONTINUE }, { columnExists: { tableName: made, columnName: missing } } ], changes: [ { sql: { sql: alter table made drop column missing } } ], rollback: [ { sql: { sql: select 1 } } ] }
                  - changeSet: { id: 7, author: me, labels: later, changes: [ { sql: { sql: create table never (id int) } } ] }
                """);
        MigrationPlan plan =
                plan("steps: [ { liquibase: { changelog: log.yaml, contexts: production, labels: \"!later\" } } ]");

        Inspection told = inspected(plan);

        assertThat(told.unread()).isEmpty();
        assertThat(told.statements().stream()
                        .map(view -> view.prediction().sql()
                                + view.prediction()
                                        .refusal()
                                        .map(refusal -> " " + refusal)
                                        .orElse("")))
                .containsExactly(
                        "create table made (id int)",
                        "alter table made add column n int",
                        "alter table made drop column n",
                        "drop table made",
                        "drop table customers");
        assertThat(told.remarks())
                .containsExactly(
                        "step 1 (liquibase) is not run, and marked as run: its precondition does not hold (Not precondition failed)",
                        "step 4 (liquibase) comes after change sets that are not run: log.yaml::2::me (context: test)",
                        "step 6 (liquibase) comes before change sets that are not run: log.yaml::7::me (labels: later)",
                        "step 6 (liquibase) is not run: its precondition does not hold (Column public.made.missing does not exist)",
                        "step undo 6 (liquibase) takes nothing back: its change set was not run");
        // Nor does the rehearsal itself take another one back for it.
        assertThat(Migrations.runner(server, StepListener.none())
                        .run(Phase.MIGRATION, plan.steps(), Duration.ofMinutes(1), 0)
                        .failure())
                .isEmpty();
        Migrations.runner(server, StepListener.none())
                .run(Phase.ROLLBACK, plan.rollback().subList(0, 1), Duration.ofMinutes(1), 0);
        assertThat(server.events(StatementObserved.class))
                .extracting(StatementObserved::sql)
                .containsExactly("create table made (id int)", "alter table made add column n int");
    }

    @Test
    void whatOnlyTheRunCanTellIsSaidOfEachChangeSet() throws Exception {
        write("rows.csv", "id\n1\n2\n");
        write("log.yaml", """
                databaseChangeLog:
                  - changeSet: { id: code, author: me, changes: [ { customChange: { class: dev.rehearsal.migration.ForeseenChangeSetsTest$Task } }, { sql: { sql: alter table orders add column by_code int } } ] }
                  - changeSet: { id: program, author: me, changes: [ { executeCommand: { executable: no-such-program } } ] }
                  - changeSet: { id: rows, author: me, changes: [ { loadData: { tableName: customers, file: rows.csv, relativeToChangelogFile: true, usePreparedStatements: true } } ] }
                  - changeSet: { id: rows-asked, author: me, preConditions: [ { onFail: MARK_RAN }, { sqlCheck: { expectedResult: 3000, sql: select count(*) from orders } } ], changes: [ { sql: { sql: alter table orders add column asked int } } ] }
                  - changeSet: { id: elsewhere, author: me, preConditions: [ { onFail: MARK_RAN }, { dbms: { type: oracle } }, { or: [ { tableIsEmpty: { tableName: orders } }, { columnExists: { tableName: orders, columnName: id } } ] } ], changes: [ { sql: { sql: drop table orders } } ] }
                  - changeSet: { id: catalog-asked, author: me, preConditions: [ { onFail: MARK_RAN }, { sqlCheck: { expectedResult: 1, sql: select count(*) from pg_attribute where attname = 'nowhere' } } ], changes: [ { sql: { sql: alter table orders add column nowhere int } } ] }
                  - changeSet: { id: halts, author: me, preConditions: [ { onFail: HALT }, { tableExists: { tableName: missing } } ], changes: [ { sql: { sql: drop table missing } } ] }
                """);

        Inspection told = inspected(
                plan(
                        "steps: [ { liquibase: { changelog: log.yaml } }, { name: rails, command: [ no-such-program ] } ], rollback: none"));

        assertThat(Task.runs).isZero();
        assertThat(told.statements().stream().map(view -> view.prediction().sql()))
                .containsExactly(
                        "alter table orders add column by_code int", "alter table orders add column asked int");
        assertThat(told.unread().stream().map(sentence -> sentence.replaceAll("\\(Liquibase: .*\\):", "(…):")))
                .containsExactly(
                        "step code (liquibase) has the change customChange, which is code (dev.rehearsal.migration.ForeseenChangeSetsTest$Task): it was not"
                                + " analysed, and what comes after it is looked at as if it had not been there",
                        "step program (liquibase) has the change executeCommand, which is another program: it was not analysed, and what comes after it is"
                                + " looked at as if it had not been there",
                        "step rows (liquibase) has the change loadData, whose rows it sends apart from its SQL: it was not analysed, and what comes after it"
                                + " is looked at as if it had not been there",
                        "step rows-asked (liquibase) has a precondition that a copy without rows cannot answer (sqlCheck): it and what comes after it"
                                + " are looked at as if that held",
                        "step halts (liquibase) stops the migration (…): it was not analysed, and what comes after it is looked at as if it had not"
                                + " been there",
                        "step rails (command) holds no SQL that is known beforehand: it was not analysed, and what comes after it is looked at as if"
                                + " it had not been there");
        assertThat(told.remarks())
                .containsExactly(
                        "step elsewhere (liquibase) is not run, and marked as run: its precondition does not hold (DBMS Precondition failed: expected"
                                + " oracle, got postgresql)",
                        "step catalog-asked (liquibase) is not run, and marked as run: its precondition does not hold (SQL Precondition failed."
                                + " Expected '1' got '0')");
    }

    /** Java of somebody's, which must not run before its turn. */
    public static final class Task implements CustomTaskChange {
        static int runs;

        @Override
        public void execute(Database database) {
            runs++;
        }

        @Override
        public String getConfirmationMessage() {
            return "done";
        }

        @Override
        public void setUp() {}

        @Override
        public void setFileOpener(ResourceAccessor resourceAccessor) {}

        @Override
        public ValidationErrors validate(Database database) {
            return new ValidationErrors();
        }
    }

    private Path write(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }

    private MigrationPlan plan(String migration) throws Exception {
        Path shop = Path.of(System.getProperty("rehearsal.home"), "datasets", "catalog", "shop");
        Path file = write(
                "scenario.yaml", "name: looked-at\ndataset: { use: " + shop + " }\nmigration: { " + migration + " }\n");
        return ScenarioLoader.load(file, Map.of()).migration();
    }

    private static Inspection inspected(MigrationPlan plan) throws Exception {
        try (Connection filled = server.connect("test");
                Connection copy = DriverManager.getConnection(copyUrl)) {
            return Inspector.inspect(
                    plan,
                    NO_TRAFFIC,
                    TableSizes.of(filled),
                    copy,
                    step -> MigrationTool.of(step, Optional.empty()).foreseen(ToolAccess.of(copyUrl)));
        }
    }
}
