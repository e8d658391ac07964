package dev.rehearsal.load;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.InjectorClock;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Injectors;
import dev.rehearsal.scenario.Workload.Kind;
import dev.rehearsal.scenario.Workload.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;

/**
 * The running load, seen from the harness: launched early, begun when there is a database, stopped when the run says so. One injector makes it, or
 * several, each with a {@link Slice} of the plan: then the harness names the instants at which the plan begins, a version is deployed, the load stops.
 *
 * <p>Safe for use by several threads.
 */
public final class Load implements AutoCloseable {
    private static final Duration BEGINNING = Duration.ofSeconds(90);

    /** After the drain's own limit: for the injector to notice it and send what is left. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    /** From the word to begin until the plan does: for it to arrive everywhere, and for users of the first moments to be made. */
    private static final long BEGIN_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** From an offer to the instant that is offered, at first; twice as long each time that somebody was too late for it. */
    private static final long OFFER_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private static final long LONGEST_MARGIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int CLOCK_QUESTIONS = 16;
    private static final long NOTABLE_WALL_OFFSET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final InjectorSource source;
    /** Of those whose clock is another. */
    private final Map<InjectorReader, ClockSample> clocksBefore = new ConcurrentHashMap<>();

    private volatile Optional<Running> running = Optional.empty();

    private Load(InjectorSource source) {
        this.source = source;
    }

    /** What there is from {@link #begin} on. */
    private record Running(
            LoadSpec spec,
            RunClock clock,
            Journal journal,
            Recording recording,
            List<InjectorReader> readers,
            ArrivedCount arrived) {
        boolean several() {
            return readers.size() > 1;
        }
    }

    /** By one injector on this machine, of a workload without simulations; see {@link #launch(Injectors, List)}. */
    public static Load launch() throws EnvironmentException {
        return launch(Injectors.ONE, List.of());
    }

    /**
     * Starts the injector processes, which get themselves ready meanwhile, or begins to wait for those that others start; does not wait and needs no
     * database.
     *
     * @param simulations where the workload's simulations are, see {@link SimulationClasses#classPath}
     * @throws EnvironmentException if a process cannot be started, or nobody can be waited for
     */
    public static Load launch(Injectors injectors, List<Path> simulations) throws EnvironmentException {
        return new Load(
                injectors.at().isPresent()
                        ? InjectorGate.opened(injectors, System.getenv())
                        : StartedInjectors.of(injectors.count(), simulations));
    }

    /**
     * The injectors, for building a dataset on a server that others run, before there is any load; waits until they are there. Empty where one process of this
     * machine is all of them: it would only do what the harness does itself.
     *
     * @throws EnvironmentException if one does not come; the message says which
     */
    public Optional<BuildingInjectors> builders() throws EnvironmentException, InterruptedException {
        List<InjectorLink> injectors = source.all();
        boolean alone =
                injectors.size() == 1 && injectors.getFirst().processId().isPresent();
        return alone ? Optional.empty() : Optional.of(new BuildingInjectors(injectors));
    }

    /** With injectors that are there already. */
    static Load over(InjectorSource source) {
        return new Load(source);
    }

    /**
     * Resolves the keys that parameters refer to, fills the pools and starts the arrivals. Returns when they flow. Once only.
     *
     * @param requestsFile {@code requests.bin}, written from here on
     * @param journal gets the injectors' pauses, and in the end {@code LoadEnded}
     */
    public synchronized void begin(LoadSpec spec, RunClock clock, Path requestsFile, Journal journal)
            throws EnvironmentException, InterruptedException {
        if (running.isPresent()) {
            throw new IllegalStateException("the load has begun already");
        }
        List<InjectorLink> injectors = source.all();
        Map<String, KeyDomain> keys = KeyDomains.resolve(spec.workload(), spec.seed(), spec.directJdbcUrl());
        List<Boolean> planned = spec.workload().services().stream()
                .flatMap(service -> service.kinds().stream()
                        .map(kind -> service.simulation().isEmpty()))
                .toList();
        Recording recording = new Recording(requestsFile, operations(spec), planned::get);
        List<InjectorReader> readers = injectors.stream()
                .map(injector -> new InjectorReader(injector, recording, journal))
                .toList();
        Running now = new Running(spec, clock, journal, recording, readers, new ArrivedCount(spec));
        running = Optional.of(now);
        for (InjectorReader reader : readers) {
            var unused = reader.failure().thenAccept(reason -> readers.forEach(other -> other.fail(reason)));
        }
        readers.forEach(InjectorReader::start);
        for (InjectorReader reader : readers) {
            long origin = clock.originNanoTime()
                    + before(reader).map(ClockSample::offsetNanos).orElse(0L);
            InjectorPlan plan = new InjectorPlan(
                    origin,
                    reader.injector().slice(),
                    spec.seed(),
                    reader.injector().way(spec.jdbcUrl()),
                    spec.replicaJdbcUrls().stream().map(reader.injector()::way).toList(),
                    spec.pooled(),
                    spec.workload(),
                    keys);
            send(plan.toLine(), reader);
        }
        now.arrived().begin(planStart(now));
    }

    /** When the one injector says that the plan begins; several are told it, as soon as all are ready. */
    private long planStart(Running now) throws EnvironmentException, InterruptedException {
        if (now.several()) {
            for (InjectorReader reader : now.readers()) {
                await(reader.ready(), BEGINNING, reader, "get ready");
            }
            long instantNanos = now.clock().nowNanos() + BEGIN_MARGIN_NANOS;
            for (InjectorReader reader : now.readers()) {
                send(Injector.beginCommand(instantNanos), reader);
            }
        }
        long planStartNanos = 0;
        for (InjectorReader reader : now.readers()) {
            planStartNanos = await(reader.started(), BEGINNING, reader, "start the arrivals")
                    .planStartNanos();
        }
        return planStartNanos;
    }

    /** The load now; nothing but zeros before it has begun. */
    public LiveView live() {
        return running.map(now -> {
                    long nowNanos = now.clock().nowNanos();
                    return now.recording()
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
     * @throws EnvironmentException if an injector failed
     */
    public synchronized long deploy(String service, String version, Duration over)
            throws EnvironmentException, InterruptedException {
        Running now = begun();
        List<Service> services = now.spec().workload().services();
        List<String> names = services.stream().map(Service::name).toList();
        int at = names.indexOf(service);
        int number = 1 + List.copyOf(services.get(at).versions().keySet()).indexOf(version);
        long start = deploy(now, at, number, over);
        now.journal()
                .record(new RunEvent.Deploying(
                        now.clock().nowNanos(), service, version, start, start + over.toNanos()));
        return start + over.toNanos();
    }

    private long deploy(Running now, int service, int version, Duration over)
            throws EnvironmentException, InterruptedException {
        if (!now.several()) {
            InjectorReader only = now.readers().getFirst();
            CompletableFuture<Frame.Deploying> answer = only.deploying();
            send(Injector.deployCommand(service, version, over), only);
            return await(answer, GRACE, only, "deploy").startNanos();
        }
        long start = agreed(
                now,
                instant -> Injector.offerDeployCommand(service, instant),
                Optional.of(Injector.withdrawCommand(service)));
        for (InjectorReader reader : now.readers()) {
            send(Injector.deployAtCommand(service, version, over, start), reader);
        }
        return start;
    }

    /**
     * An instant, soon, of which no injector has started an arrival of then or later; none will, before it is told what happens then.
     *
     * @param withdrawal to be said where an offer was too late for somebody
     */
    private static long agreed(Running now, LongFunction<String> offer, Optional<String> withdrawal)
            throws EnvironmentException, InterruptedException {
        for (long margin = OFFER_MARGIN_NANOS; margin <= LONGEST_MARGIN_NANOS; margin *= 2) {
            long instantNanos = now.clock().nowNanos() + margin;
            List<CompletableFuture<Frame.Offered>> answers = new ArrayList<>();
            for (InjectorReader reader : now.readers()) {
                answers.add(reader.offered());
                send(offer.apply(instantNanos), reader);
            }
            boolean accepted = true;
            for (int i = 0; i < answers.size(); i++) {
                accepted &= await(answers.get(i), GRACE, now.readers().get(i), "answer an offer")
                        .accepted();
            }
            if (accepted) {
                return instantNanos;
            }
            if (withdrawal.isPresent()) {
                for (InjectorReader reader : now.readers()) {
                    send(withdrawal.get(), reader);
                }
            }
        }
        throw new EnvironmentException(
                "the load injectors cannot agree on an instant within "
                        + TimeUnit.NANOSECONDS.toSeconds(LONGEST_MARGIN_NANOS) + " s",
                "See whether their machines are overloaded, or far away, then start again.");
    }

    /** Completes when every request of an operation that has arrived by now has finished, and never if an injector fails first. Only after {@link #begin}. */
    public CompletableFuture<Void> underwayFinished() {
        Running now = begun();
        long nowNanos = now.clock().nowNanos();
        return now.recording().statistics().finished(nowNanos, now.arrived().arrived(nowNanos));
    }

    /** Why an injector can no longer do its work; empty while all can. */
    public Optional<String> failure() {
        return running.stream()
                .flatMap(now -> now.readers().stream())
                .flatMap(reader -> Optional.ofNullable(reader.failure().getNow(null)).stream())
                .map(EnvironmentException::getMessage)
                .findFirst();
    }

    /** Runs {@code action} once, on another thread, when an injector has failed; soon if one already has. Only after {@link #begin}. */
    public void onFailure(Runnable action) {
        var unused = CompletableFuture.anyOf(
                        begun().readers().stream().map(InjectorReader::failure).toArray(CompletableFuture<?>[]::new))
                .thenRunAsync(action);
    }

    /**
     * Stops the arrivals and waits until every request that arrived before has finished. What still runs after {@code limit} is recorded as
     * abandoned. Then {@code requests.bin} is complete and {@code LoadEnded} is in the journal. Once only.
     *
     * @throws EnvironmentException if an injector failed before or meanwhile; {@code requests.bin} holds what all had told until then
     */
    public synchronized void stopAndDrain(Duration limit) throws EnvironmentException, InterruptedException {
        Running now = begun();
        List<Optional<InjectorClock>> clocks = new ArrayList<>();
        for (InjectorReader reader : now.readers()) {
            clocks.add(after(now, reader));
        }
        stop(now, limit);
        List<Frame.Drained> drained = new ArrayList<>();
        for (InjectorReader reader : now.readers()) {
            drained.add(await(reader.drained(), limit.plus(GRACE), reader, "drain"));
        }
        now.arrived().end(drained.getFirst().stopNanos());
        for (int i = 0; i < drained.size(); i++) {
            tell(now, now.readers().get(i).injector(), drained.get(i), clocks.get(i));
        }
        now.journal()
                .record(new RunEvent.LoadEnded(
                        now.clock().nowNanos(),
                        drained.stream().mapToLong(Frame.Drained::planned).sum(),
                        now.recording().statistics().completed()));
    }

    private static void stop(Running now, Duration limit) throws EnvironmentException, InterruptedException {
        if (!now.several()) {
            send(Injector.stopCommand(limit), now.readers().getFirst());
            return;
        }
        long instantNanos = agreed(now, Injector::offerStopCommand, Optional.empty());
        for (InjectorReader reader : now.readers()) {
            send(Injector.stopAtCommand(instantNanos, limit), reader);
        }
    }

    /** Of the one process that always was there is nothing to tell. */
    private static void tell(Running now, InjectorLink injector, Frame.Drained drained, Optional<InjectorClock> clock) {
        if (!now.several() && injector.sharesClock()) {
            return;
        }
        now.journal()
                .record(new RunEvent.InjectorEnded(
                        now.clock().nowNanos(),
                        injector.slice().number(),
                        injector.slice().of(),
                        injector.place(),
                        drained.planned(),
                        drained.recorded(),
                        clock));
    }

    /** How far an injector's clock is from the harness's now; empty if it is the same one. */
    private Optional<ClockSample> before(InjectorReader reader) throws EnvironmentException, InterruptedException {
        if (reader.injector().sharesClock()) {
            return Optional.empty();
        }
        ClockSample sample = asked(reader);
        clocksBefore.put(reader, sample);
        return Optional.of(sample);
    }

    private Optional<InjectorClock> after(Running now, InjectorReader reader)
            throws EnvironmentException, InterruptedException {
        Optional<ClockSample> before = Optional.ofNullable(clocksBefore.get(reader));
        if (before.isEmpty()) {
            return Optional.empty();
        }
        ClockSample after = asked(reader);
        if (Math.abs(after.wallOffsetNanos()) > NOTABLE_WALL_OFFSET_NANOS) {
            now.journal().record(new RunEvent.Noted(now.clock().nowNanos(), wallClocksApart(reader.injector(), after)));
        }
        return Optional.of(new InjectorClock(before.get().reading(), after.reading(), after.wallOffsetNanos()));
    }

    private static String wallClocksApart(InjectorLink injector, ClockSample sample) {
        return String.format(
                Locale.ROOT,
                "The wall clock of %s, %s, is %.1f s %s this machine's. Requests are timed by another clock, whose"
                        + " difference was measured; but times in that machine's own logs are not those of this run.",
                injector.slice().injector(),
                injector.place(),
                Math.abs(sample.wallOffsetNanos()) / 1e9,
                sample.wallOffsetNanos() > 0 ? "ahead of" : "behind");
    }

    private static ClockSample asked(InjectorReader reader) throws EnvironmentException, InterruptedException {
        List<ClockSample> samples = new ArrayList<>();
        for (int i = 0; i < CLOCK_QUESTIONS; i++) {
            CompletableFuture<InjectorReader.TimedClock> answer = reader.clock();
            long sentNanoTime = System.nanoTime();
            send(Injector.CLOCK, reader);
            InjectorReader.TimedClock timed = await(answer, GRACE, reader, "tell its clock");
            long backWallNanos = ClockSample.nanosSince1970(Instant.now()) - (System.nanoTime() - timed.backNanoTime());
            samples.add(ClockSample.of(sentNanoTime, timed.answer(), timed.backNanoTime(), backWallNanos));
        }
        return ClockSample.best(samples);
    }

    /** Of the injectors that are processes of this machine. */
    public List<Long> processIds() {
        return source.processIds();
    }

    /** Ends the injectors, whatever state they are in, and waits until they are gone and {@code requests.bin} is closed. */
    @Override
    public void close() {
        running.ifPresent(now -> now.readers().forEach(InjectorReader::expectEnd));
        source.close();
        running.ifPresent(now -> {
            now.readers().forEach(InjectorReader::close);
            now.recording().close();
        });
    }

    private Running begun() {
        return running.orElseThrow(() -> new IllegalStateException("the load has not begun"));
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

    private static void send(String line, InjectorReader reader) throws EnvironmentException, InterruptedException {
        try {
            reader.injector().command(line);
        } catch (IOException e) {
            // Its end says more than a broken pipe does, and comes at once.
            await(reader.drained(), GRACE, reader, "take a command");
        }
    }

    private static <T> T await(CompletableFuture<T> answer, Duration limit, InjectorReader reader, String work)
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
                    reader.injector().slice().injector() + " did not " + work + " within " + limit.toSeconds() + " s",
                    "See whether "
                            + (reader.injector().processId().isPresent() ? "this machine" : "its machine")
                            + " is overloaded, then start again.",
                    e);
        }
    }
}
