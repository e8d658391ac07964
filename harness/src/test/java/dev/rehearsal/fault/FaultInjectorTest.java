package dev.rehearsal.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.engine.Succession;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.LocalFaultProxy;
import dev.rehearsal.environment.LocalRuntime;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.Cue;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Fault;
import dev.rehearsal.scenario.Stage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FaultInjectorTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Fault.Direction DOWN = Fault.Direction.DOWNSTREAM;

    @TempDir
    static Path temporary;

    private static Environment environment;

    /** Of a failover that takes as long as a test wants. */
    private final Semaphore failingOver = new Semaphore(0);

    private final Semaphore failOver = new Semaphore(0);

    private final List<RunEvent> events = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        environment = new LocalRuntime(TestCluster.servers(), new LocalFaultProxy.BuiltIn(42), "Why not.")
                .start(
                        TestCluster.spec("18", Map.of(), Optional.empty()),
                        TestCluster.clone(temporary.resolve("data")),
                        Map.of(),
                        20,
                        temporary);
    }

    @AfterAll
    static void stop() throws Exception {
        environment.close();
    }

    @Test
    void startsALeadingFaultAndReturnsAfterItsLead() throws Exception {
        try (FaultInjector injector =
                injector(latency(new Cue.BeforeStep("add column", Duration.ofMillis(300)), Optional.of(LONG), 150))) {
            long before = System.nanoTime();
            injector.beforeStep("add column");

            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
            assertThat(started(0).description())
                    .isEqualTo("Bytes from the server to its clients are delayed by 150 ms for 3600 s.");
            assertThat(queryNanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(150));
        }
        assertThat(ended(0).happened()).isTrue();
        assertThat(ended(0).effect()).startsWith("Delayed bytes from the server to its clients by 150 ms for ");
        assertHealed();
    }

    @Test
    void returnsAtOnceWhenNothingLeadsTheStep() throws Exception {
        try (FaultInjector injector =
                injector(latency(new Cue.BeforeStep("other", Duration.ofHours(1)), Optional.empty(), 1))) {
            injector.beforeStep("add column");

            assertThat(events).isEmpty();
        }
    }

    @Test
    void startsAFaultInTheMiddleOfAStepAndEndsItAfterItsTime() throws Exception {
        try (FaultInjector injector = injector(latency(
                new Cue.AfterStepStart("validate", Duration.ofMillis(50)), Optional.of(Duration.ofMillis(200)), 1))) {
            injector.stepStarted("validate");

            Awaitility.await().until(() -> endedEvents().size() == 1);
            assertThat(ended(0).happened()).isTrue();
            assertThat(ended(0).atNanos() - started(0).atNanos())
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
            assertHealed();
        }
        assertThat(endedEvents()).hasSize(1);
    }

    @Test
    void doesNotStartAFaultWhoseStepIsOver() throws Exception {
        try (FaultInjector injector =
                injector(latency(new Cue.AfterStepStart("add column", LONG), Optional.of(LONG), 1))) {
            injector.stepStarted("add column");
            injector.stepEnded("add column");

            assertThat(ended(0).happened()).isFalse();
            assertThat(ended(0).effect()).isEqualTo("Did not happen: the step was over before its cue.");
        }
        assertThat(endedEvents()).hasSize(1);
    }

    @Test
    void namesFaultsWhoseStepWasNotRun() throws Exception {
        try (FaultInjector injector = injector(
                latency(new Cue.BeforeStep("check", LONG), Optional.of(LONG), 1),
                latency(new Cue.AfterStepStart("check", Duration.ZERO), Optional.of(LONG), 1))) {
            injector.stepSkipped("check");

            assertThat(List.of(ended(0), ended(1)))
                    .allSatisfy(fault -> assertThat(fault.effect()).isEqualTo("Did not happen: its step was not run."));
        }
        assertThat(endedEvents()).hasSize(2);
    }

    @Test
    void beginsWhileTheCommitIsOnItsWay() throws Exception {
        try (FaultInjector injector = injector(latency(new Cue.Committing("fill"), Optional.of(LONG), 1))) {
            injector.committing("other");
            assertThat(startedEvents()).isEmpty();
            injector.committing("fill");

            Awaitility.await().until(() -> !startedEvents().isEmpty());
            injector.committed("fill");
            injector.stepEnded("fill");
        }
        assertThat(ended(0).happened()).isTrue();
        assertThat(troubles()).isEmpty();
    }

    @Test
    void missesACommitThatIsAnsweredFirst() throws Exception {
        Cue before = new Cue.BeforeStep("fill", Duration.ZERO);
        try (FaultInjector injector = injector(
                new Fault.Failover(before, "nobody", false),
                latency(new Cue.Committing("fill"), Optional.of(LONG), 1))) {
            // The injector's one thread is at work while the commit is sent and answered.
            Thread busy = Thread.ofPlatform().start(() -> {
                try {
                    injector.beforeStep("fill");
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(failingOver.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            injector.committing("fill");
            injector.committed("fill");
            failOver.release();
            busy.join();
            injector.stepEnded("fill");
        }
        assertThat(ended(1).happened()).isFalse();
        assertThat(ended(1).effect()).isEqualTo("Did not happen: the commit was answered before it could begin.");
    }

    @Test
    void namesAFaultWhoseStepNeverCommitted() throws Exception {
        try (FaultInjector injector = injector(latency(new Cue.Committing("fill"), Optional.of(LONG), 1))) {
            injector.stepStarted("fill");
            injector.stepEnded("fill");
        }
        assertThat(ended(0).effect()).isEqualTo("Did not happen: the step ended without a commit.");
    }

    @Test
    void beginsInAPhaseOfAnIndexThatIsHeldUp() throws Exception {
        run("create table phased (id int)");
        Cue before = new Cue.BeforeStep("index", Duration.ZERO);
        Cue.InPhase inPhase = new Cue.InPhase("waiting for writers before build", Optional.of("index"));
        Cue.InPhase elsewhere = new Cue.InPhase("waiting for writers before build", Optional.of("other"));
        Cue.InPhase later = new Cue.InPhase("waiting for old snapshots", Optional.of("index"));
        try (FaultInjector injector = injector(
                new Fault.Blocker(before, "insert into phased values (1)", LONG),
                latency(inPhase, Optional.of(LONG), 1),
                latency(elsewhere, Optional.of(LONG), 1),
                latency(later, Optional.of(LONG), 1))) {
            injector.stageStarted(Stage.MIGRATION);
            injector.beforeStep("index");
            injector.stepStarted("index");
            Thread build = Thread.ofPlatform().start(FaultInjectorTest::buildIndex);

            Awaitility.await().until(() -> startedEvents().size() == 2);
            assertThat(startedEvents()).extracting(RunEvent.FaultStarted::index).containsExactly(0, 1);
            assertThat(ask("select indisvalid from pg_index where indexrelid = 'phased_id'::regclass"))
                    .isEqualTo("f");
            run("select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'harness-migration'");
            build.join();
            injector.stepEnded("index");
        }
        assertThat(endedEvents())
                .filteredOn(event -> event.index() == 3)
                .extracting(RunEvent.FaultEnded::effect)
                .containsExactly("Did not happen: the step was not seen in that phase.");
        assertThat(endedEvents())
                .filteredOn(event -> event.index() == 2)
                .extracting(RunEvent.FaultEnded::effect)
                .containsExactly("Did not happen: the migration was not seen in that phase of building an index.");
    }

    /** As the migration does, until it is cancelled. */
    private static void buildIndex() {
        try (Connection connection =
                        DriverManager.getConnection(environment.primary().jdbcUrl(ApplicationNames.MIGRATION));
                Statement statement = connection.createStatement()) {
            statement.execute("create index concurrently phased_id on phased (id)");
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("57014");
        }
    }

    @Test
    void aFaultWithoutATimeLastsUntilItsStageEnds() throws Exception {
        Fault.Down down =
                new Fault.Down("primary", new Cue.AfterStageStart(Stage.BASELINE, Duration.ZERO), Optional.empty());
        try (FaultInjector injector = injector(down)) {
            injector.stageStarted(Stage.BASELINE);
            Awaitility.await().until(() -> !startedEvents().isEmpty());
            assertThat(canConnect()).isFalse();

            injector.stageEnded(Stage.BASELINE);

            assertThat(canConnect()).isTrue();
            assertThat(ended(0).happened()).isTrue();
            assertThat(ended(0).effect()).startsWith("Kept the server out of reach for ");
        }
    }

    @Test
    void namesAFaultWhoseCueNeverCame() throws Exception {
        try (FaultInjector injector =
                injector(latency(new Cue.AfterStageStart(Stage.ROLLBACK, LONG), Optional.empty(), 1))) {
            assertThat(events).isEmpty();
        }
        assertThat(started(0).index()).isZero();
        assertThat(ended(0).happened()).isFalse();
        assertThat(ended(0).effect()).isEqualTo("Did not happen: the run ended before its cue.");
    }

    @Test
    void everyKindOfNetworkFaultIsTakenBack() throws Exception {
        Cue cue = new Cue.BeforeStep("step", Duration.ZERO);
        Optional<Duration> open = Optional.empty();
        try (FaultInjector injector = injector(
                new Fault.Latency("primary", cue, open, DOWN, Duration.ofMillis(5), Duration.ofMillis(2)),
                new Fault.Bandwidth("primary", cue, open, DOWN, 0),
                new Fault.Timeout("primary", cue, open, Fault.Direction.UPSTREAM, Duration.ZERO),
                new Fault.ResetPeer("primary", cue, open, DOWN, Duration.ofMillis(7)),
                new Fault.SlowClose("primary", cue, open, DOWN, Duration.ofSeconds(1)),
                new Fault.Slicer("primary", cue, open, DOWN, 64, 32, Duration.ofNanos(250_000)),
                new Fault.LimitData("primary", cue, open, Fault.Direction.UPSTREAM, 10_000),
                new Fault.Down("primary", cue, open),
                new Fault.Down("primary", cue, Optional.of(LONG)))) {
            injector.beforeStep("step");

            assertThat(startedEvents()).hasSize(9);
            injector.stageEnded(Stage.MIGRATION);
            assertThat(canConnect()).as("the second fault still keeps it down").isFalse();
        }
        assertThat(endedEvents()).hasSize(9).allMatch(RunEvent.FaultEnded::happened);
        assertThat(events).noneMatch(RunEvent.InstrumentTrouble.class::isInstance);
        assertHealed();
    }

    @Test
    void limitDataBreaksAnAnswerThatIsTooLong() throws Exception {
        Cue cue = new Cue.BeforeStep("step", Duration.ZERO);
        try (FaultInjector injector = injector(new Fault.LimitData("primary", cue, Optional.empty(), DOWN, 100_000))) {
            injector.beforeStep("step");

            assertThat(canConnect()).isTrue();
            assertThatThrownBy(FaultInjectorTest::longAnswer).isInstanceOf(SQLException.class);
        }
        assertThat(started(0).description())
                .isEqualTo("Connections are closed after 100000 bytes from the server to its clients"
                        + " until the stage ends.");
        assertThat(longAnswer()).isEqualTo(200_000);
        assertHealed();
    }

    @Test
    void slicerCutsAnAnswerAndKeepsIt() throws Exception {
        Cue cue = new Cue.BeforeStep("step", Duration.ZERO);
        try (FaultInjector injector = injector(
                new Fault.Slicer("primary", cue, Optional.empty(), DOWN, 1500, 500, Duration.ofNanos(1_500_000)))) {
            injector.beforeStep("step");

            long before = System.nanoTime();
            assertThat(longAnswer()).isEqualTo(200_000);
            // No piece has more than 2000 bytes.
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(99 * 3 / 2));
        }
        assertThat(started(0).description())
                .isEqualTo("Bytes from the server to its clients arrive in pieces of 1500 ± 500 bytes, 1500 µs apart"
                        + " until the stage ends.");
        assertThat(ended(0).effect())
                .startsWith(
                        "Cut bytes from the server to its clients into pieces of 1500 ± 500 bytes, 1500 µs apart for ");
        assertHealed();
    }

    private static int longAnswer() throws SQLException {
        try (Connection connection = application();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select repeat('x', 200000)")) {
            row.next();
            return row.getString(1).length();
        }
    }

    @Test
    void aBlockerKeepsItsTransactionOpenForItsTime() throws Exception {
        run("create table held (id int)");
        Fault.Blocker blocker = new Fault.Blocker(
                new Cue.BeforeStep("alter", Duration.ofMillis(200)), "select * from held", Duration.ofMillis(1500));
        try (FaultInjector injector = injector(blocker)) {
            injector.beforeStep("alter");
            assertThat(ask(BLOCKER_STATE)).isEqualTo("idle in transaction");

            run("alter table held add column late int");
            long altered = System.nanoTime();

            Awaitility.await().until(() -> endedEvents().size() == 1);
            assertThat(altered).isGreaterThan(0);
            assertThat(ended(0).happened()).isTrue();
            assertThat(ended(0).effect()).matches("A transaction was open for 1\\.[5-9][0-9]* s, then committed\\.");
            assertThat(ended(0).atNanos() - started(0).atNanos())
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1490));
        }
    }

    @Test
    void aBlockerIsRolledBackWhenTheRunEnds() throws Exception {
        run("create table undone (id int)");
        Fault.Blocker blocker =
                new Fault.Blocker(new Cue.BeforeStep("alter", Duration.ZERO), "insert into undone values (1)", LONG);
        FaultInjector injector = injector(blocker);
        injector.beforeStep("alter");
        Awaitility.await().until(() -> ask(BLOCKER_STATE).equals("idle in transaction"));

        injector.close();

        assertThat(ask("select count(*) from undone")).isEqualTo("0");
        assertThat(ended(0).effect()).endsWith(", then the run ended it early and rolled it back.");
        Awaitility.await().until(() -> ask(BLOCKER_STATE).isEmpty());
    }

    @Test
    void aBlockersStatementDoesNotOutliveItsTime() throws Exception {
        Fault.Blocker blocker = new Fault.Blocker(
                new Cue.BeforeStep("alter", Duration.ZERO), "select pg_sleep(3600)", Duration.ofMillis(300));
        try (FaultInjector injector = injector(blocker)) {
            injector.beforeStep("alter");

            Awaitility.await().until(() -> endedEvents().size() == 1);
            assertThat(ended(0).happened()).isTrue();
            assertThat(ended(0).effect()).endsWith("; its statement was still running and was cancelled.");
        }
    }

    @Test
    void aBlockerThatFailsIsTrouble() throws Exception {
        Fault.Blocker blocker =
                new Fault.Blocker(new Cue.BeforeStep("alter", Duration.ZERO), "select * from nowhere", LONG);
        try (FaultInjector injector = injector(blocker)) {
            injector.beforeStep("alter");

            Awaitility.await().until(() -> endedEvents().size() == 1);
            assertThat(ended(0).happened()).isFalse();
            assertThat(ended(0).effect()).startsWith("The blocker failed: 42P01: ");
            Awaitility.await().until(() -> events.stream().anyMatch(RunEvent.InstrumentTrouble.class::isInstance));
        }
    }

    @Test
    void aPausedServerAnswersWhenItGoesOnAndKeepsItsConnections() throws Exception {
        Fault fault = new Fault.Pause(
                "primary", new Cue.BeforeStep("step", Duration.ZERO), Optional.of(Duration.ofMillis(400)));
        try (FaultInjector injector = injector(fault);
                Connection connection = application();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");

            long before = System.nanoTime();
            injector.beforeStep("step");
            statement.execute("select 1");

            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(400));
            Awaitility.await().until(() -> endedEvents().size() == 1);
        }
        assertThat(started(0).description())
                .isEqualTo("Every process of the server stands still for 400 ms; connections stay open.");
        assertThat(ended(0).happened()).isTrue();
        assertThat(ended(0).effect()).startsWith("Had every process of the server stand still for ");
        assertThat(troubles()).isEmpty();
        assertHealed();
    }

    @Test
    void nothingOfAPausedServerRunsAndClosingTheInjectorLetsItGoOn() throws Exception {
        ProcessHandle postmaster =
                ProcessHandle.of(environment.primary().processId()).orElseThrow();
        Fault fault = new Fault.Pause("primary", new Cue.BeforeStep("step", Duration.ZERO), Optional.of(LONG));
        try (FaultInjector injector = injector(fault)) {
            injector.beforeStep("step");

            assertThat(Stream.concat(Stream.of(postmaster), postmaster.descendants()))
                    .hasSizeGreaterThan(3)
                    .allSatisfy(process -> assertThat(state(process)).isEqualTo('T'));
        }
        assertHealed();
    }

    @Test
    void aCrashEndsEverySessionAndWhatWasCommittedIsThereAgain() throws Exception {
        run("create table crashed (id int)");
        long postmasterBefore = environment.primary().processId();
        Fault fault = new Fault.Crash("primary", new Cue.BeforeStep("step", Duration.ZERO), Optional.of(LONG));
        try (Connection connection = application();
                Statement statement = connection.createStatement();
                Connection open = application();
                Statement uncommitted = open.createStatement()) {
            statement.execute("insert into crashed values (1)");
            open.setAutoCommit(false);
            uncommitted.execute("insert into crashed values (2)");
            try (FaultInjector injector = injector(fault)) {
                injector.beforeStep("step");

                assertThatThrownBy(() -> statement.execute("select 1"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isIn("08006", "57P02"));
                assertThat(canConnect()).isFalse();
                assertThat(ProcessHandle.of(postmasterBefore)).isEmpty();
            }
        }

        assertThat(environment.primary().processId()).isNotEqualTo(postmasterBefore);
        assertThat(ask("select string_agg(id::text, ',') from crashed")).isEqualTo("1");
        assertThat(ended(0).happened()).isTrue();
        assertThat(ended(0).effect())
                .startsWith("Killed every process of the server; started again and recovered, it answered after ");
        assertThat(troubles()).isEmpty();
        assertHealed();
    }

    @Test
    void aServerThatIsAwayCannotBeTakenAwayAgain() throws Exception {
        Fault pause = new Fault.Pause("primary", new Cue.BeforeStep("step", Duration.ZERO), Optional.of(LONG));
        Fault crash = new Fault.Crash("primary", new Cue.AfterStepStart("step", Duration.ZERO), Optional.of(LONG));
        try (FaultInjector injector = injector(pause, crash)) {
            injector.beforeStep("step");
            injector.stepStarted("step");
            Awaitility.await().until(() -> endedEvents().size() == 1);
        }

        assertThat(ended(0).index()).isEqualTo(1);
        assertThat(ended(0).happened()).isFalse();
        assertThat(ended(0).effect()).isEqualTo("Did not happen: the server was away already, by an earlier fault.");
        assertThat(ended(1).happened()).isTrue();
        assertHealed();
    }

    @Test
    void beginsWhenTheMigrationWaitsForALockAndWhenItHasIt() throws Exception {
        run("create table cued (id int)");
        Fault queued = latency(new Cue.LockQueued("cued"), Optional.of(LONG), 1);
        Fault held = latency(new Cue.LockHeld("cued"), Optional.of(LONG), 1);
        Fault never = latency(new Cue.LockQueued("elsewhere"), Optional.of(LONG), 1);
        try (FaultInjector injector = injector(queued, held, never);
                Connection reader = direct();
                Statement reading = reader.createStatement();
                Connection migration =
                        DriverManager.getConnection(environment.primary().jdbcUrl(ApplicationNames.MIGRATION));
                Statement altering = migration.createStatement()) {
            reader.setAutoCommit(false);
            reading.execute("select * from cued");
            migration.setAutoCommit(false);
            injector.stageStarted(Stage.MIGRATION);
            Thread alter = Thread.ofPlatform().start(() -> executeQuietly(altering, "alter table cued add x int"));

            Awaitility.await().until(() -> startedKinds().contains(0));
            assertThat(startedKinds()).containsExactly(0);

            reader.commit();
            alter.join();
            Awaitility.await().until(() -> startedKinds().contains(1));
            migration.rollback();
            injector.stageEnded(Stage.MIGRATION);
        }
        assertThat(endedEvents().stream().filter(event -> !event.happened()).map(RunEvent.FaultEnded::effect))
                .containsExactly(
                        "Did not happen: the migration was not seen to wait for a lock on that table that stops writes.");
        assertThat(troubles()).isEmpty();
    }

    private List<Integer> startedKinds() {
        return events.stream()
                .filter(RunEvent.FaultStarted.class::isInstance)
                .map(event -> ((RunEvent.FaultStarted) event).index())
                .toList();
    }

    private static void executeQuietly(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static char state(ProcessHandle process) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    private List<RunEvent> troubles() {
        return events.stream()
                .filter(RunEvent.InstrumentTrouble.class::isInstance)
                .toList();
    }

    @Test
    void aProxyThatIsNotThereIsTroubleAndNotAnException() throws Exception {
        Fault fault = latency(new Cue.BeforeStep("step", Duration.ZERO), Optional.empty(), 1);
        try (FaultInjector injector = new FaultInjector(
                numbered(
                        List.of(new Fault.Down("nobody", new Cue.BeforeStep("step", Duration.ZERO), Optional.empty()))),
                environment.faultApi(),
                switches(),
                () -> "",
                () -> "",
                RunClock.started(),
                journal())) {
            injector.beforeStep("step");

            assertThat(ended(0).happened()).isFalse();
            assertThat(ended(0).effect()).startsWith("Did not happen: down could not be injected: ");
        }
        try (FaultInjector injector = new FaultInjector(
                numbered(List.of(fault)),
                URI.create("http://127.0.0.1:1"),
                switches(),
                () -> "",
                () -> "",
                RunClock.started(),
                journal())) {
            injector.beforeStep("step");
        }
        assertThat(events.stream().filter(RunEvent.InstrumentTrouble.class::isInstance))
                .hasSize(3);
    }

    // ----
    // ---------------------------------------------------------------------------------------------------------------

    private static final String BLOCKER_STATE =
            "select coalesce(max(state), '') from pg_stat_activity where application_name = 'harness-blocker'";

    private static Fault latency(Cue cue, Optional<Duration> duration, long millis) {
        return new Fault.Latency("primary", cue, duration, DOWN, Duration.ofMillis(millis), Duration.ZERO);
    }

    private ServerSwitches switches() {
        return new ServerSwitches() {
            @Override
            public void pause(String server) throws EnvironmentException {
                environment.control(server).pause();
            }

            @Override
            public void resume(String server) throws EnvironmentException {
                environment.control(server).resume();
            }

            @Override
            public void crash(String server) throws EnvironmentException {
                environment.control(server).kill();
            }

            @Override
            public void restart(String server) throws EnvironmentException {
                environment.control(server).startAgain();
            }

            @Override
            public void fillDisk(long leaveBytes) {
                throw new UnsupportedOperationException("this server has no disk of its own");
            }

            @Override
            public void freeDisk() {
                throw new UnsupportedOperationException("this server has no disk of its own");
            }

            @Override
            public Duration failOver(String replica, boolean planned) throws EnvironmentException {
                if (replica.equals("nobody")) {
                    failingOver.release();
                    failOver.acquireUninterruptibly();
                    throw new EnvironmentException("there is nobody", "promote somebody");
                }
                return environment.failOver(replica, planned);
            }

            @Override
            public Succession elect(boolean planned) throws EnvironmentException {
                return environment.elect(planned);
            }
        };
    }

    private FaultInjector injector(Fault... faults) {
        return new FaultInjector(
                numbered(List.of(faults)),
                environment.faultApi(),
                switches(),
                () -> environment.primary().jdbcUrl(ApplicationNames.BLOCKER),
                () -> environment.primary().jdbcUrl(ApplicationNames.OBSERVER),
                RunClock.started(),
                journal());
    }

    private static SortedMap<Integer, Fault> numbered(List<Fault> faults) {
        SortedMap<Integer, Fault> numbered = new TreeMap<>();
        faults.forEach(fault -> numbered.put(numbered.size(), fault));
        return numbered;
    }

    private Journal journal() {
        return events::add;
    }

    private List<RunEvent.FaultStarted> startedEvents() {
        return events.stream()
                .filter(RunEvent.FaultStarted.class::isInstance)
                .map(RunEvent.FaultStarted.class::cast)
                .toList();
    }

    private List<RunEvent.FaultEnded> endedEvents() {
        return events.stream()
                .filter(RunEvent.FaultEnded.class::isInstance)
                .map(RunEvent.FaultEnded.class::cast)
                .toList();
    }

    private RunEvent.FaultStarted started(int index) {
        return startedEvents().get(index);
    }

    private RunEvent.FaultEnded ended(int index) {
        return endedEvents().get(index);
    }

    private static void assertHealed() throws SQLException {
        assertThat(canConnect()).isTrue();
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            fastest = Math.min(fastest, queryNanos());
        }
        assertThat(fastest).isLessThan(TimeUnit.MILLISECONDS.toNanos(150));
    }

    private static boolean canConnect() {
        try (Connection connection = application()) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Of a query on a connection that is already there. */
    private static long queryNanos() throws SQLException {
        try (Connection connection = application();
                Statement statement = connection.createStatement()) {
            long started = System.nanoTime();
            statement.execute("select 1");
            return System.nanoTime() - started;
        }
    }

    private static Connection application() throws SQLException {
        return DriverManager.getConnection(environment.application().jdbcUrl(ApplicationNames.application("test")));
    }

    private static String ask(String query) throws SQLException {
        try (Connection connection = direct();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void run(String command) throws SQLException {
        try (Connection connection = direct();
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    private static Connection direct() throws SQLException {
        return DriverManager.getConnection(environment.primary().jdbcUrl(ApplicationNames.OBSERVER));
    }
}
