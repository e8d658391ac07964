package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.Transaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/**
 * Holds and waits as the instruments tell them, beside the truth on the server's own clock.
 *
 * <p>The sessions of the test themselves say when things happened, by sequences, which no rollback takes back:
 *
 * <pre>
 *  blocker:    … leaving, commit
 *  migration:  wanted, LOCK ……………… granted      (seen)      pg_sleep      releasing, COMMIT, released
 *  waiter:                                  asked, LOCK ………………………………………………………… served
 * </pre>
 *
 * So the true hold lasts at least from {@code granted} to {@code releasing}, and at most from {@code wanted} (or {@code leaving}) to {@code
 * released} (or {@code served}). What is told must be compatible with that within the error that is told with it, however busy the machine is.
 */
@Tag("proof")
@Timeout(600)
class LockTruthTest {
    private static final List<String> MODES =
            List.of("access exclusive", "share row exclusive", "share", "share update exclusive");
    private static final List<Integer> MILLIS = List.of(3, 20, 100, 1500);
    private static final long BLOCKED_MILLIS = 60;
    private static final LockPolicy FOR_EVER = new LockPolicy(Optional.empty(), 0, Duration.ofMillis(50));
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(25);
    private static final LockPolicy PATIENT = new LockPolicy(Optional.of(LOCK_TIMEOUT), 500, Duration.ofMillis(5));

    /** Fifteen readings at their slowest: more is for a busy machine, and a mistake of the instruments' is more than that in a hold of 1500 ms. */
    private static final long READING_NANOS = Duration.ofMillis(300).toNanos();

    /** Waits shorter than {@code deadlock_timeout} are not logged, as the report says; on a busy machine the server looks later than it wants to. */
    private static final long LOGGED_FROM_NANOS = Duration.ofMillis(50).toNanos();

    @TempDir
    static Path directory;

    private static MeasuredServer server;
    private final ExecutorService sessions = Executors.newCachedThreadPool();

    /** How the migration comes to its lock and gives it back. */
    private enum How {
        TRANSACTION,
        ONE_STATEMENT,
        AUTOCOMMIT,
        SAVEPOINT_ROLLED_BACK,
        BEHIND_ANOTHER,
        LOCK_TIMEOUTS_AND_RETRIES;

        private boolean blocked() {
            return this == BEHIND_ANOTHER || this == LOCK_TIMEOUTS_AND_RETRIES;
        }

        /** Whether lock and release are statements of their own, which bound the error. */
        private boolean byStatements() {
            return this == TRANSACTION || this == SAVEPOINT_ROLLED_BACK || blocked();
        }
    }

    /** @param waiter whether a session of the application comes while the lock is held */
    private record Case(How how, String mode, int millis, boolean waiter) {
        private String name() {
            StringBuilder name = new StringBuilder();
            for (String word : mode.split(" ", -1)) {
                name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
            }
            return name.toString();
        }

        private long nanos() {
            return Duration.ofMillis(millis).toNanos();
        }

        @Override
        public String toString() {
            return how + ", " + name() + " for " + millis + " ms, " + (waiter ? "with" : "without") + " a waiter";
        }
    }

    static Stream<Case> cases() {
        return Arrays.stream(How.values())
                .flatMap(how -> MODES.stream()
                        .flatMap(mode -> MILLIS.stream()
                                .flatMap(millis ->
                                        Stream.of(false, true).map(waiter -> new Case(how, mode, millis, waiter)))));
    }

    @BeforeAll
    static void start() throws Exception {
        server = MeasuredServer.started(directory);
        server.execute(
                "create table customers (id bigint primary key)",
                "create table orders (id bigint primary key, customer_id bigint not null)",
                "insert into customers select generate_series(1, 1000)",
                "insert into orders select n, 1 + n % 1000 from generate_series(1, 20000) n",
                "create function mark(moment text) returns void language sql as"
                        + " $$ select setval(moment::regclass, (extract(epoch from clock_timestamp()) * 1e6)::bigint) $$",
                """
                create function attended() returns void language plpgsql as $$
                begin
                    loop
                        perform pg_stat_clear_snapshot();
                        exit when exists (select from pg_stat_activity
                            where application_name = 'harness-app/checkout' and wait_event_type = 'Lock');
                        perform pg_sleep(0.0005);
                    end loop;
                    perform mark('seen');
                end $$""");
        for (String moment :
                List.of("leaving", "wanted", "granted", "seen", "releasing", "released", "asked", "served")) {
            server.execute("create sequence " + moment);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void forget() throws SQLException {
        server.execute("select setval(oid, 1) from pg_class where relkind = 'S'");
        server.forgetEvents();
    }

    @AfterEach
    void noTrouble() {
        sessions.close();
        assertThat(server.events(InstrumentTrouble.class)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void toldHoldsAndWaitsAreTrueWithinTheErrorThatIsToldWithThem(Case held) throws Exception {
        if (held.how().blocked()) {
            runBehindABlocker(held);
        } else {
            run(held);
        }
        server.instruments().drain();

        StatementObserved statement = locking(held);
        LockHeld lock = lock(statement, "orders", held.name());
        long atLeast = between("granted", "releasing");
        long atMost = moment(held.waiter() ? "served" : "released") - Math.max(moment("wanted"), moment("leaving"));
        assertThat(atLeast).isGreaterThanOrEqualTo(held.nanos());
        heldBetween(lock, atLeast, atMost);
        errorIsNoExcuse(held, statement, lock);
        if (held.waiter()) {
            waitOfTheApplicationIsTrue(held);
        }
        if (held.how() == How.BEHIND_ANOTHER) {
            assertThat(lock.waitedNanos())
                    .isEqualTo(statement.waitedNanos())
                    .isBetween(Duration.ofMillis(BLOCKED_MILLIS).toNanos(), between("wanted", "granted"));
        }
        if (held.how() == How.LOCK_TIMEOUTS_AND_RETRIES) {
            triesInVainAreTold();
        }
    }

    /** An error that allows for everything would be true as well: it may be no more than what the instruments could not see. */
    private static void errorIsNoExcuse(Case held, StatementObserved statement, LockHeld lock) {
        if (!held.how().byStatements()) {
            // Only readings bound it, twenty milliseconds apart where the machine allows.
            assertThat(lock.errorNanos()).isLessThan(Math.max(held.nanos() / 4, READING_NANOS));
            return;
        }
        long locking = statement.returnedNanos() - statement.sentNanos();
        long releasing = held.how() == How.SAVEPOINT_ROLLED_BACK
                ? spent(only(statements("rollback to")))
                : statement.transactionEndedNanos() - statement.transactionEndSentNanos();
        assertThat(lock.errorNanos()).isLessThanOrEqualTo(locking + releasing);
    }

    private static long spent(StatementObserved statement) {
        return statement.returnedNanos() - statement.sentNanos();
    }

    private void waitOfTheApplicationIsTrue(Case held) throws SQLException {
        List<LockWaited> waits = waits(Party.APPLICATION);
        long atLeast = between("seen", "releasing");
        if (waits.isEmpty()) {
            assertThat(atLeast).isLessThan(LOGGED_FROM_NANOS);
            return;
        }
        LockWaited wait = only(waits);
        assertThat(wait.outcome()).isEqualTo(WaitOutcome.ACQUIRED);
        assertThat(wait.target()).isEqualTo("orders");
        assertThat(wait.holders()).containsExactly(locking(held).backendPid());
        assertThat(wait.durationNanos()).isBetween(atLeast, between("asked", "served"));
    }

    /** The application closes the circle, when the migration has looked for one already: so the application is the victim. */
    @Test
    void aDeadlockWhoseVictimIsTheApplicationLeavesTheMigrationsHoldsTrue() throws Exception {
        long logged = Files.size(server.log().path());
        try (Connection application = server.connect(ApplicationNames.application("checkout"))) {
            MeasuredServer.execute(application, "begin", "lock table customers in row exclusive mode");
            Future<MigrationOutcome> migration = sessions.submit(() -> run(
                    Migrations.step(
                            FOR_EVER,
                            Transaction.ONE,
                            "select mark('wanted')",
                            "lock table orders in access exclusive mode",
                            "select mark('granted')",
                            "lock table customers in access exclusive mode",
                            "select mark('served')",
                            "select pg_sleep(0.1)",
                            "select mark('releasing')"),
                    Migrations.step(FOR_EVER, Transaction.ONE, "select mark('released')")));
            awaitReportedWait(logged);
            long sent = server.clock().nowNanos();
            MeasuredServer.execute(application, "select mark('seen')");
            assertThatThrownBy(() -> MeasuredServer.execute(application, "lock table orders in access share mode"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40P01"));
            long fell = server.clock().nowNanos();
            assertThat(migration.get().status()).isEqualTo(Status.SUCCEEDED);
            server.instruments().drain();

            StatementObserved customers = only(statements("lock table customers"));
            LockWaited victim = only(waits(Party.APPLICATION));
            LockWaited survivor = only(waits(Party.MIGRATION));
            assertThat(victim.outcome()).isEqualTo(WaitOutcome.DEADLOCK);
            assertThat(victim.target()).isEqualTo("orders");
            assertThat(victim.holders()).containsExactly(customers.backendPid());
            assertThat(victim.durationNanos() - victim.errorNanos()).isLessThanOrEqualTo(fell - sent);
            assertThat(survivor.outcome()).isEqualTo(WaitOutcome.ACQUIRED);
            assertThat(survivor.durationNanos())
                    .isEqualTo(customers.waitedNanos())
                    .isBetween(victim.durationNanos() - victim.errorNanos(), between("granted", "served"));
            heldBetween(
                    lock(only(statements("lock table orders")), "orders", "AccessExclusive"),
                    between("granted", "releasing"),
                    between("wanted", "released"));
            heldBetween(
                    lock(customers, "customers", "AccessExclusive"),
                    between("served", "releasing"),
                    between("seen", "released"));
        }
    }

    /** A constraint on one table locks the other, and what is done to a partitioned table locks each of its partitions. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table orders add constraint fk foreign key (customer_id) references customers | ShareRowExclusive | orders,customers",
                "alter table events add column region text | AccessExclusive | events,events_1,events_2,events_3",
                "alter table events add constraint fk foreign key (id) references customers | ShareRowExclusive"
                        + " | events,events_1,events_2,events_3,customers"
            })
    void everyRelationThatAStatementLocksIsHeldForAsLong(String sql, String mode, String relations) throws Exception {
        server.execute("create table events (id bigint) partition by range (id)");
        for (int i = 1; i <= 3; i++) {
            server.execute("create table events_" + i + " partition of events for values from (" + i + ") to ("
                    + (i + 1) + ")");
        }
        MigrationOutcome outcome = run(
                Migrations.step(
                        FOR_EVER,
                        Transaction.ONE,
                        "select mark('wanted')",
                        sql,
                        "select mark('granted')",
                        "select pg_sleep(0.1)",
                        "select mark('releasing')"),
                Migrations.step(FOR_EVER, Transaction.ONE, "select mark('released')"));
        server.execute("drop table events", "alter table orders drop constraint if exists fk");

        assertThat(outcome.status()).isEqualTo(Status.SUCCEEDED);
        StatementObserved statement = only(statements("alter table"));
        for (String relation : relations.split(",", -1)) {
            heldBetween(
                    lock(statement, relation, mode), between("granted", "releasing"), between("wanted", "released"));
        }
    }

    /** An index is built in phases; two of them wait here, one for who writes to the table, one for who may see what the index does not have. */
    @Test
    void anIndexBuiltConcurrentlyHoldsItsTableThroughAllPhasesAndItsWaitsAreAddedUp() throws Exception {
        try (Connection writer = server.connect(ApplicationNames.application("checkout"));
                Connection reader = server.connect(ApplicationNames.BLOCKER)) {
            MeasuredServer.execute(writer, "begin", "lock table orders in row exclusive mode");
            MeasuredServer.execute(reader, "begin isolation level repeatable read", "select from customers limit 1");
            Future<MigrationOutcome> migration = sessions.submit(() -> run(
                    Migrations.step(FOR_EVER, Transaction.ONE, "select mark('wanted')"),
                    Migrations.step(
                            FOR_EVER,
                            Transaction.NONE,
                            "create index concurrently orders_customer on orders (customer_id)"),
                    Migrations.step(FOR_EVER, Transaction.ONE, "select mark('released')")));
            awaitPhase("waiting for writers before build");
            server.execute("select mark('granted')");
            Thread.sleep(BLOCKED_MILLIS);
            MeasuredServer.execute(writer, "select mark('leaving')", "commit");
            awaitPhase("waiting for old snapshots");
            server.execute("select mark('seen')");
            Thread.sleep(BLOCKED_MILLIS);
            MeasuredServer.execute(reader, "select mark('releasing')", "commit");
            assertThat(migration.get().status()).isEqualTo(Status.SUCCEEDED);
        }
        server.execute("drop index orders_customer");

        StatementObserved statement = only(statements("create index concurrently"));
        assertThat(statement.waitedNanos())
                .isBetween(between("granted", "leaving") + between("seen", "releasing"), between("wanted", "released"));
        heldBetween(
                lock(statement, "orders", "ShareUpdateExclusive"),
                between("granted", "releasing"),
                between("wanted", "released"));
    }

    /** Of a session that is not ours there are no statements and no holds; its waits are told under its own name, and those behind it name its process. */
    @Test
    void aToolThatWeDoNotWrapIsToldByItsWaitsAndByThoseWhoWaitForIt() throws Exception {
        try (Connection reader = server.connect(ApplicationNames.application("reports"));
                Connection tool = server.connect("schema-tool")) {
            MeasuredServer.execute(reader, "begin", "lock table orders in access share mode");
            Future<Void> change = sessions.submit(() -> {
                MeasuredServer.execute(
                        tool,
                        "begin",
                        "select mark('wanted')",
                        "lock table orders in access exclusive mode",
                        "select mark('granted')",
                        "select attended()",
                        "select pg_sleep(0.1)",
                        "select mark('releasing')",
                        "commit");
                return null;
            });
            await("select exists (select from pg_stat_activity"
                    + " where application_name = 'schema-tool' and wait_event_type = 'Lock')");
            Thread.sleep(BLOCKED_MILLIS);
            MeasuredServer.execute(reader, "commit");
            waitForOrders();
            change.get();
            server.instruments().drain();

            LockWaited ofTheTool = only(waits(Party.OTHER));
            LockWaited victim = only(waits(Party.APPLICATION));
            assertThat(server.events(StatementObserved.class)).isEmpty();
            assertThat(ofTheTool.applicationName()).isEqualTo("schema-tool");
            assertThat(ofTheTool.holders()).containsExactly(pid(reader));
            assertThat(ofTheTool.durationNanos())
                    .isBetween(Duration.ofMillis(BLOCKED_MILLIS).toNanos(), between("wanted", "granted"));
            assertThat(victim.holders()).containsExactly(pid(tool));
            assertThat(victim.durationNanos()).isBetween(between("seen", "releasing"), between("asked", "served"));
        }
    }

    private static void heldBetween(LockHeld lock, long atLeast, long atMost) {
        assertThat(lock.heldNanos() + lock.errorNanos()).as(lock.relation()).isGreaterThanOrEqualTo(atLeast);
        assertThat(lock.heldNanos() - lock.errorNanos()).as(lock.relation()).isLessThanOrEqualTo(atMost);
    }

    private static List<LockWaited> waits(Party party) {
        return server.events(LockWaited.class).stream()
                .filter(wait -> wait.party() == party)
                .toList();
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static void awaitPhase(String phase) throws SQLException {
        await("select exists (select from pg_stat_progress_create_index where phase = '" + phase + "')");
    }

    /** The server reports a wait when it has looked for a deadlock. */
    private static void awaitReportedWait(long logged) throws IOException {
        boolean reported = false;
        while (!reported) {
            byte[] log = Files.readAllBytes(server.log().path());
            reported = new String(log, (int) logged, log.length - (int) logged, StandardCharsets.UTF_8)
                    .contains("still waiting");
        }
    }

    private static void triesInVainAreTold() {
        List<StatementObserved> inVain = statements("lock table orders").stream()
                .filter(statement -> statement.status() == Status.FAILED)
                .toList();
        List<LockWaited> waits = waits(Party.MIGRATION).stream()
                .filter(wait -> wait.outcome() == WaitOutcome.LOCK_TIMEOUT)
                .toList();
        assertThat(inVain).isNotEmpty().hasSameSizeAs(waits);
        for (int i = 0; i < inVain.size(); i++) {
            StatementObserved statement = inVain.get(i);
            LockWaited wait = waits.get(i);
            assertThat(statement.sqlState()).contains("55P03");
            assertThat(statement.locks()).noneMatch(lock -> lock.relation().equals("orders"));
            assertThat(statement.waitedNanos()).isEqualTo(wait.durationNanos());
            assertThat(wait.durationNanos() + wait.errorNanos()).isGreaterThanOrEqualTo(LOCK_TIMEOUT.toNanos());
            assertThat(wait.durationNanos() - wait.errorNanos()).isLessThanOrEqualTo(spent(statement));
        }
    }

    private void runBehindABlocker(Case held) throws Exception {
        try (Connection blocker = server.connect(ApplicationNames.BLOCKER)) {
            MeasuredServer.execute(blocker, "begin", "lock table orders in access exclusive mode");
            Future<Void> migration = sessions.submit(() -> {
                run(held);
                return null;
            });
            await("select exists (select from pg_stat_activity where application_name = '" + ApplicationNames.MIGRATION
                    + "' and wait_event_type = 'Lock')");
            Thread.sleep(BLOCKED_MILLIS);
            MeasuredServer.execute(blocker, "select mark('leaving')", "commit");
            migration.get();
        }
    }

    /** The migration, and whoever waits for it. */
    private void run(Case held) throws Exception {
        Optional<Future<?>> waiter =
                held.waiter() ? Optional.of(sessions.submit(LockTruthTest::waitForOrders)) : Optional.empty();
        MigrationOutcome outcome =
                run(step(held), Migrations.step(FOR_EVER, Transaction.ONE, "select mark('released')"));
        assertThat(outcome.status()).isEqualTo(Status.SUCCEEDED);
        if (waiter.isPresent()) {
            waiter.get().get();
        }
    }

    private static Void waitForOrders() throws SQLException {
        try (Connection application = server.connect(ApplicationNames.application("checkout"))) {
            await("select last_value > 1 from granted");
            MeasuredServer.execute(
                    application,
                    "begin",
                    "select mark('asked')",
                    "lock table orders in access exclusive mode",
                    "select mark('served')",
                    "commit");
        }
        return null;
    }

    private static Step step(Case held) {
        String lock = "lock table orders in " + held.mode() + " mode";
        String sleep = "pg_sleep(" + held.millis() / 1000.0 + ")";
        String attended = held.waiter() ? "attended()" : "null";
        String block = "do $$ begin perform mark('wanted'); " + lock + "; perform mark('granted'); perform " + attended
                + "; perform " + sleep + "; perform mark('releasing'); end $$";
        String[] one = {
            "select mark('wanted')",
            lock,
            "select mark('granted')",
            "select " + attended,
            "select " + sleep,
            "select mark('releasing')"
        };
        return switch (held.how()) {
            case TRANSACTION, BEHIND_ANOTHER -> Migrations.step(FOR_EVER, Transaction.ONE, one);
            case LOCK_TIMEOUTS_AND_RETRIES -> Migrations.step(PATIENT, Transaction.ONE, one);
            case ONE_STATEMENT -> Migrations.step(FOR_EVER, Transaction.ONE, block);
            case AUTOCOMMIT -> Migrations.step(FOR_EVER, Transaction.NONE, block);
            case SAVEPOINT_ROLLED_BACK -> {
                List<String> statements = new ArrayList<>(List.of("begin", "savepoint one"));
                statements.addAll(List.of(one));
                statements.addAll(List.of(
                        "rollback to savepoint one", "select mark('released')", "select pg_sleep(0.05)", "commit"));
                yield Migrations.step(FOR_EVER, Transaction.NONE, statements.toArray(String[]::new));
            }
        };
    }

    private static MigrationOutcome run(Step... steps) {
        return Migrations.runner(server, StepListener.none())
                .run(Phase.MIGRATION, List.of(steps), Duration.ofMinutes(2), 0);
    }

    private static void await(String question) throws SQLException {
        try (Connection observer = server.connect("test");
                Statement query = observer.createStatement()) {
            boolean yes = false;
            while (!yes) {
                try (ResultSet rows = query.executeQuery(question)) {
                    rows.next();
                    yes = rows.getBoolean(1);
                }
            }
        }
    }

    /** Nanoseconds, by the server's clock. */
    private static long moment(String name) throws SQLException {
        try (Connection observer = server.connect("test");
                Statement query = observer.createStatement();
                ResultSet rows = query.executeQuery("select last_value from " + name)) {
            rows.next();
            return Duration.of(rows.getLong(1), ChronoUnit.MICROS).toNanos();
        }
    }

    private static long between(String from, String to) throws SQLException {
        return moment(to) - moment(from);
    }

    private static List<StatementObserved> statements(String beginning) {
        return server.events(StatementObserved.class).stream()
                .filter(statement -> statement.sql().startsWith(beginning))
                .toList();
    }

    private static StatementObserved locking(Case held) {
        return statements(held.how().byStatements() ? "lock table orders" : "do ")
                .getLast();
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
