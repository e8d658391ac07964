package dev.rehearsal.load;

import static dev.rehearsal.load.Workloads.operation;
import static dev.rehearsal.load.Workloads.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.InjectorEnded;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Injectors;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes against a real server: what three of them do is what one of them would have done. */
@Tag("proof")
@Timeout(180)
class SeveralInjectorsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int COUNT = 3;
    private static final String TOKEN = "a token of this test alone";
    private static final Workload.Service SHOP = new Workload.Service(
            "shop",
            new Rate.Steady(200),
            pool(8, Duration.ofSeconds(5)),
            Optional.empty(),
            Optional.empty(),
            List.of(
                    operation(
                            "note",
                            1,
                            Map.of("id", new Parameter.Sequence(1)),
                            "insert into notes values (:id, 'old')"),
                    operation(
                            "read",
                            1,
                            Map.of("id", new Parameter.UniformLong(1, 1000)),
                            "select * from accounts where id = :id")),
            Map.of(
                    "v2",
                    List.of(operation(
                            "note",
                            1,
                            Map.of("id", new Parameter.Sequence(1)),
                            "insert into notes values (:id, 'v2')"))));
    private static final Workload WORKLOAD = Workloads.of(Arrivals.POISSON, SHOP);

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
        server.execute("create table notes (id bigint primary key, version text)");
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    private void begin(Load load) throws Exception {
        load.begin(
                new LoadSpec(WORKLOAD, 7, server.url(), List.of(), server.url()),
                clock,
                directory.resolve("requests.bin"),
                events::add);
    }

    /** In the order of their arrivals. */
    private List<RequestRecord> requests() throws Exception {
        List<RequestRecord> requests = new ArrayList<>();
        RequestLog.open(directory.resolve("requests.bin")).forEach(requests::add);
        requests.sort(Comparator.comparingLong(request -> request.attempts().arrival()));
        return requests;
    }

    private <T> List<T> told(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test
    void threeMakeTheProcessThatOneMakesThroughADeployment() throws Exception {
        long deployedBy;
        try (Load load = Load.launch(Injectors.here(COUNT), List.of())) {
            begin(load);
            assertThat(load.processIds()).hasSize(COUNT).doesNotHaveDuplicates();
            await().atMost(LIMIT).until(() -> load.live().completed() > 300);
            deployedBy = load.deploy("shop", "v2", Duration.ofMillis(500));
            await().atMost(LIMIT).until(() -> clock.nowNanos() > deployedBy + 300_000_000);
            load.stopAndDrain(LIMIT);
        }

        List<RequestRecord> requests = requests();
        assertThat(told(RunEvent.LoadEnded.class))
                .singleElement()
                .satisfies(ended ->
                        assertThat(List.of(ended.planned(), ended.recorded())).containsOnly((long) requests.size()));
        assertThat(told(InjectorEnded.class)).extracting(InjectorEnded::slice).containsExactly(0, 1, 2);
        assertThat(told(InjectorEnded.class))
                .allSatisfy(injector -> assertThat(injector.clock()).isEmpty())
                .allSatisfy(injector ->
                        assertThat(injector.planned() - requests.size() / COUNT).isBetween(0L, 1L));
        assertThatItIsThePlan(requests, told(RunEvent.Deploying.class));
        assertThat(server.ask("select count(*) from notes")).isEqualTo(server.ask("select max(id) from notes"));
        assertThat(server.ask("select count(distinct version) from notes")).isEqualTo(2);
        server.execute("truncate notes");
    }

    /** Every arrival is there once, at its instant, as the operation of the version that it met: all a function of the seed and of when was deployed. */
    private static void assertThatItIsThePlan(List<RequestRecord> requests, List<RunEvent.Deploying> deployed) {
        ArrivalPlan plan = new ArrivalPlan(7, Arrivals.POISSON, SHOP);
        ArrivalPlan.Instants instants = plan.instants();
        Deployments deployments = new Deployments();
        deployed.forEach(each ->
                deployments.add(new Deployments.Window(1, each.startNanos(), each.endNanos() - each.startNanos())));
        long first = instants.next();
        for (int arrival = 0; arrival < requests.size(); arrival++) {
            RequestRecord request = requests.get(arrival);
            assertThat(request.attempts().arrival()).isEqualTo(arrival);
            assertThat(request.outcome()).isEqualTo(Outcome.SUCCEEDED);
            if (arrival > 0) {
                assertThat(request.t0Nanos() - requests.getFirst().t0Nanos()).isEqualTo(instants.next() - first);
            }
            int version = deployments.version(plan.versionDraw(arrival), request.t0Nanos());
            assertThat(request.operation()).isEqualTo(2 * version + plan.operation(arrival, version));
        }
    }

    /** As a scheduler starts them: nothing is on their command lines but the harness's address and their slices. */
    @Test
    void thoseThatCallMakeItTooAndOneThatIsLostEndsIt() throws Exception {
        Injectors called = new Injectors(COUNT, Optional.of("127.0.0.1:0"), LIMIT);
        InjectorGate gate = InjectorGate.opened(called, Map.of(InjectorToken.VARIABLE, TOKEN));
        List<Process> processes = new ArrayList<>();
        CountDownLatch noticed = new CountDownLatch(1);
        try (Load load = Load.over(gate)) {
            for (int slice = 0; slice < COUNT; slice++) {
                processes.add(called(gate, slice));
            }
            begin(load);
            load.onFailure(noticed::countDown);
            await().atMost(LIMIT).until(() -> load.live().completed() > 300);
            assertThat(load.failure()).isEmpty();

            processes.get(1).destroyForcibly();

            assertThat(noticed.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(load.failure())
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .startsWith("the load injector of slice 1 (of 3, from 0), ")
                            .contains(" at 127.0.0.1, went away"));
            assertThatThrownBy(() -> load.stopAndDrain(LIMIT)).isInstanceOf(EnvironmentException.class);
        } finally {
            for (Process process : processes) {
                // Hung up on, they end by themselves.
                assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(requests()).hasSizeGreaterThan(300);
        assertThat(told(RunEvent.LoadEnded.class)).isEmpty();
        server.execute("truncate notes");
    }

    @Test
    void clocksOfThoseThatCallAreAlignedAndWhatIsLeftIsTold() throws Exception {
        Injectors called = new Injectors(2, Optional.of("127.0.0.1:0"), LIMIT);
        InjectorGate gate = InjectorGate.opened(called, Map.of(InjectorToken.VARIABLE, TOKEN));
        List<Process> processes = new ArrayList<>();
        try (Load load = Load.over(gate)) {
            processes.add(called(gate, 1));
            processes.add(called(gate, 0));
            begin(load);
            await().atMost(LIMIT).until(() -> load.live().completed() > 200);
            load.stopAndDrain(LIMIT);
        }
        for (Process process : processes) {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }

        assertThatItIsThePlan(requests(), List.of());
        assertThat(told(InjectorEnded.class)).hasSize(2).allSatisfy(injector -> {
            RunEvent.InjectorClock aligned = injector.clock().orElseThrow();
            // It is the same machine's: what was measured cannot be further from 0 than it says.
            assertThat(Math.abs(aligned.before().offsetNanos()))
                    .isLessThanOrEqualTo(aligned.before().errorNanos());
            assertThat(Math.abs(aligned.after().offsetNanos()))
                    .isLessThanOrEqualTo(aligned.after().errorNanos());
            assertThat(injector.planned()).isEqualTo(injector.recorded());
        });
        server.execute("truncate notes");
    }

    private static Process called(InjectorGate gate, int slice) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(CalledInjector.commandOf("127.0.0.1:" + gate.port(), slice, LIMIT)).inheritIO();
        builder.redirectInput(ProcessBuilder.Redirect.PIPE);
        builder.environment().put(InjectorToken.VARIABLE, TOKEN);
        return builder.start();
    }
}
