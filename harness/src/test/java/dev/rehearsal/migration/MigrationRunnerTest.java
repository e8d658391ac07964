package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunEvent.StepEnded;
import dev.rehearsal.run.RunEvent.StepStarted;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.Transaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationRunnerTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final LockPolicy FOR_EVER = new LockPolicy(Optional.empty(), 0, Duration.ofMillis(50));
    private static final int ROWS = 20_000;

    @TempDir
    static Path directory;

    private static MeasuredServer server;
    private final ExecutorService sessions = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() throws Exception {
        server = MeasuredServer.started(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void tables() throws SQLException {
        server.execute(
                "drop schema public cascade",
                "create schema public",
                "create table customers (id bigint primary key)",
                "insert into customers select generate_series(1, 1000)",
                "create table orders (id bigint primary key, customer_id bigint not null, amount int, status varchar(20))",
                "insert into orders select n, 1 + n % 1000, n, 'new' from generate_series(1, " + ROWS + ") n",
                "vacuum analyze");
        server.forgetEvents();
    }

    @AfterEach
    void noTrouble() {
        sessions.close();
        assertThat(server.events(InstrumentTrouble.class)).isEmpty();
    }

    /** The hold's truth is what the migration itself slept for, and what its client saw at most. */
    @ParameterizedTest
    @CsvSource({
        "access exclusive, AccessExclusive, 3",
        "access exclusive, AccessExclusive, 20",
        "access exclusive, AccessExclusive, 100",
        "access exclusive, AccessExclusive, 1500",
        "share, Share, 3",
        "share, Share, 1500"
    })
    void measuresAHoldWithinItsOwnError(String mode, String name, int millis) {
        run(step("lock table orders in " + mode + " mode", "select pg_sleep(" + millis / 1000.0 + ")"));

        List<StatementObserved> statements = server.events(StatementObserved.class);
        LockHeld lock = only(statements.getFirst().locks());
        StatementObserved sleep = statements.getLast();
        long atLeast = Duration.ofMillis(millis).toNanos();
        long atMost = sleep.transactionEndedNanos() - statements.getFirst().sentNanos();
        assertThat(lock.relation()).isEqualTo("orders");
        assertThat(lock.mode()).isEqualTo(name);
        assertThat(lock.ownRelation()).isFalse();
        assertThat(lock.heldNanos() + lock.errorNanos()).isGreaterThanOrEqualTo(atLeast);
        assertThat(lock.heldNanos() - lock.errorNanos()).isLessThanOrEqualTo(atMost);
        assertThat(lock.heldNanos()).isBetween(atLeast - lock.errorNanos(), atMost);
        assertThat(sleep.locks()).isEmpty();
    }

    @Test
    void takesTheWaitOutOfTheHold() throws Exception {
        int blockedMillis = 400;
        try (Connection blocker = server.connect(ApplicationNames.BLOCKER)) {
            MeasuredServer.execute(blocker, "begin", "select * from orders limit 1");
            Future<MigrationOutcome> migration =
                    sessions.submit(() -> run(step("alter table orders add column region text")));
            awaitMigrationWaiting();
            Thread.sleep(blockedMillis);
            MeasuredServer.execute(blocker, "commit");
            migration.get();
        }

        StatementObserved alter = only(server.events(StatementObserved.class));
        LockHeld lock = lock(alter, "orders", "AccessExclusive");
        assertThat(alter.waitedNanos()).isEqualTo(lock.waitedNanos());
        assertThat(lock.waitedNanos())
                .isGreaterThan(Duration.ofMillis(blockedMillis).toNanos());
        assertThat(lock.heldNanos() - lock.errorNanos())
                .isLessThanOrEqualTo(alter.transactionEndedNanos() - alter.sentNanos() - lock.waitedNanos());
        assertThat(lock.fromNanos())
                .isGreaterThan(alter.sentNanos()
                        + lock.waitedNanos()
                        - Duration.ofMillis(5).toNanos());
    }

    @Test
    void holdsEveryLockUntilTheTransactionEnds() {
        run(step(
                "alter table orders add column region text",
                "alter table customers add column region text",
                "select pg_sleep(0.2)"));

        List<StatementObserved> statements = server.events(StatementObserved.class);
        assertThat(statements).hasSize(3);
        LockHeld first = lock(statements.get(0), "orders", "AccessExclusive");
        LockHeld second = lock(statements.get(1), "customers", "AccessExclusive");
        assertThat(first.heldNanos() + first.errorNanos()).isGreaterThan(second.heldNanos() - second.errorNanos());
        assertThat(second.heldNanos() + second.errorNanos())
                .isGreaterThanOrEqualTo(Duration.ofMillis(200).toNanos());
        assertThat(statements.get(0).transactionEndedNanos())
                .isEqualTo(statements.get(2).transactionEndedNanos());
        assertThat(statements.get(0).transactionEndSentNanos())
                .isGreaterThanOrEqualTo(statements.get(2).returnedNanos());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table orders add column token uuid not null default gen_random_uuid() | column default",
                "alter table orders alter column amount type bigint | column type",
                "alter table orders set unlogged | persistence",
                "alter table orders add column n bigserial | column default",
            })
    void namesTheReasonOfARewrite(String sql, String reason) {
        run(step(sql));

        assertThat(only(server.events(StatementObserved.class)).rewrites())
                .containsExactly(new Rewrite("orders", reason));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table orders add column flag int not null default 42",
                "alter table orders add column at timestamptz default now()",
                "alter table orders alter column status type text",
                "alter table orders add constraint positive check (amount > 0) not valid"
            })
    void seesNeitherRewriteNorScanWhereThereIsNone(String sql) {
        run(step(sql));

        StatementObserved statement = only(server.events(StatementObserved.class));
        assertThat(statement.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(statement.rewrites()).isEmpty();
        assertThat(statement.scans()).isEmpty();
    }

    @Test
    void showsTheScanHiddenInSetNotNull() {
        run(step("alter table orders alter column status set not null"));

        assertThat(only(server.events(StatementObserved.class)).scans()).containsExactly(new Scan("orders", ROWS));
    }

    @Test
    void showsThatAValidCheckSavesTheScan() {
        run(
                step("alter table orders add constraint present check (status is not null) not valid"),
                step("alter table orders validate constraint present"),
                step("alter table orders alter column status set not null"));

        assertThat(server.events(StatementObserved.class).stream().map(StatementObserved::scans))
                .containsExactly(List.of(), List.of(new Scan("orders", ROWS)), List.of());
    }

    @Test
    void tellsScansOfTheStatementsOfOneTransactionApart() {
        run(step(
                "alter table orders alter column status set not null",
                "alter table orders add column flag int",
                "update orders set amount = 0 where status = 'none'",
                "alter table orders alter column amount set not null"));

        assertThat(server.events(StatementObserved.class).stream().map(StatementObserved::scans))
                .containsExactly(
                        List.of(new Scan("orders", ROWS)),
                        List.of(),
                        List.of(new Scan("orders", ROWS)),
                        List.of(new Scan("orders", ROWS)));
    }

    @Test
    void countsTheWalOfARewriteAndNotThatOfOthers() throws Exception {
        try (Connection application = server.connect(ApplicationNames.application("checkout"))) {
            Future<MigrationOutcome> migration = sessions.submit(() -> run(
                    step("alter table customers alter column id type numeric", "select pg_sleep(0.1)"),
                    step("alter table customers add column small int")));
            MeasuredServer.execute(application, "update orders set amount = amount + 1");
            migration.get();
        }

        List<StatementObserved> statements = server.events(StatementObserved.class);
        assertThat(statements.get(0).walBytes()).isEmpty();
        assertThat(statements.get(2).walBytes().orElseThrow()).isBetween(100L, 200_000L);
    }

    @Test
    void locksTheParentOfAForeignKeyToo() {
        run(step("alter table orders add constraint fk foreign key (customer_id) references customers"));

        StatementObserved statement = only(server.events(StatementObserved.class));
        assertThat(lock(statement, "orders", "ShareRowExclusive").ownRelation()).isFalse();
        assertThat(lock(statement, "customers", "ShareRowExclusive").ownRelation())
                .isFalse();
    }

    @Test
    void marksLocksOnWhatTheMigrationMade() {
        run(step("create index orders_amount on orders (amount)"));

        StatementObserved statement = only(server.events(StatementObserved.class));
        assertThat(lock(statement, "orders", "Share").ownRelation()).isFalse();
        assertThat(lock(statement, "orders_amount", "AccessExclusive").ownRelation())
                .isTrue();
    }

    @Test
    void judgesATableThatTookTheOldOnesPlace() {
        run(
                step(
                        "create table orders_new (like orders including all)",
                        "alter table orders rename to orders_old",
                        "alter table orders_new rename to orders"),
                step("alter table orders add column region text"));

        StatementObserved last = server.events(StatementObserved.class).getLast();
        assertThat(lock(last, "orders", "AccessExclusive").ownRelation()).isFalse();
    }

    @Test
    void marksLocksOnATableThatTakesAnothersPlaceOnlyLater() {
        run(
                step(
                        "create table orders_new (like orders including all)",
                        "alter table orders_new alter column amount type bigint"),
                step("alter table orders rename to orders_old", "alter table orders_new rename to orders"));

        StatementObserved made = server.events(StatementObserved.class).getFirst();
        StatementObserved changed = server.events(StatementObserved.class).get(1);
        assertThat(lock(made, "orders_new", "AccessExclusive").ownRelation()).isTrue();
        assertThat(changed.rewrites()).containsExactly(new Rewrite("orders_new", "column type", true));
        assertThat(changed.locks()).extracting(LockHeld::relation).doesNotContain("orders");
    }

    @Test
    void measuresAStatementInAutocommit() {
        run(noTransaction("alter table orders alter column amount type bigint"));

        StatementObserved statement = only(server.events(StatementObserved.class));
        LockHeld lock = lock(statement, "orders", "AccessExclusive");
        assertThat(lock.heldNanos()).isPositive();
        assertThat(lock.heldNanos() - lock.errorNanos())
                .isLessThanOrEqualTo(statement.returnedNanos() - statement.sentNanos());
        assertThat(statement.transactionEndSentNanos()).isEqualTo(statement.sentNanos());
        assertThat(statement.transactionEndedNanos()).isEqualTo(statement.returnedNanos());
        assertThat(statement.rewrites()).containsExactly(new Rewrite("orders", "column type"));
    }

    @Test
    void seesEvenTheShortestLockInAutocommit() {
        run(noTransaction("alter table orders add column region text"));

        lock(only(server.events(StatementObserved.class)), "orders", "AccessExclusive");
    }

    @Test
    void buildsAnIndexConcurrently() {
        run(noTransaction("create index concurrently orders_amount on orders (amount)"));

        StatementObserved statement = only(server.events(StatementObserved.class));
        assertThat(statement.status()).isEqualTo(Status.SUCCEEDED);
        LockHeld table = lock(statement, "orders", "ShareUpdateExclusive");
        assertThat(table.ownRelation()).isFalse();
        assertThat(statement.locks().stream()
                        .filter(lock -> !lock.ownRelation())
                        .map(LockHeld::mode))
                .doesNotContain("AccessExclusive", "Share", "ShareRowExclusive", "Exclusive");
    }

    @Test
    void concurrentIndexBuildWaitsForAnOldTransaction() throws Exception {
        try (Connection blocker = server.connect(ApplicationNames.BLOCKER)) {
            MeasuredServer.execute(blocker, "begin isolation level repeatable read", "select * from customers limit 1");
            Future<MigrationOutcome> migration = sessions.submit(
                    () -> run(noTransaction("create index concurrently orders_amount on orders (amount)")));
            awaitMigrationWaiting();
            Thread.sleep(200);
            MeasuredServer.execute(blocker, "commit");
            migration.get();
        }

        StatementObserved statement = only(server.events(StatementObserved.class));
        assertThat(statement.waitedNanos()).isGreaterThan(Duration.ofMillis(200).toNanos());
        LockHeld table = lock(statement, "orders", "ShareUpdateExclusive");
        assertThat(table.heldNanos() + table.errorNanos()).isGreaterThan(statement.waitedNanos());
    }

    /** Three holds of 120 ms with nothing held for 60 ms in between: no continuous hold is longer than its block. */
    @Test
    void reportsTheLongestHoldOfABlockThatCommits() {
        run(noTransaction("""
                do $$
                begin
                    for i in 1..3 loop
                        lock table orders in access exclusive mode;
                        perform pg_sleep(0.12);
                        commit;
                        perform pg_sleep(0.06);
                    end loop;
                end $$"""));

        LockHeld lock = lock(only(server.events(StatementObserved.class)), "orders", "AccessExclusive");
        assertThat(lock.heldNanos() + lock.errorNanos())
                .isGreaterThanOrEqualTo(Duration.ofMillis(120).toNanos());
        assertThat(lock.heldNanos() - lock.errorNanos())
                .isLessThan(Duration.ofMillis(300).toNanos());
    }

    @Test
    void measuresATransactionThatTheTextItselfBegins() {
        run(noTransaction(
                "begin", "alter table orders add column region text", "select pg_sleep(0.1)", "commit", "select 1"));

        List<StatementObserved> statements = server.events(StatementObserved.class);
        assertThat(statements.stream().map(StatementObserved::statement)).containsExactly(0, 1, 2, 3, 4);
        LockHeld lock = lock(statements.get(1), "orders", "AccessExclusive");
        assertThat(lock.heldNanos() + lock.errorNanos())
                .isGreaterThanOrEqualTo(Duration.ofMillis(100).toNanos());
        assertThat(statements.get(1).transactionEndSentNanos())
                .isEqualTo(statements.get(3).sentNanos());
    }

    @Test
    void releasesWhatASavepointGaveBack() {
        run(noTransaction(
                "begin",
                "savepoint one",
                "lock table orders in access exclusive mode",
                "rollback to savepoint one",
                "select pg_sleep(0.3)",
                "commit"));

        LockHeld lock = lock(server.events(StatementObserved.class).get(2), "orders", "AccessExclusive");
        assertThat(lock.heldNanos() + lock.errorNanos())
                .isLessThan(Duration.ofMillis(300).toNanos());
    }

    @Test
    void retriesAfterALockTimeoutAndJournalsEveryTry() throws Exception {
        LockPolicy policy = new LockPolicy(Optional.of(Duration.ofMillis(100)), 50, Duration.ofMillis(20));
        MigrationOutcome outcome;
        try (Connection blocker = server.connect(ApplicationNames.BLOCKER)) {
            MeasuredServer.execute(blocker, "begin", "select * from orders limit 1");
            Future<MigrationOutcome> migration = sessions.submit(() -> run(step(
                    policy,
                    Transaction.ONE,
                    "create table made (id int)",
                    "alter table orders add column region text")));
            awaitMigrationWaiting();
            Thread.sleep(400);
            MeasuredServer.execute(blocker, "commit");
            outcome = migration.get();
        }

        assertThat(outcome.status()).isEqualTo(Status.SUCCEEDED);
        List<StatementObserved> alters = server.events(StatementObserved.class).stream()
                .filter(statement -> statement.statement() == 1)
                .toList();
        StepEnded ended = only(server.events(StepEnded.class));
        assertThat(ended.attempts()).isEqualTo(alters.size()).isGreaterThan(1);
        assertThat(alters.getFirst().status()).isEqualTo(Status.FAILED);
        assertThat(alters.getFirst().sqlState()).contains("55P03");
        assertThat(alters.getFirst().waitedNanos())
                .isGreaterThan(Duration.ofMillis(90).toNanos());
        assertThat(alters.getFirst().locks().stream().map(LockHeld::relation)).doesNotContain("orders");
        assertThat(alters.getLast().status()).isEqualTo(Status.SUCCEEDED);
        assertThat(alters.getLast().attempt()).isEqualTo(ended.attempts());
    }

    @Test
    void givesUpWhenItsRetriesAreUsedUp() throws Exception {
        LockPolicy policy = new LockPolicy(Optional.of(Duration.ofMillis(30)), 2, Duration.ofMillis(5));
        MigrationOutcome outcome;
        try (Connection blocker = server.connect(ApplicationNames.BLOCKER)) {
            MeasuredServer.execute(blocker, "begin", "select * from orders limit 1");
            outcome = run(
                    step(policy, Transaction.NONE, "alter table orders add column region text"),
                    step("alter table customers add column region text"));
        }

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.failure().orElseThrow().sqlState()).contains("55P03");
        assertThat(server.events(StatementObserved.class).stream().map(StatementObserved::attempt))
                .containsExactly(1, 2, 3);
        assertThat(server.events(StepEnded.class).stream().map(StepEnded::status))
                .containsExactly(Status.FAILED, Status.SKIPPED);
        assertThat(server.events(StepStarted.class).stream().map(StepStarted::index))
                .containsExactly(4, 5);
    }

    @Test
    void stopsAtAStatementThatFails() {
        MigrationOutcome outcome = run(
                step("alter table orders add column token text not null"),
                step("alter table customers add column region text"));

        StatementObserved failed = only(server.events(StatementObserved.class));
        assertThat(failed.sqlState()).contains("23502");
        assertThat(failed.message().orElseThrow()).contains("contains null values");
        MigrationOutcome.Failure failure = outcome.failure().orElseThrow();
        assertThat(failure.step()).isEqualTo("alter table orders add column token text not null");
        assertThat(failure.statement().orElseThrow().text()).isEqualTo(failure.step());
        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(server.events(StepEnded.class).stream().map(StepEnded::status))
                .containsExactly(Status.FAILED, Status.SKIPPED);
    }

    /** The server lets go of everything when a statement fails, not when the client says ROLLBACK. */
    @Test
    void endsHoldsWithTheFailingStatement() {
        run(step(
                "lock table orders in access exclusive mode",
                "do $$ begin perform pg_sleep(0.1); raise exception 'no'; end $$"));

        LockHeld lock = lock(server.events(StatementObserved.class).getFirst(), "orders", "AccessExclusive");
        assertThat(lock.heldNanos() + lock.errorNanos())
                .isGreaterThanOrEqualTo(Duration.ofMillis(100).toNanos());
        StatementObserved failing = server.events(StatementObserved.class).getLast();
        assertThat(lock.fromNanos() + lock.heldNanos()).isLessThanOrEqualTo(failing.returnedNanos());
    }

    @Test
    void failsWhenTheCommitDoes() throws Exception {
        server.execute("alter table orders add constraint fk foreign key (customer_id) references customers"
                + " deferrable initially deferred");
        MigrationOutcome outcome = run(step("update orders set customer_id = 0 where id = 1"));

        assertThat(outcome.failure().orElseThrow().sqlState()).contains("23503");
        assertThat(only(server.events(StatementObserved.class)).status()).isEqualTo(Status.FAILED);
    }

    @Test
    void refusesAStepThatLeavesItsTransactionOpen() {
        MigrationOutcome outcome = run(noTransaction("begin", "alter table orders add column region text"));

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.failure().orElseThrow().message()).contains("ended inside a transaction");
    }

    @Test
    void cancelsWhatRunsAtTheTimeLimit() {
        MigrationOutcome outcome = runner().run(
                        Phase.MIGRATION,
                        List.of(step("lock table orders in share mode", "select pg_sleep(600)"), step("select 1")),
                        Duration.ofMillis(700),
                        0);

        assertThat(outcome.status()).isEqualTo(Status.TIMED_OUT);
        StatementObserved cancelled = server.events(StatementObserved.class).getLast();
        assertThat(cancelled.status()).isEqualTo(Status.TIMED_OUT);
        assertThat(cancelled.sqlState()).contains("57014");
        assertThat(server.events(StepEnded.class).stream().map(StepEnded::status))
                .containsExactly(Status.TIMED_OUT, Status.SKIPPED);
    }

    @Test
    void anInterruptCancelsWhatRunsAndStays() throws Exception {
        Future<Boolean> interrupted = sessions.submit(() -> {
            run(step("select pg_sleep(600)"));
            return Thread.currentThread().isInterrupted();
        });
        Thread runner = null;
        while (runner == null) {
            runner = Thread.getAllStackTraces().entrySet().stream()
                    .filter(thread -> Arrays.stream(thread.getValue())
                            .anyMatch(frame -> frame.getClassName().equals(StopKeeper.class.getName())))
                    .map(java.util.Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
        }
        runner.interrupt();

        assertThat(interrupted.get()).isTrue();
        assertThat(only(server.events(StepEnded.class)).status()).isEqualTo(Status.FAILED);
    }

    @Test
    void failsWhenItsConnectionIsCut() throws Exception {
        Future<MigrationOutcome> migration =
                sessions.submit(() -> run(step("lock table orders in share mode", "select pg_sleep(600)")));
        try (Connection killer = server.connect("test")) {
            boolean killed = false;
            while (!killed) {
                try (var statement = killer.createStatement();
                        var rows = statement.executeQuery(
                                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                                        + " where application_name = 'harness-migration' and query like 'select pg_sleep%'")) {
                    rows.next();
                    killed = rows.getInt(1) > 0;
                }
            }
        }

        MigrationOutcome outcome = migration.get();
        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.failure().orElseThrow().sqlState().orElseThrow()).isIn("57P01", "08006");
        LockHeld lock = lock(server.events(StatementObserved.class).getFirst(), "orders", "Share");
        assertThat(lock.heldNanos()).isPositive();
    }

    @Test
    void doesNotCallACommitFailedThatWasNeverAnswered() throws Exception {
        StepListener cutter = new StepListener() {
            @Override
            public void committing(Step step) {
                try {
                    server.execute("select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                            + " where application_name = 'harness-migration'");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        };

        MigrationOutcome outcome = runner(cutter)
                .run(Phase.MIGRATION, List.of(step("select 1", "update orders set amount = 0 where id = 1")), LONG, 4);

        assertThat(outcome.status()).isEqualTo(Status.UNKNOWN);
        assertThat(only(server.events(StepEnded.class)).status()).isEqualTo(Status.UNKNOWN);
        StatementObserved last = server.events(StatementObserved.class).getLast();
        assertThat(last.status()).isEqualTo(Status.UNKNOWN);
        assertThat(last.message().orElseThrow())
                .matches("(?s)the commit's outcome is unknown to the client; the server does not have it: transaction"
                        + " [0-9]+ is rolled back \\(.*\\)");
        assertThat(outcome.failure().orElseThrow().message())
                .isEqualTo(last.message().orElseThrow());
    }

    @Test
    void asksTheServerWhatBecameOfATransaction() throws Exception {
        CommitInquiry inquiry = new CommitInquiry(server::url, new StopRequest());
        long kept = transaction("commit");
        long undone = transaction("rollback");
        long never = kept + 1_000_000;

        assertThat(inquiry.ask(kept, server.url()))
                .isEqualTo("the server has it: transaction " + kept + " is committed");
        assertThat(inquiry.ask(undone, server.url()))
                .isEqualTo("the server does not have it: transaction " + undone + " is rolled back");
        assertThat(inquiry.ask(never, server.url()))
                .isEqualTo("the server does not have it: it knows of no transaction " + never);
        assertThat(inquiry.ask(kept, "another's address"))
                .isEqualTo("the server that took its place has a committed transaction of its number, " + kept
                        + ", which is another's only if this one never reached it");
    }

    private static long transaction(String end) throws SQLException {
        try (Connection connection = server.connect("test");
                var statement = connection.createStatement()) {
            statement.execute("begin");
            long number;
            try (var row = statement.executeQuery("select pg_current_xact_id()::xid::text")) {
                row.next();
                number = row.getLong(1);
            }
            statement.execute(end);
            return number;
        }
    }

    @Test
    void whatIsLeftOutIsJournaledInItsPlace() {
        String wrong = "alter table orders drop column nowhere";
        List<Step> steps = List.of(step("select 1"), step(wrong), step("select 3"));

        MigrationOutcome outcome = runner().run(Phase.ROLLBACK, steps, Set.of(wrong), LONG, 4);

        assertThat(outcome.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(server.events(StepEnded.class))
                .extracting(ended -> ended.index() + " " + ended.status())
                .containsExactly("4 SUCCEEDED", "5 SKIPPED", "6 SUCCEEDED");
    }

    @Test
    void failsWhenThereIsNoConnection() {
        MigrationRunner runner = new MigrationRunner(
                "jdbc:postgresql://127.0.0.1:1/none",
                server::url,
                server.instruments().witness(),
                server.clock(),
                server::record,
                StepListener.none(),
                Surroundings.deserted(),
                42);

        MigrationOutcome outcome = runner.run(Phase.ROLLBACK, List.of(step("select 1")), LONG, 0);

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.failure().orElseThrow().sqlState().orElseThrow()).startsWith("08");
        assertThat(only(server.events(StepEnded.class)).status()).isEqualTo(Status.SKIPPED);
    }

    @Test
    void showsWhatAWrongRollbackLeaves() throws Exception {
        SchemaFingerprint before = server.instruments().schema();
        run(step(
                "create index orders_amount on orders (amount)",
                "alter table orders add column token text",
                "alter table orders alter column amount type bigint"));
        SchemaFingerprint migrated = server.instruments().schema();
        runner().run(Phase.ROLLBACK, List.of(step("alter table orders drop column token")), LONG, 1);
        SchemaFingerprint half = server.instruments().schema();
        runner().run(
                        Phase.ROLLBACK,
                        List.of(step("drop index orders_amount", "alter table orders alter column amount type int")),
                        LONG,
                        2);
        SchemaFingerprint after = server.instruments().schema();

        assertThat(migrated.sha256()).isNotEqualTo(before.sha256());
        assertThat(SchemaFingerprint.differences(before, half))
                .containsExactly(
                        "orders.amount was (column 3; integer) and is (column 3; bigint)",
                        "orders: index orders_amount was not there before"
                                + " (CREATE INDEX orders_amount ON public.orders USING btree (amount))");
        assertThat(SchemaFingerprint.differences(before, after)).isEmpty();
        assertThat(after.sha256()).isEqualTo(before.sha256());
    }

    /** Servers keep words of their own among a column's options; and tools keep books. */
    @Test
    void aSchemaIsWhatItsOwnersSayOfIt() throws Exception {
        String ofAmount = "where attrelid = 'orders'::regclass and attname = 'amount'";
        SchemaFingerprint before = server.instruments().schema();
        server.execute(
                "update pg_attribute set attoptions = '{pg_attver=7}' " + ofAmount,
                "create table \"Books\" (id int primary key, note text)",
                "create schema elsewhere",
                "create table elsewhere.books (id int primary key)");
        assertThat(server.instruments()
                        .schema()
                        .without(Set.of("books"))
                        .lines()
                        .keySet())
                .containsOnlyOnceElementsOf(before.lines().keySet())
                .noneMatch(key -> key.toLowerCase(Locale.ROOT).contains("books"));

        server.execute(
                "drop schema elsewhere cascade",
                "drop table \"Books\"",
                "create table books_of_others (id int)",
                "update pg_attribute set attoptions = null " + ofAmount,
                "alter table orders alter column amount set (n_distinct = 5)",
                "update pg_attribute set attoptions = attoptions || '{pg_attver=8}' " + ofAmount);
        assertThat(SchemaFingerprint.differences(
                        before, server.instruments().schema().without(Set.of("books"))))
                .anyMatch(difference ->
                        difference.startsWith("orders.amount was ") && difference.contains("n_distinct=5"))
                .anyMatch(difference -> difference.startsWith("books_of_others: table "))
                .noneMatch(difference -> difference.contains("pg_attver"));
        server.execute("drop table books_of_others");
    }

    private MigrationRunner runner() {
        return runner(StepListener.none());
    }

    private MigrationRunner runner(StepListener listener) {
        return Migrations.runner(server, listener);
    }

    private MigrationOutcome run(Step... steps) {
        return runner().run(Phase.MIGRATION, List.of(steps), LONG, 4);
    }

    private static Step step(String... statements) {
        return step(FOR_EVER, Transaction.ONE, statements);
    }

    private static Step noTransaction(String... statements) {
        return step(FOR_EVER, Transaction.NONE, statements);
    }

    private static Step step(LockPolicy policy, Transaction transaction, String... statements) {
        return Migrations.step(policy, transaction, statements);
    }

    private static void awaitMigrationWaiting() throws SQLException {
        try (Connection observer = server.connect("test");
                var query = observer.createStatement()) {
            boolean waits = false;
            while (!waits) {
                try (var rows = query.executeQuery("select count(*) from pg_stat_activity"
                        + " where application_name = 'harness-migration' and wait_event_type = 'Lock'")) {
                    rows.next();
                    waits = rows.getInt(1) > 0;
                }
            }
        }
    }

    private static LockHeld lock(StatementObserved statement, String relation, String mode) {
        return only(statement.locks().stream()
                .filter(lock -> lock.relation().equals(relation) && lock.mode().equals(mode))
                .toList());
    }

    private static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.getFirst();
    }
}
