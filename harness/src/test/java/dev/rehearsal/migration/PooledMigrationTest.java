package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.LocalFaultProxy;
import dev.rehearsal.environment.LocalRuntime;
import dev.rehearsal.environment.PgBouncerTest;
import dev.rehearsal.environment.PoolerEndpoint;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.measure.PoolerWatch;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.PoolerSampled;
import dev.rehearsal.run.RunEvent.SessionState;
import dev.rehearsal.run.RunEvent.SessionStateFound;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.PoolerSpec;
import dev.rehearsal.scenario.PoolerSpec.PoolMode;
import dev.rehearsal.scenario.PoolerSpec.Way;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.Transaction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A migration through PgBouncer in transaction mode, on a real server: what is seen of it, and what goes astray. */
@Timeout(120)
class PooledMigrationTest {
    private static final int POOL_SIZE = 3;
    private static final LockPolicy NO_LIMIT = new LockPolicy(Optional.empty(), 0, Duration.ofMillis(1));
    private static final LockPolicy LIMIT =
            new LockPolicy(Optional.of(Duration.ofMillis(200)), 0, Duration.ofMillis(1));

    @TempDir
    private Path temporary;

    private Environment environment;
    private MeasuredServer server;

    @BeforeEach
    void start() throws Exception {
        PoolerSpec pooler =
                new PoolerSpec(PoolMode.TRANSACTION, OptionalInt.of(POOL_SIZE), OptionalInt.empty(), Way.POOLED);
        environment = new LocalRuntime(TestCluster.servers(), new LocalFaultProxy.BuiltIn(7), "Why not.")
                .start(
                        PgBouncerTest.behindPooler(pooler),
                        TestCluster.clone(temporary.resolve("data")),
                        Instruments.serverSettings(),
                        5,
                        Files.createDirectories(temporary.resolve("run")));
        server = MeasuredServer.over(environment);
        server.execute("create table orders (id int)", "insert into orders select generate_series(1, 1000)");
    }

    @AfterEach
    void close() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private static StepListener before(String step, StepAction action) {
        return new StepListener() {
            @Override
            public void beforeStep(Step next) {
                if (next.name().equals(step)) {
                    try {
                        action.run();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        };
    }

    private interface StepAction {
        void run() throws SQLException;
    }

    private MigrationOutcome run(StepListener listener, Step... steps) {
        return new MigrationRunner(
                        environment.migration().jdbcUrl(ApplicationNames.MIGRATION),
                        server::url,
                        server.instruments().witness(),
                        server.clock(),
                        server::record,
                        listener,
                        Surroundings.deserted(),
                        42,
                        true)
                .run(Phase.MIGRATION, List.of(steps), Duration.ofSeconds(60), 0);
    }

    private Connection client(String name) throws SQLException {
        Connection client =
                DriverManager.getConnection(environment.application().jdbcUrl(name) + "&prepareThreshold=0");
        client.setAutoCommit(false);
        return client;
    }

    private static int pid(Connection client) throws SQLException {
        try (Statement statement = client.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private PoolerWatch watch() throws Exception {
        PoolerEndpoint pooler = environment.pooler().orElseThrow();
        return PoolerWatch.started(
                new PoolerWatch.Addresses(
                        new PoolerWatch.Console(pooler.host(), pooler.port(), pooler.user(), pooler.password()),
                        pooler.jdbcUrl(environment.primary().database(), "watch"),
                        server::url,
                        true,
                        POOL_SIZE),
                server.clock(),
                server::record);
    }

    @Test
    void aLockTimeoutOfTheSessionIsLostForTheMigrationAndLeaksToOthers() throws Exception {
        String set = "set lock_timeout = '1500ms'";
        String alter = "alter table orders add column x int";
        List<Integer> taken = new ArrayList<>();

        try (Connection other = client("harness-app/#1/shop")) {
            MigrationOutcome outcome = run(
                    before(alter, () -> taken.add(pid(other))),
                    Migrations.step(NO_LIMIT, Transaction.NONE, set, "select pg_advisory_lock(4711)"),
                    Migrations.step(NO_LIMIT, Transaction.ONE, alter));
            other.rollback();

            assertThat(outcome.status()).isEqualTo(Status.SUCCEEDED);
        }

        server.instruments().drain();
        assertThat(server.events(SessionStateFound.class))
                .extracting(SessionStateFound::kind, SessionStateFound::setting, SessionStateFound::value)
                .containsExactly(tuple(SessionState.LOST_SETTING, "lock_timeout", "0"));
        assertThat(server.events(SessionStateFound.class).getFirst().step()).hasValue(1);
        try (PoolerWatch watch = watch()) {
            watch.findRemains();
        }
        assertThat(server.events(SessionStateFound.class))
                .extracting(
                        SessionStateFound::kind,
                        SessionStateFound::setting,
                        SessionStateFound::value,
                        SessionStateFound::backendPid)
                .contains(
                        tuple(SessionState.LEAKED_SETTING, "lock_timeout", "1500ms", taken.getFirst()),
                        tuple(SessionState.LEAKED_LOCK, "0, 4711", "Exclusive", taken.getFirst()))
                .hasSize(3);
        assertThat(server.events(PoolerSampled.class))
                .isNotEmpty()
                .allSatisfy(sample ->
                        assertThat(sample.serversBusy() + sample.serversIdle()).isBetween(1, POOL_SIZE));
    }

    @Test
    void theStepsOwnLockTimeoutHoldsInItsTransactionAndLeavesNothingAndOutsideOneItIsSaidToBeMissing()
            throws Exception {
        String alter = "alter table orders add column x int";
        try (Connection blocker = client("harness-app/#1/shop");
                Statement statement = blocker.createStatement()) {
            statement.execute("select count(*) from orders");

            MigrationOutcome outcome = run(StepListener.none(), Migrations.step(LIMIT, Transaction.ONE, alter));
            blocker.rollback();

            assertThat(outcome.failure().orElseThrow().sqlState()).contains("55P03");
        }
        try (PoolerWatch watch = watch()) {
            watch.findRemains();
        }
        assertThat(server.events(SessionStateFound.class)).isEmpty();

        MigrationOutcome outcome = run(
                StepListener.none(),
                Migrations.step(LIMIT, Transaction.NONE, "create index concurrently by_id on orders (id)"));

        assertThat(outcome.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(server.events(Noted.class))
                .extracting(Noted::message)
                .containsExactly(
                        "Step create index concurrently by_id on orders (id) ran without its lockTimeout: outside a transaction that is state of a session, which a pooler in transaction mode does not keep for a client. environment.pooler.migration: direct goes around it.");
    }

    /** Each transaction may be in another session; locks, waits and victims are told of the one that it was in. */
    @Test
    void whatATransactionDoesIsSeenInWhicheverSessionItIs() throws Exception {
        List<Integer> taken = new ArrayList<>();
        Step first = Migrations.step(NO_LIMIT, Transaction.ONE, "create table other (id int)");
        Step second = Migrations.step(
                NO_LIMIT, Transaction.ONE, "alter table orders add column x int", "select pg_sleep(0.4)");

        try (Connection other = client("harness-app/#1/shop");
                Connection victim = client("harness-app/#2/shop")) {
            CompletableFuture<Void> waiting = new CompletableFuture<>();
            run(
                    new StepListener() {
                        @Override
                        public void beforeStep(Step next) {
                            if (next.equals(second)) {
                                try {
                                    taken.add(pid(other));
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            }
                        }

                        @Override
                        public void statementStarted(Step step, Step.SqlStatement statement) {
                            if (statement.text().startsWith("select pg_sleep")) {
                                Thread.ofPlatform().daemon().start(() -> {
                                    try (Statement read = victim.createStatement()) {
                                        read.execute("select count(*) from orders");
                                        victim.rollback();
                                        waiting.complete(null);
                                    } catch (SQLException e) {
                                        waiting.completeExceptionally(e);
                                    }
                                });
                            }
                        }
                    },
                    first,
                    second);
            waiting.get(30, TimeUnit.SECONDS);
            other.rollback();
        }

        server.instruments().drain();
        StatementObserved altered = server.events(StatementObserved.class).stream()
                .filter(one -> one.sql().startsWith("alter"))
                .findFirst()
                .orElseThrow();
        assertThat(altered.backendPid()).isNotEqualTo(taken.getFirst());
        assertThat(altered.locks()).anySatisfy(lock -> {
            assertThat(lock.relation()).isEqualTo("orders");
            assertThat(lock.mode()).isEqualTo("AccessExclusive");
            assertThat(lock.heldNanos() + lock.errorNanos())
                    .isGreaterThan(Duration.ofMillis(300).toNanos());
        });
        assertThat(server.events(LockWaited.class))
                .filteredOn(wait -> wait.party() == Party.APPLICATION)
                .singleElement()
                .satisfies(wait -> {
                    assertThat(wait.client()).hasValue(2);
                    assertThat(wait.applicationName()).isEqualTo("harness-app/shop");
                    assertThat(wait.holders()).containsExactly(altered.backendPid());
                });
    }
}
