package dev.rehearsal.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.inspect.Inspection;
import dev.rehearsal.inspect.Inspector;
import dev.rehearsal.inspect.TableSizes;
import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.plan.Plan.Impossible;
import dev.rehearsal.plan.Plan.Phased;
import dev.rehearsal.run.RunEvent.Hazard;
import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.Step.Transaction;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.sql.SchemaChange;
import dev.rehearsal.scenario.sql.SqlScript;
import dev.rehearsal.scenario.sql.TableAction;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The plan of a risky change ends where the change itself would have ended, has none of its hazards, can be run twice, and goes back. */
class PlansTest {
    private static final int ROWS = 2_000;
    private static final int BATCH = 700;
    private static final Workload NO_TRAFFIC = new Workload(Arrivals.POISSON, List.of());
    private static final Set<String> STANDSTILLS = Set.of(
            "volatile-default",
            "serial-or-identity",
            "generated-stored",
            "domain-with-check",
            "type-change",
            "rewrite",
            "check-scan",
            "not-null-scan",
            "index-under-lock",
            "foreign-key-scan",
            "index-blocks-writes",
            "refused");

    @TempDir
    static Path directory;

    private static MeasuredServer server;

    /** Where the change is made as it is. */
    private Connection risky;

    /** Where it is made in phases. */
    private Connection phased;

    /** Without rows, for the static view. */
    private Connection copy;

    @BeforeAll
    static void start() throws Exception {
        server = MeasuredServer.started(directory);
        server.execute("create database risky", "create database phased", "create database copy");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void begin() throws SQLException {
        risky = connect("risky");
        phased = connect("phased");
        copy = connect("copy");
        reset(risky, true);
        reset(phased, true);
        reset(copy, false);
    }

    @AfterEach
    void end() throws SQLException {
        risky.close();
        phased.close();
        copy.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "alter table orders add column token uuid not null default gen_random_uuid()        | volatile-default    | orders.token",
                "alter table orders add column region text not null default 'eu'                    | -                   | -",
                "alter table orders add column agent bigint default 7 references customers (id)     | foreign-key-scan    | -",
                "alter table orders add column at timestamptz default clock_timestamp() check (at > '2000-01-01') | volatile-default | orders.at",
                "alter table orders alter column status set not null                                | not-null-scan       | -",
                "alter table orders alter column amount type bigint                                 | type-change         | -",
                "alter table orders add constraint orders_reference_key unique (reference)          | index-under-lock    | -",
                "alter table orders add unique (reference, id)                                      | index-under-lock    | -",
                "alter table orders add foreign key (customer_id) references customers              | foreign-key-scan    | -",
                "alter table orders add check (amount >= 0)                                         | check-scan          | -",
                "create index orders_status_idx on orders (status) where amount > 5                 | index-blocks-writes | -",
                "create index on orders (status, amount desc)                                       | index-blocks-writes | -",
                "alter table orders alter column amount type numeric(12, 2) using (amount * 1.0)    | type-change         | -",
                "alter table orders alter column reference type text using upper(reference::text)   | type-change         | -",
                "alter table customers alter column id type bigint                                  | foreign-key-scan,type-change | -",
                "alter table payments alter column id type bigint                                   | type-change         | -",
                "alter table payments alter column number type bigint                               | type-change         | -",
                "alter table orders add column label text generated always as (upper(status)) stored | generated-stored | -",
                "alter table payments add column net numeric generated always as (amount / 1.19) stored not null check (net > -9) | generated-stored | -",
            })
    void endWhereTheChangeEnds(String sql, String hazard, String notRepeatable) throws Exception {
        SchemaFingerprint before = SchemaFingerprint.of(phased);
        DataFingerprint rows = DataFingerprint.of(phased);
        Phased plan = ((Phased) Planner.plan(
                        SchemaChange.read(sql),
                        TableShape.of(phased, tableOf(sql)).orElseThrow(),
                        sql.contains("default") && isVolatile(sql, copy)))
                .inBatchesOf(BATCH);
        TableSizes sizes = TableSizes.of(phased);

        assertThat(standstills(List.of(step(PlannedStep.together("as it is", "", sql))), sizes, copy))
                .isEqualTo(hazard == null ? Set.of() : Set.of(hazard.split(",")));
        reset(copy, false);
        assertThat(standstills(plan.steps().stream().map(PlansTest::step).toList(), sizes, copy))
                .as("hazards of the plan")
                .isEmpty();

        execute(risky, sql);
        run(phased, plan.steps());
        Set<String> computed = notRepeatable == null ? Set.of() : Set.of(notRepeatable);
        assertThat(SchemaFingerprint.differences(SchemaFingerprint.of(risky), SchemaFingerprint.of(phased)))
                .isEmpty();
        assertThat(DataFingerprint.differences(DataFingerprint.of(risky), DataFingerprint.of(phased), computed))
                .isEmpty();

        SchemaFingerprint once = SchemaFingerprint.of(phased);
        DataFingerprint onceRows = DataFingerprint.of(phased);
        run(phased, plan.steps());
        assertThat(SchemaFingerprint.of(phased)).isEqualTo(once);
        assertThat(DataFingerprint.of(phased)).isEqualTo(onceRows);

        run(phased, plan.rollback());
        assertThat(SchemaFingerprint.differences(before, SchemaFingerprint.of(phased)))
                .isEmpty();
        assertThat(DataFingerprint.differences(rows, DataFingerprint.of(phased), Set.of()))
                .isEmpty();
    }

    /** Where the table cannot be copied, a stored generated column becomes an ordinary one: the values are the same, and the difference in the schema is exactly what the plan says. */
    @Test
    void keepAStoredGeneratedColumnByATriggerAndSaySo() throws Exception {
        String sql =
                "alter table guarded add column label text generated always as (status || ' amount ' || amount) stored not null";
        SchemaFingerprint before = SchemaFingerprint.of(phased);
        Phased plan = (Phased) Planner.plan(
                SchemaChange.read(sql), TableShape.of(phased, "guarded").orElseThrow(), false);

        assertThat(plan.otherEnd())
                .contains(
                        "Ends in an ordinary column label that a trigger keeps equal to (status || ' amount ' || amount), because PostgreSQL cannot"
                                + " make a column that is filled a generated one, computes a stored one by writing the whole table anew, and a copy of"
                                + " the table could not take its place: it would have to take over function busy(guarded), policy all_of_them.");
        assertThat(standstills(plan.steps().stream().map(PlansTest::step).toList(), TableSizes.of(phased), copy))
                .isEmpty();
        execute(risky, sql);
        run(phased, plan.steps());
        run(phased, plan.steps());
        for (Connection each : List.of(risky, phased)) {
            execute(each, "update guarded set amount = amount + 1 where id % 7 = 0");
            execute(
                    each,
                    "insert into guarded (id, amount, status) select n, n, 'late' from generate_series(20000, 20100) n");
        }

        assertThat(DataFingerprint.differences(DataFingerprint.of(risky), DataFingerprint.of(phased), Set.of()))
                .isEmpty();
        assertThat(SchemaFingerprint.differences(SchemaFingerprint.of(risky), SchemaFingerprint.of(phased)))
                .containsExactly(
                        "guarded.label was (column 4; text; not null; generated stored; default ((status || ' amount '::text) || amount)) and"
                                + " is (column 4; text; not null)",
                        "guarded: trigger zz_guarded_label_keep was not there before (CREATE TRIGGER zz_guarded_label_keep BEFORE INSERT OR UPDATE"
                                + " ON public.guarded FOR EACH ROW EXECUTE FUNCTION guarded_label_keep())",
                        """
                            guarded_label_keep() was not there before (CREATE OR REPLACE FUNCTION public.guarded_label_keep()
                             RETURNS trigger
                             LANGUAGE plpgsql
                            AS $function$
                            begin
                              new.label := (select status || ' amount ' || amount from (select new.*) as guarded);
                              return new;
                            end
                            $function$
                            ; owner postgres)""");

        run(phased, plan.rollback());
        assertThat(SchemaFingerprint.of(phased)).isEqualTo(before);
    }

    /** Where the table cannot be copied, another type comes by a second column, which is the last one of the table from then on. */
    @Test
    void changeATypeByASecondColumnAndSaySo() throws Exception {
        String sql = "alter table guarded alter column amount type bigint";
        SchemaFingerprint before = SchemaFingerprint.of(phased);
        DataFingerprint rows = DataFingerprint.of(phased);
        Phased plan = (Phased) Planner.plan(
                SchemaChange.read(sql), TableShape.of(phased, "guarded").orElseThrow(), false);

        assertThat(plan.notes())
                .containsExactly(
                        "The column ends as the last one of its table, because it is a new one (a copy of the table could not take its place: it"
                                + " would have to take over function busy(guarded), policy all_of_them): nothing may depend on the order of columns.");
        assertThat(standstills(plan.steps().stream().map(PlansTest::step).toList(), TableSizes.of(phased), copy))
                .isEmpty();
        execute(risky, sql);
        run(phased, plan.steps());
        run(phased, plan.steps());
        assertThat(withoutOrder(SchemaFingerprint.of(phased))).isEqualTo(withoutOrder(SchemaFingerprint.of(risky)));
        assertThat(DataFingerprint.differences(DataFingerprint.of(risky), DataFingerprint.of(phased), Set.of()))
                .isEmpty();

        run(phased, plan.rollback());
        assertThat(withoutOrder(SchemaFingerprint.of(phased))).isEqualTo(withoutOrder(before));
        assertThat(DataFingerprint.differences(rows, DataFingerprint.of(phased), Set.of()))
                .isEmpty();
    }

    /** The step that compares would fail; what was written meanwhile is there afterwards, to the row; and nobody who wrote was turned away. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "alter table payments add column net numeric generated always as (amount / 1.19) stored | insert into payments (amount, customer_id) values (:n, 1)"
                        + " | net is distinct from amount / 1.19",
                "alter table orders alter column amount type bigint | insert into orders (id, customer_id, amount) values (100000 + :n, 1, :n)"
                        + " | status is null or pg_typeof(amount)::text <> 'bigint'",
            })
    void copyATableThatIsWrittenMeanwhile(String change, String insert, String wrong) throws Exception {
        String table = tableOf(change);
        try (Connection writing = connect("phased")) {
            long before = count(phased, table);
            Phased plan = ((Phased) Planner.plan(
                            SchemaChange.read(change),
                            TableShape.of(phased, table).orElseThrow(),
                            false))
                    .inBatchesOf(300);
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong added = new AtomicLong();
            FutureTask<Long> writer = new FutureTask<>(() -> {
                long rounds = 0;
                Random random = new Random(42);
                for (; !over.get(); rounds++) {
                    try (Statement statement = writing.createStatement()) {
                        int id = 7 + 3 * random.nextInt(ROWS / 3);
                        added.addAndGet(statement.executeUpdate(insert.replace(":n", Long.toString(rounds))));
                        statement.executeUpdate("update " + table + " set amount = amount + 1 where id between " + id
                                + " and " + (id + 60));
                        if (table.equals("orders")) {
                            statement.executeUpdate("update orders set parent = null where parent = " + id);
                            statement.executeUpdate(
                                    "insert into items select " + (ROWS + 1 + rounds) + ", max(id) from orders");
                        }
                        added.addAndGet(-statement.executeUpdate("delete from " + table + " where id = " + id));
                    }
                }
                return rounds;
            });
            Thread.ofPlatform().start(writer);
            try {
                run(phased, plan.steps());
            } finally {
                over.set(true);
            }

            assertThat(writer.get()).isPositive();
            assertThat(count(phased, table)).isEqualTo(before + added.get());
            assertThat(count(phased, table + " where " + wrong)).isZero();
        }
    }

    /** What somebody does to the table between the copy and the swap would be lost: the swap does not happen. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table payments add column late int",
                "create index late on payments (customer_id)",
                "alter table payments add constraint late check (amount < 1000000)",
                "alter table payments add constraint late foreign key (number) references customers not valid",
            })
    void refuseToSwapATableThatHasChangedMeanwhile(String meanwhile) throws Exception {
        List<PlannedStep> steps = ((Phased) Planner.plan(
                        SchemaChange.read(
                                "alter table payments add column net numeric generated always as (amount / 1.19) stored"),
                        TableShape.of(phased, "payments").orElseThrow(),
                        false))
                .steps();
        int swap = steps.stream().map(PlannedStep::name).toList().indexOf("swap net");
        run(phased, steps.subList(0, swap));
        execute(phased, meanwhile);
        SchemaFingerprint changed = SchemaFingerprint.of(phased);

        assertThatThrownBy(() -> run(phased, steps.subList(swap, swap + 1)))
                .hasMessageContaining(
                        "payments has columns, indexes or constraints that its copy has not: it has changed since this was planned");

        execute(phased, "rollback");
        assertThat(SchemaFingerprint.of(phased)).isEqualTo(changed);
    }

    private static long count(Connection connection, String from) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + from)) {
            row.next();
            return row.getLong(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table nokey add column x int generated always as (a * 2) stored | nokey has no primary key, so its rows have no order to go by in batches",
                "alter table orders add column x text not null | nobody says what the rows that are there get in x, which is to be NOT NULL",
                "alter table orders add column n serial | the numbers that existing rows are to get from the sequence of n have no order that is known",
                "alter table customers alter column id type text | id is part of customers_recommended_by_fkey, payments_customer_id_fkey, whose other side would have to change its type too",
                "alter table guarded alter column id type bigint | id is part of guarded_pkey, and a copy of the table could not take its place: it would have to take over function busy(guarded), policy all_of_them",
                "alter table orders alter column status type int using 1 | views hold on to the old column (open_orders)",
                "alter table nokey add column x uuid default gen_random_uuid() | nokey has no primary key, so its rows have no order to go by in batches",
                "alter table orders drop column status | a column that is dropped takes its values with it, which no phase brings back",
                "do 'begin end' | the statement could not be read: what do runs is known to the server alone",
            })
    void sayWhyThereIsNone(String sql, String why) throws Exception {
        TableShape table = TableShape.of(risky, tableOf(sql)).orElseThrow();

        Plan plan = Planner.plan(SchemaChange.read(sql), table, true);

        assertThat(plan).isInstanceOf(Impossible.class);
        assertThat(((Impossible) plan).why()).isEqualTo(why);
        assertThat(((Impossible) plan).decide()).startsWith("Decide ");
    }

    @Test
    void standInTheScenarioInPlaceOfTheChange() {
        Phased plan = new Phased(
                List.of(
                        PlannedStep.together("add column", "Bare.", "alter table t add column c int;"),
                        PlannedStep.patient("index", "Beside the traffic.", "create index concurrently\n  on t (c);")),
                List.of(PlannedStep.together("drop column", "Gone.", "alter table t drop column if exists c;")),
                List.of("A note."));

        String text = PlanText.scenario("""
                # first
                name: old
                migration:
                  steps:
                    - sql: alter table t add column c int

                # about the time
                timeline: { warmup: 8s }
                """, "new", "baseline:\n  steps:\n    - { command: [ prepare ] }\n", plan);

        assertThat(text).isEqualTo("""
                        # first
                        name: new
                        # A note.
                        migration:
                          lockTimeout: 1s
                          retries: 30
                          baseline:
                            steps:
                              - { command: [ prepare ] }
                          steps:
                            # Bare.
                            - name: "add column"
                              sql: |
                                alter table t add column c int;
                            # Beside the traffic.
                            - name: "index"
                              transaction: none
                              lockTimeout: 1h
                              sql: |
                                create index concurrently
                                  on t (c);
                          rollback:
                            steps:
                              # Gone.
                              - name: "drop column"
                                sql: |
                                  alter table t drop column if exists c;

                        # about the time
                        timeline: { warmup: 8s }
                        """);
        assertThat(PlanText.runbook(plan).keySet())
                .containsExactly(
                        "01_add_column.sql",
                        "flyway/V1__add_column.sql",
                        "02_index.sql",
                        "flyway/V2__index.sql",
                        "flyway/V2__index.sql.conf",
                        "rollback/01_drop_column.sql",
                        "RUNBOOK.txt");
    }

    private static String tableOf(String sql) {
        return Stream.of("payments", "customers", "guarded", "nokey", "orders")
                .filter(each -> sql.contains(" table " + each + " ") || sql.contains(" on " + each + " "))
                .findFirst()
                .orElse("orders");
    }

    /** Nobody waits for the disk: it is about where things end, and there are thousands of commits. */
    private static Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                server.url().replaceFirst("/rehearsal\\b", "/" + database) + "&options=-c%20synchronous_commit=off");
    }

    private static void reset(Connection connection, boolean filled) throws SQLException {
        MeasuredServer.execute(
                connection,
                "drop schema public cascade",
                "create schema public",
                "create table customers (id integer primary key, name text not null default 'n', recommended_by bigint references customers)",
                "create view names as select name from customers",
                "grant select on names to public",
                "create view initials with (security_barrier) as select left(name, 1) as initial from names",
                "create table nokey (a int)",
                "create table guarded (id int primary key, amount int not null default 3 constraint guarded_sane check (amount > -5), status text not null)",
                "create index guarded_amount_idx on guarded (amount, status)",
                "create policy all_of_them on guarded using (true)",
                "create function busy(guarded) returns boolean language sql as 'select true'",
                "create table orders (id bigint primary key, customer_id bigint not null, amount int not null default 3"
                        + " constraint amount_sane check (amount > -5), status varchar(20), reference uuid, parent bigint references orders)"
                        + " with (fillfactor = 90)",
                "create table items (id bigint primary key, order_id bigint references orders on delete cascade)",
                "comment on table orders is 'what''s bought'",
                "comment on column orders.amount is 'in cents'",
                "grant select, insert on orders to public",
                "create function touched() returns trigger language plpgsql as 'begin new.status := coalesce(new.status, ''new''); return new; end'",
                "create trigger touch before insert or update on orders for each row execute function touched()",
                "create trigger never after delete on orders for each row execute function touched()",
                "alter table orders disable trigger never",
                "create index orders_amount_idx on orders (amount, status)",
                "create table payments (id integer generated always as identity (start 7 increment 3) primary key, number serial, \"Way\" text not null"
                        + " default 'card', amount numeric not null constraint paid check (amount >= 0), customer_id bigint references customers,"
                        + " gross numeric generated always as (amount * 2) stored, unique (number))",
                "create unique index \"payments Way\" on payments (\"Way\", number desc) where amount > 5",
                "create view open_orders as select id from orders where status = 'new'");
        if (filled) {
            MeasuredServer.execute(
                    connection,
                    "insert into customers select n, 'n' || n, nullif(n / 2, 0) from generate_series(1, 100) n",
                    "insert into orders select n, 1 + n % 100, n, 'new', md5(n::text)::uuid, nullif(n / 2, 0) from generate_series(1, "
                            + ROWS + ") n",
                    "insert into items select id, id from orders",
                    "insert into guarded select id, amount, status from orders",
                    "insert into payments (amount, customer_id) select id, customer_id from orders",
                    "delete from payments where number % 11 = 0",
                    "analyze");
        }
    }

    private static boolean isVolatile(String sql, Connection connection) throws SQLException {
        if (SchemaChange.read(sql) instanceof SchemaChange.TableAltered altered
                && altered.actions().getFirst() instanceof TableAction.ColumnAdded added) {
            return Inspector.isVolatile(added.column().defaultExpression().orElseThrow(), connection);
        }
        return false;
    }

    private static Set<String> standstills(List<Step> steps, TableSizes sizes, Connection copy)
            throws SQLException, InterruptedException {
        Inspection inspection = Inspector.inspect(
                new MigrationPlan(Duration.ofMinutes(1), steps, List.of()),
                NO_TRAFFIC,
                sizes,
                copy,
                step -> Foreseen.nothing());
        return inspection.statements().stream()
                .flatMap(view -> view.prediction().hazards().stream())
                .map(Hazard::rule)
                .filter(STANDSTILLS::contains)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Step step(PlannedStep planned) {
        return new Step.SqlStep(
                planned.name(),
                SqlScript.split(planned.sql()).statements().stream()
                        .map(statement -> new SqlStatement(statement.text(), new SourceLocation("plan", 1, 1)))
                        .toList(),
                planned.alone() ? Transaction.NONE : Transaction.ONE,
                new LockPolicy(Optional.of(Duration.ofSeconds(1)), 0, Duration.ofMillis(50)));
    }

    private static void run(Connection connection, List<PlannedStep> steps) throws SQLException {
        for (PlannedStep step : steps) {
            if (!step.alone()) {
                execute(connection, "begin");
            }
            for (SqlScript.Statement statement : SqlScript.split(step.sql()).statements()) {
                execute(connection, statement.text());
            }
            if (!step.alone()) {
                execute(connection, "commit");
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** A column that took another's place is the last of its table. */
    private static Map<String, String> withoutOrder(SchemaFingerprint schema) {
        Map<String, String> lines = new TreeMap<>();
        schema.lines().forEach((key, line) -> lines.put(key, line.replaceFirst("\\Acolumn \\d+; ", "")));
        return lines;
    }
}
