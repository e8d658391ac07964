package dev.rehearsal.load;

import static dev.rehearsal.load.Workloads.operation;
import static dev.rehearsal.load.Workloads.pool;
import static dev.rehearsal.load.Workloads.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.proxy.FaultProxyServer;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Operation;
import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import eu.rekawek.toxiproxy.model.Toxic;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load against a real server. */
class LoadTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Operation READ = operation(
            "read",
            1,
            Map.of("id", new Parameter.References("accounts", "id", 1.1)),
            "select * from accounts where id = :id");

    @TempDir
    private static Path serverDirectory;

    private static AccountsServer server;

    @TempDir
    private Path directory;

    private final RunClock clock = RunClock.started();
    private final List<RunEvent> events = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void startServer() throws Exception {
        server = AccountsServer.started(serverDirectory);
        server.execute(
                "create table payments (id bigint primary key, account bigint not null, amount numeric not null, tag text)");
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    private Path requestsFile() {
        return directory.resolve("requests.bin");
    }

    private void begin(Load load, Workload workload) throws Exception {
        load.begin(
                new LoadSpec(workload, 7, server.url(), List.of(), server.url()), clock, requestsFile(), events::add);
    }

    private List<RequestRecord> requests() throws Exception {
        List<RequestRecord> requests = new ArrayList<>();
        RequestLog.open(requestsFile()).forEach(requests::add);
        return requests;
    }

    private RunEvent.LoadEnded ended() {
        return events.stream()
                .filter(RunEvent.LoadEnded.class::isInstance)
                .map(RunEvent.LoadEnded.class::cast)
                .reduce((one, other) -> {
                    throw new AssertionError("ended twice");
                })
                .orElseThrow();
    }

    /** Which version each request had follows from its number, its instant and when the deployments began. */
    @Test
    void movesAServiceFromOneVersionToTheNextAndBack() throws Exception {
        Operation note =
                operation("note", 1, Map.of("id", new Parameter.Sequence(1)), "insert into notes values (:id, 'old')");
        Operation newer =
                operation("note", 1, Map.of("id", new Parameter.Sequence(1)), "insert into notes values (:id, 'v2')");
        Operation only = operation("count", 1, Map.of(), "select count(*) from accounts");
        server.execute("create table notes (id bigint primary key, version text)");
        Workload.Service shop = new Workload.Service(
                "shop",
                new Rate.Steady(400),
                pool(10, Duration.ofSeconds(5)),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                List.of(note, READ),
                Map.of("v2", List.of(newer, only)));

        try (Load load = Load.launch()) {
            begin(load, Workloads.of(Arrivals.POISSON, shop));
            await().until(() -> load.live().completed() > 100);
            long end = load.deploy("shop", "v2", Duration.ofMillis(700));
            await().until(() -> clock.nowNanos() > end + 300_000_000);
            load.deploy("shop", Workload.Service.OLD, Duration.ZERO);
            await().until(() -> clock.nowNanos() > end + 900_000_000);
            load.stopAndDrain(LIMIT);
        }

        List<RunEvent.Deploying> deployed = events.stream()
                .filter(RunEvent.Deploying.class::isInstance)
                .map(RunEvent.Deploying.class::cast)
                .toList();
        assertThat(deployed).extracting(RunEvent.Deploying::version).containsExactly("v2", "old");
        Deployments deployments = new Deployments();
        deployments.add(new Deployments.Window(
                1,
                deployed.get(0).startNanos(),
                deployed.get(0).endNanos() - deployed.get(0).startNanos()));
        deployments.add(new Deployments.Window(0, deployed.get(1).startNanos(), 0));
        ArrivalPlan plan = new ArrivalPlan(7, Arrivals.POISSON, shop);
        List<RequestLog.OperationKey> operations =
                RequestLog.open(requestsFile()).operations();
        assertThat(operations.stream().map(key -> key.version() + " " + key.operation()))
                .containsExactly("old note", "old read", "v2 note", "v2 read", "v2 count");
        List<RequestRecord> requests = requests();
        assertThat(requests).allSatisfy(request -> {
            long arrival = request.attempts().arrival();
            int version = deployments.version(plan.versionDraw(arrival), request.t0Nanos());
            assertThat(request.operation()).isEqualTo((version == 0 ? 0 : 2) + plan.operation(arrival, version));
            assertThat(request.outcome()).isEqualTo(Outcome.SUCCEEDED);
        });
        long first = deployed.get(0).startNanos();
        long last = deployed.get(0).endNanos();
        assertThat(requests.stream()
                        .filter(request -> request.t0Nanos() > first && request.t0Nanos() < last)
                        .map(request -> operations.get(request.operation()).version())
                        .distinct())
                .containsExactlyInAnyOrder("old", "v2");
        assertThat(server.ask("select count(distinct version) from notes")).isEqualTo(2);
    }

    @Test
    void recordsEveryPlannedArrivalOnceAndWhatItsTransactionsDid() throws Exception {
        Operation pay = operation(
                "pay",
                1,
                Map.of(
                        "id", new Parameter.Sequence(1),
                        "account", new Parameter.References("accounts", "id", 0),
                        "amount", new Parameter.UniformDecimal(java.math.BigDecimal.ONE, java.math.BigDecimal.TEN, 2),
                        "tag", new Parameter.Choice(List.of("a", "b"), List.of(1.0, 1.0))),
                "insert into payments values (:id, :account, :amount, :tag)",
                "update accounts set balance = balance + :amount where id = :account");
        Rate rising =
                new Rate.Curve(List.of(new Rate.Point(Duration.ZERO, 50), new Rate.Point(Duration.ofSeconds(3), 250)));
        Workload workload = Workloads.of(
                Arrivals.POISSON,
                service("shop", rising, pool(4, LIMIT), READ),
                service("pay", 50, pool(4, LIMIT), pay));

        try (Load load = Load.launch()) {
            begin(load, workload);
            await().atMost(LIMIT).until(() -> load.live().completed() >= 400);
            load.stopAndDrain(LIMIT);
            assertThat(load.live().inFlight()).isZero();
            assertThat(load.failure()).isEmpty();
        }

        List<RequestRecord> requests = requests();
        assertThat(ended().planned()).isEqualTo(requests.size());
        assertThat(ended().recorded()).isEqualTo(requests.size());
        long[] offsets = IntStream.range(0, 60)
                .mapToObj(
                        new ArrivalPlan(7, Arrivals.POISSON, workload.services().getFirst())::offsets)
                .flatMapToLong(LongStream::of)
                .toArray();
        List<Long> arrivals = requests.stream()
                .filter(request -> request.operation() == 0)
                .map(RequestRecord::t0Nanos)
                .sorted()
                .toList();
        for (int i = 0; i < arrivals.size(); i++) {
            assertThat(arrivals.get(i) - arrivals.getFirst()).isEqualTo(offsets[i] - offsets[0]);
        }
        assertThat(requests).allSatisfy(request -> {
            assertThat(request.outcome()).isEqualTo(Outcome.SUCCEEDED);
            assertThat(request.backendPid()).isPositive();
            assertThat(request.t0Nanos()).isLessThanOrEqualTo(request.t1Nanos());
            assertThat(request.t1Nanos()).isLessThanOrEqualTo(request.t2Nanos());
            assertThat(request.t2Nanos()).isLessThanOrEqualTo(request.t3Nanos());
        });
        long payments =
                requests.stream().filter(request -> request.operation() == 1).count();
        assertThat(server.ask("select count(*) from payments")).isEqualTo(payments);
        assertThat(server.ask("select max(id) from payments")).isEqualTo(payments);
        assertThat(server.ask("select (select sum(amount) from payments) - (select sum(balance) from accounts)"))
                .isZero();
    }

    @Test
    void failuresAreRecordedByTheirKind() throws Exception {
        server.execute("create table once (id int primary key); insert into once values (1)");
        Workload workload = Workloads.of(
                Arrivals.CONSTANT,
                service("dividing", 50, pool(2, LIMIT), operation("divide", 1, Map.of(), "select 1 / 0")),
                service(
                        "duplicating",
                        50,
                        pool(2, LIMIT),
                        operation("duplicate", 1, Map.of(), "update once set id = 1", "insert into once values (1)")),
                service(
                        "impatient",
                        20,
                        pool(4, LIMIT),
                        Duration.ofMillis(20),
                        operation("sleep", 1, Map.of(), "select pg_sleep(5)")),
                service(
                        "starved",
                        20,
                        pool(1, Duration.ofMillis(50)),
                        operation("occupy", 1, Map.of(), "select pg_sleep(0.4)")));

        try (Load load = Load.launch()) {
            begin(load, workload);
            await().atMost(LIMIT).until(() -> load.live().completed() >= 200);
            load.stopAndDrain(LIMIT);
        }

        List<RequestRecord> requests = requests();
        assertThat(ended().planned()).isEqualTo(requests.size());
        assertThat(requests).filteredOn(request -> request.operation() == 0).allSatisfy(request -> {
            assertThat(request.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(request.sqlState()).isEqualTo("22012");
            assertThat(request.failedStatement()).isZero();
        });
        assertThat(requests).filteredOn(request -> request.operation() == 1).allSatisfy(request -> {
            assertThat(request.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(request.sqlState()).isEqualTo("23505");
            assertThat(request.failedStatement()).isEqualTo(1);
        });
        assertThat(requests).filteredOn(request -> request.operation() == 2).allSatisfy(request -> {
            assertThat(request.outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(request.sqlState()).isEqualTo("57014");
            assertThat(request.t3Nanos() - request.t2Nanos())
                    .isGreaterThan(Duration.ofMillis(19).toNanos());
        });
        assertThat(requests)
                .filteredOn(request -> request.operation() == 3 && request.failed())
                .isNotEmpty()
                .allSatisfy(request -> {
                    assertThat(request.outcome()).isEqualTo(Outcome.POOL_TIMED_OUT);
                    assertThat(request.t2Nanos()).isEqualTo(RequestRecord.NEVER);
                    assertThat(request.backendPid()).isZero();
                    assertThat(request.t3Nanos() - request.t1Nanos())
                            .isGreaterThan(Duration.ofMillis(49).toNanos());
                });
        assertThat(requests).anyMatch(request -> request.operation() == 3 && !request.failed());
    }

    /** Mean and share of a stall of known length; the pool is not first come, first served, so single quantiles near the edge say nothing. */
    @Test
    void lockOfKnownLengthIsFeltByAllThatArriveWhileItLasts() throws Exception {
        Workload workload = Workloads.of(Arrivals.CONSTANT, service("shop", 200, pool(8, LIMIT), READ));
        long lockedNanos;
        long unlockedNanos;

        try (Load load = Load.launch()) {
            begin(load, workload);
            await().atMost(LIMIT).until(() -> load.live().completed() >= 600);
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("lock table accounts in access exclusive mode");
                lockedNanos = clock.nowNanos();
                statement.execute("select pg_sleep(1)");
                unlockedNanos = clock.nowNanos();
                connection.commit();
            }
            // At once: whoever waited is still under way, and has to be waited for.
            load.stopAndDrain(LIMIT);
        }

        List<RequestRecord> during = assertStallWasFelt(lockedNanos, unlockedNanos);
        assertThat(during)
                .filteredOn(request -> request.t3Nanos() - request.t2Nanos() > 500_000_000L)
                .as("those that had a connection; the others waited for one")
                .hasSizeLessThanOrEqualTo(8);
    }

    /** Nothing of the server's is in the way here: the line to it is silent. */
    @Test
    void silenceOfKnownLengthOnTheLineIsFeltByAllThatArriveWhileItLasts() throws Exception {
        Workload workload = Workloads.of(Arrivals.CONSTANT, service("shop", 200, pool(8, LIMIT), READ));
        long silentNanos;
        long heardNanos;

        try (FaultProxyServer proxies = FaultProxyServer.start(0, 42);
                Load load = Load.launch()) {
            int port = proxies.add(
                    "line",
                    server.server().facts().host() + ":" + server.server().port());
            String proxied = server.url().replace(":" + server.server().port() + "/", ":" + port + "/");
            load.begin(new LoadSpec(workload, 7, proxied, List.of(), server.url()), clock, requestsFile(), events::add);
            await().atMost(LIMIT).until(() -> load.live().completed() >= 600);
            Proxy line =
                    new ToxiproxyClient(proxies.uri().getHost(), proxies.uri().getPort()).getProxy("line");
            Toxic silence = line.toxics().bandwidth("silence", ToxicDirection.DOWNSTREAM, 0);
            silentNanos = clock.nowNanos();
            server.execute("select pg_sleep(1)");
            heardNanos = clock.nowNanos();
            silence.remove();
            await().atMost(LIMIT).until(() -> load.live().inFlight() < 5);
            load.stopAndDrain(LIMIT);
        }

        assertStallWasFelt(silentNanos, heardNanos);
    }

    private List<RequestRecord> assertStallWasFelt(long fromNanos, long untilNanos) throws Exception {
        List<RequestRecord> during = requests().stream()
                .filter(request -> fromNanos <= request.t0Nanos() && request.t0Nanos() < untilNanos)
                .toList();
        double seconds = (untilNanos - fromNanos) / 1e9;
        assertThat((double) during.size()).isCloseTo(200 * seconds, within(3.0));
        assertThat(during).allMatch(request -> request.outcome() == Outcome.SUCCEEDED);
        assertThat(during).allMatch(request -> request.t3Nanos() >= untilNanos);
        // All of them wait for the rest of the stall, half of it on average, and then for each other; the formula's D²
        // / 2 is the area.
        double mean = during.stream()
                        .mapToLong(RequestRecord::responseNanos)
                        .average()
                        .orElseThrow()
                / 1e9;
        assertThat(mean).isBetween(0.95 * seconds / 2, 0.95 * seconds / 2 + 0.5);
        double worst =
                during.stream().mapToLong(RequestRecord::responseNanos).max().orElseThrow() / 1e9;
        assertThat(worst).isBetween(0.99 * seconds, seconds + 0.5);
        return during;
    }

    @Test
    void whatStillRunsAtTheDrainsLimitIsAbandonedAndCounted() throws Exception {
        Workload workload = Workloads.of(
                Arrivals.CONSTANT,
                service("stuck", 50, pool(2, LIMIT), operation("sleep", 1, Map.of(), "select pg_sleep(60)")));

        try (Load load = Load.launch()) {
            begin(load, workload);
            await().atMost(LIMIT).until(() -> load.live().inFlight() >= 20);
            load.stopAndDrain(Duration.ofMillis(100));
        }

        List<RequestRecord> requests = requests();
        assertThat(ended().planned()).isEqualTo(requests.size());
        assertThat(requests)
                .hasSizeGreaterThanOrEqualTo(20)
                .allMatch(request -> request.outcome() == Outcome.ABANDONED);
        assertThat(requests)
                .filteredOn(request -> request.t2Nanos() != RequestRecord.NEVER)
                .hasSize(2);
    }

    @Test
    void deathOfTheInjectorIsNoticedWhileTheLoadRuns() throws Exception {
        Workload workload = Workloads.of(Arrivals.CONSTANT, service("shop", 50, pool(2, LIMIT), READ));
        CountDownLatch noticed = new CountDownLatch(1);

        try (Load load = Load.launch()) {
            begin(load, workload);
            load.onFailure(noticed::countDown);
            await().atMost(LIMIT).until(() -> load.live().completed() >= 50);
            ProcessHandle.of(load.processIds().getFirst()).orElseThrow().destroyForcibly();

            assertThat(noticed.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(load.failure())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("ended with status 137"));
            assertThatThrownBy(() -> load.stopAndDrain(LIMIT))
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessageContaining("ended with status 137");
        }

        assertThat(requests()).hasSizeGreaterThanOrEqualTo(50);
        assertThat(events).noneMatch(RunEvent.LoadEnded.class::isInstance);
    }

    @Test
    void serverThatCannotBeReachedIsAnEnvironmentProblem() throws Exception {
        Workload workload = Workloads.of(
                Arrivals.CONSTANT,
                service("shop", 50, pool(2, Duration.ofSeconds(1)), operation("one", 1, Map.of(), "select 1")));
        LoadSpec spec = new LoadSpec(
                workload, 7, "jdbc:postgresql://127.0.0.1:1/nowhere?user=x&password=y", List.of(), server.url());

        try (Load load = Load.launch()) {
            assertThatThrownBy(() -> load.begin(spec, clock, requestsFile(), events::add))
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessageStartingWith("the workload cannot connect: Connection to 127.0.0.1:1 refused");
        }
    }

    @Test
    void injectorEndsWithItsHarness() throws Exception {
        Process injector = new ProcessBuilder(InjectorProcess.command(List.of())).start();
        try {
            injector.getOutputStream().close();

            assertThat(injector.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            injector.destroyForcibly();
        }
    }

    @Test
    void closingEndsTheInjectorAlsoBeforeItBegan() throws Exception {
        Load load = Load.launch();
        ProcessHandle injector = ProcessHandle.of(load.processIds().getFirst()).orElseThrow();

        load.close();

        assertThat(injector.isAlive()).isFalse();
    }
}
