package dev.rehearsal.load;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Workload.Kind;
import dev.rehearsal.scenario.Workload.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The running load, seen from the harness: launched early, begun when there is a database, stopped when the run says so.
 *
 * <p>Safe for use by several threads.
 */
public final class Load implements AutoCloseable {
    private static final Duration BEGINNING = Duration.ofSeconds(90);

    /** After the drain's own limit: for the injector to notice it and send what is left. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final InjectorProcess injector;
    private volatile Optional<Running> running = Optional.empty();

    private Load(InjectorProcess injector) {
        this.injector = injector;
    }

    /** What there is from {@link #begin} on. */
    private record Running(
            LoadSpec spec, RunClock clock, Journal journal, InjectorReader reader, ArrivedCount arrived) {}

    /** Of a workload without simulations; see {@link #launch(List)}. */
    public static Load launch() throws EnvironmentException {
        return launch(List.of());
    }

    /**
     * Starts the injector process, which gets itself ready meanwhile; does not wait and needs no database.
     *
     * @param simulations where the workload's simulations are, see {@link SimulationClasses#classPath}
     * @throws EnvironmentException if the process cannot be started
     */
    public static Load launch(List<Path> simulations) throws EnvironmentException {
        return new Load(InjectorProcess.start(simulations));
    }

    /**
     * Resolves the keys that parameters refer to, fills the pools and starts the arrivals. Returns when they flow. Once only.
     *
     * @param requestsFile {@code requests.bin}, written from here on
     * @param journal gets the injector's pauses, and in the end {@code LoadEnded}
     */
    public synchronized void begin(LoadSpec spec, RunClock clock, Path requestsFile, Journal journal)
            throws EnvironmentException, InterruptedException {
        if (running.isPresent()) {
            throw new IllegalStateException("the load has begun already");
        }
        Map<String, KeyDomain> keys = KeyDomains.resolve(spec.workload(), spec.seed(), spec.directJdbcUrl());
        List<Boolean> planned = spec.workload().services().stream()
                .flatMap(service -> service.kinds().stream()
                        .map(kind -> service.simulation().isEmpty()))
                .toList();
        InjectorReader reader = new InjectorReader(injector, operations(spec), planned::get, requestsFile, journal);
        ArrivedCount arrived = new ArrivedCount(spec);
        running = Optional.of(new Running(spec, clock, journal, reader, arrived));
        reader.start();
        InjectorPlan plan = new InjectorPlan(
                clock.originNanoTime(),
                spec.seed(),
                spec.jdbcUrl(),
                spec.replicaJdbcUrls(),
                spec.pooled(),
                spec.workload(),
                keys);
        send(plan.toLine(), reader);
        Frame.Started started = await(reader.started(), BEGINNING, "start the arrivals");
        arrived.begin(started.planStartNanos());
    }

    /** The load now; nothing but zeros before it has begun. */
    public LiveView live() {
        return running.map(now -> {
                    long nowNanos = now.clock().nowNanos();
                    return now.reader()
                            .statistics()
                            .view(nowNanos, now.arrived().arrived(nowNanos));
                })
                .orElseGet(() -> new LiveView(0, 0, 0, 0, 0, 0, 0, 0, List.of()));
    }

    /**
     * Moves a service to another version: from now on its requests are more and more of that one. Does not wait for the move. Only after {@link #begin}.
     *
     * @param version of {@link LoadSpec#workload}, or the old one
     * @return when all requests will be of that version, since the run's origin
     * @throws EnvironmentException if the injector failed
     */
    public synchronized long deploy(String service, String version, Duration over)
            throws EnvironmentException, InterruptedException {
        Running now = running.orElseThrow(() -> new IllegalStateException("the load has not begun"));
        List<Service> services = now.spec().workload().services();
        List<String> names = services.stream().map(Service::name).toList();
        int at = names.indexOf(service);
        int number = 1 + List.copyOf(services.get(at).versions().keySet()).indexOf(version);
        CompletableFuture<Frame.Deploying> answer = now.reader().deploying();
        send(Injector.deployCommand(at, number, over), now.reader());
        long start = await(answer, GRACE, "deploy").startNanos();
        now.journal()
                .record(new RunEvent.Deploying(
                        now.clock().nowNanos(), service, version, start, start + over.toNanos()));
        return start + over.toNanos();
    }

    /** Completes when every request of an operation that has arrived by now has finished, and never if the injector fails first. Only after {@link #begin}. */
    public CompletableFuture<Void> underwayFinished() {
        Running now = running.orElseThrow(() -> new IllegalStateException("the load has not begun"));
        long nowNanos = now.clock().nowNanos();
        return now.reader().statistics().finished(nowNanos, now.arrived().arrived(nowNanos));
    }

    /** Why the injector can no longer do its work; empty while it can. */
    public Optional<String> failure() {
        return running.flatMap(now -> Optional.ofNullable(now.reader().failure().getNow(null)))
                .map(EnvironmentException::getMessage);
    }

    /** Runs {@code action} once, on another thread, when the injector has failed; soon if it already has. Only after {@link #begin}. */
    public void onFailure(Runnable action) {
        var unused = running.orElseThrow(() -> new IllegalStateException("the load has not begun"))
                .reader()
                .failure()
                .thenRunAsync(action);
    }

    /**
     * Stops the arrivals and waits until every request that arrived before has finished. What still runs after {@code limit} is recorded as
     * abandoned. Then {@code requests.bin} is complete and {@code LoadEnded} is in the journal. Once only.
     *
     * @throws EnvironmentException if the injector failed before or meanwhile; {@code requests.bin} holds what it had told until then
     */
    public synchronized void stopAndDrain(Duration limit) throws EnvironmentException, InterruptedException {
        Running now = running.orElseThrow(() -> new IllegalStateException("the load has not begun"));
        send(Injector.stopCommand(limit), now.reader());
        Frame.Drained drained = await(now.reader().drained(), limit.plus(GRACE), "drain");
        now.arrived().end(drained.stopNanos());
        now.journal()
                .record(new RunEvent.LoadEnded(
                        now.clock().nowNanos(),
                        drained.planned(),
                        now.reader().statistics().completed()));
    }

    /** Of the injector. */
    public long processId() {
        return injector.id();
    }

    /** Ends the injector, whatever state it is in, and waits until it is gone and {@code requests.bin} is closed. */
    @Override
    public void close() {
        running.ifPresent(now -> now.reader().expectEnd());
        injector.close();
        running.ifPresent(now -> now.reader().close());
    }

    private static List<OperationKey> operations(LoadSpec spec) {
        List<OperationKey> operations = new ArrayList<>();
        for (Service service : spec.workload().services()) {
            for (Kind kind : service.kinds()) {
                operations.add(
                        new OperationKey(service.name(), kind.name(), kind.version(), kind.writes(), kind.ledger()));
            }
        }
        return operations;
    }

    private void send(String line, InjectorReader reader) throws EnvironmentException, InterruptedException {
        try {
            injector.command(line);
        } catch (IOException e) {
            // Its end says more than a broken pipe does, and comes at once.
            await(reader.drained(), GRACE, "take a command");
        }
    }

    private static <T> T await(CompletableFuture<T> answer, Duration limit, String work)
            throws EnvironmentException, InterruptedException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EnvironmentException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new EnvironmentException(
                    "the load injector did not " + work + " within " + limit.toSeconds() + " s",
                    "See whether this machine is overloaded, then start again.",
                    e);
        }
    }
}
