package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.inspect.Inspector;
import dev.rehearsal.inspect.StatementView;
import dev.rehearsal.inspect.TableSizes;
import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.RunEvent.ExpectedRefusal;
import dev.rehearsal.run.RunEvent.Hazard;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import dev.rehearsal.run.StatementRun;
import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.Transaction;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.verdict.Lint;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the static view says of each way of changing a column, and that the measurement of the same statement agrees. */
class PredictionsBesideEvidenceTest {
    private static final int ROWS = 3_000;
    private static final Workload NO_TRAFFIC = new Workload(Arrivals.POISSON, List.of());

    @TempDir
    static Path directory;

    private static MeasuredServer server;

    @BeforeAll
    static void start() throws Exception {
        server = MeasuredServer.started(directory);
        server.execute("create database copy");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            nullValues = "-",
            value = {
                "alter table orders add column note text                                  | lock-queue",
                "alter table orders add column n int default 42 not null                  | lock-queue",
                "alter table orders add column at timestamptz default now()               | lock-queue",
                "alter table orders add column r float default random()                   | volatile-default, lock-queue",
                "alter table orders add column r timestamptz default clock_timestamp()    | volatile-default, lock-queue",
                "alter table orders add column s serial                                   | serial-or-identity, lock-queue",
                "alter table orders add column i bigint generated always as identity      | serial-or-identity, lock-queue",
                "alter table orders add column g int generated always as (amount * 2) stored | generated-stored, lock-queue",
                "alter table orders add column g int generated always as (amount * 2) virtual | generated-virtual, lock-queue",
                "alter table orders add column e email                                    | domain-with-check, lock-queue",
                "alter table orders add column c int check (c > 0)                        | check-scan, lock-queue",
                "alter table orders add column x text not null                            | not-null-without-default, lock-queue",
                "alter table orders add column u text unique                              | index-under-lock, lock-queue",
                "alter table orders add column p bigint references customers              | foreign-key-locks-both, foreign-key-without-index, lock-queue",
                "alter table orders add column p bigint default 1 references customers    | foreign-key-scan, foreign-key-locks-both, foreign-key-without-index, lock-queue",
                "alter table orders add foreign key (customer_id) references customers not valid | foreign-key-locks-both, lock-queue",
                "alter table orders add foreign key (customer_id) references customers    | foreign-key-scan, foreign-key-locks-both, lock-queue",
                "alter table orders alter column status set not null                      | not-null-scan, lock-queue",
                "alter table orders add constraint nn not null status not valid           | lock-queue",
                "alter table orders add constraint nn check (status is not null)          | check-scan, lock-queue",
                "alter table orders add constraint nn check (status is not null) not valid | lock-queue",
                "alter table orders alter column amount type bigint                       | type-change, lock-queue",
                "alter table orders alter column status type varchar(10)                  | type-change, lock-queue",
                "alter table orders alter column status type varchar(40)                  | lock-queue",
                "alter table orders alter column status type text                         | lock-queue",
                "alter table orders drop column status                                    | lock-queue, loses-data",
                "create index on orders (status)                                          | index-blocks-writes, lock-queue",
                "create unique index orders_amount on orders (amount)                     | index-blocks-writes, lock-queue",
                "alter table orders add constraint orders_amount unique (amount)          | index-under-lock, lock-queue",
                "create index concurrently on orders (status)                             | concurrently-waits",
                "update orders set status = 'old'                                         | ''",
                "alter table orders add column status text                                | refused",
                "alter table orders set (fillfactor = 70)                                 | ''",
                "alter table orders set unlogged                                          | rewrite, lock-queue",
                "create or replace view customer_ids as select id, 1 as n from customers  | lock-queue",
                "alter sequence invoices increment by 5                                   | lock-queue",
                "do $$ begin create table own (id int); alter table own alter id type bigint; end $$ | not-analysed",
            })
    void agree(String sql, String hazards) throws Exception {
        ChangedTable table = ChangedTable.with(server, ROWS);
        boolean alone = sql.contains("concurrently");
        StatementPredicted predicted = predicted(sql.strip(), alone ? Transaction.NONE : Transaction.ONE);

        StatementObserved observed = table.observeAll(alone ? Transaction.NONE : Transaction.ONE, sql.strip())
                .getFirst();

        assertThat(predicted.hazards().stream().map(Hazard::rule).collect(Collectors.joining(", ")))
                .isEqualTo(hazards);
        assertThat(Lint.of(predicted, Optional.of(new StatementRun(0, List.of(observed)))).aspects().stream()
                        .filter(aspect -> !aspect.agrees()))
                .isEmpty();
    }

    @Test
    void nothingSleepsAndWhatDoesNotEndIsNotForeseen() throws Exception {
        List<StatementPredicted> predicted = predictions(
                Transaction.NONE,
                "select pg_sleep(3600)",
                "do $$ begin perform pg_sleep_for('1 hour'); end $$",
                "set statement_timeout = '20ms'",
                "do $$ begin loop end loop; end $$",
                "update orders set amount = (select count(*) from generate_series(1, 1000000000000))",
                "alter table orders add column x bigint default (select 1)",
                "select count(*) from generate_series(1, 1000000000000)");

        assertThat(predicted.stream()
                        .map(each ->
                                each.refusal().map(ExpectedRefusal::sqlState).orElse("done") + " "
                                        + each.notAnalysed().orElse("")))
                .containsExactly(
                        "done ",
                        "done what do runs is known to the server alone",
                        "done ",
                        "done what do runs is known to the server alone",
                        "done ",
                        "0A000 ",
                        "done it did not end in time on a copy without rows");
    }

    private static StatementPredicted predicted(String sql, Transaction transaction) throws Exception {
        return predictions(transaction, sql).getFirst();
    }

    private static List<StatementPredicted> predictions(Transaction transaction, String... sql) throws Exception {
        MigrationPlan migration = new MigrationPlan(
                Duration.ofMinutes(1),
                List.of(Migrations.step(new LockPolicy(Optional.empty(), 0, Duration.ofMillis(50)), transaction, sql)),
                List.of());
        try (Connection filled = server.connect("test")) {
            TableSizes sizes = TableSizes.of(filled);
            String url = server.url().replaceFirst("/rehearsal\\b", "/copy");
            assertThat(url).isNotEqualTo(server.url());
            try (Connection copy = DriverManager.getConnection(url)) {
                MeasuredServer.execute(
                        copy,
                        "drop schema public cascade",
                        "create schema public",
                        "create domain email as text check (value like '%@%')",
                        "create table customers (id bigint primary key)",
                        "create view customer_ids as select id from customers",
                        "create sequence invoices",
                        "create table orders (id bigint primary key, customer_id bigint not null, amount int, status varchar(20))");
                return Inspector.inspect(migration, NO_TRAFFIC, sizes, copy, step -> Foreseen.nothing())
                        .statements()
                        .stream()
                        .map(StatementView::prediction)
                        .toList();
            }
        }
    }
}
