package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Workload.Kind;
import dev.rehearsal.scenario.Workload.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The injector process's work: read the plan, fill the pools, let Gatling inject, and when told to stop, wait for what is in flight.
 *
 * <p>Commands come line by line. When the stream ends the harness has died, and the traffic with it.
 *
 * <pre>
 * {…}                                          the plan, as JSON
 * deploy SERVICE VERSION NANOS                 now; answered by when that is
 * stop NANOS                                   now, and drain so long at most
 * clock                                        at any time; answered by a reading
 * </pre>
 *
 * Before the plan comes, rows of a dataset may be asked for, see {@link SliceBuild}.
 *
 * <p>Of several injectors none can say when something is: all of them have to, before any of them has started an arrival of then.
 *
 * <pre>
 * begin INSTANT                                the plan does, when all were ready
 * offer stop INSTANT                           answered by whether no arrival of then or later has run; none will, until it is decided
 * offer deploy SERVICE INSTANT                 likewise
 * withdraw SERVICE                             a deployment was too early for somebody
 * deployAt SERVICE VERSION NANOS INSTANT       as offered
 * stopAt INSTANT NANOS                         as offered
 * </pre>
 */
final class Injector {
    /** Users are handed over this long before their instant: longer than Gatling's tick of a second is ever late. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    /** From Gatling's start to the plan's beginning. The users of the first second or so come in one burst, and this is their lead. */
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long STOP_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Commands commands;
    private final FrameWriter frames;

    Injector(Commands commands, FrameWriter frames) {
        this.commands = commands;
        this.frames = frames;
    }

    /** Where lines come from. */
    @FunctionalInterface
    interface Commands {
        /** Waits for the next one; empty when there will be none. */
        Optional<String> next() throws IOException;
    }

    /** The command to which the answer is a {@link Frame.Clock}. */
    static final String CLOCK = "clock";

    /** The command that stops the arrivals. */
    static String stopCommand(Duration limit) {
        return "stop " + limit.toNanos();
    }

    /**
     * The command that deploys a version.
     *
     * @param service index in the workload
     * @param version its number within the service, 0 for the old one
     */
    static String deployCommand(int service, int version, Duration over) {
        return "deploy " + service + " " + version + " " + over.toNanos();
    }

    static String beginCommand(long instantNanos) {
        return "begin " + instantNanos;
    }

    static String offerStopCommand(long instantNanos) {
        return "offer stop " + instantNanos;
    }

    static String offerDeployCommand(int service, long instantNanos) {
        return "offer deploy " + service + " " + instantNanos;
    }

    static String withdrawCommand(int service) {
        return "withdraw " + service;
    }

    /** See {@link #deployCommand}. */
    static String deployAtCommand(int service, int version, Duration over, long instantNanos) {
        return "deployAt " + service + " " + version + " " + over.toNanos() + " " + instantNanos;
    }

    static String stopAtCommand(long instantNanos, Duration limit) {
        return "stopAt " + instantNanos + " " + limit.toNanos();
    }

    /**
     * Returns when the load has drained, or the harness has gone.
     *
     * @return why it was not stopped as it should be; empty if it was. What is this injector's own fault the harness is told, too
     */
    Optional<EnvironmentException> run() throws IOException {
        try {
            // What can be loaded and run without a database; the plan may take its time to come.
            Thread warmUp = Thread.ofPlatform().name("warm-up").daemon().start(GatlingEngine::warmUp);
            Optional<String> line = next();
            if (line.filter(SliceBuild::isOrder).isPresent()) {
                new SliceBuild(this::next, frames).run(line.get());
                line = next();
            }
            if (line.isEmpty()) {
                return hungUp("before it had told the plan");
            }
            join(warmUp);
            return obey(Begun.of(InjectorPlan.fromLine(line.get()), frames))
                    ? Optional.empty()
                    : hungUp("before it had stopped the load");
        } catch (EnvironmentException e) {
            frames.send(new Frame.Failed(String.valueOf(e.getMessage()), e.remedy()));
            return Optional.of(e);
        }
    }

    private static Optional<EnvironmentException> hungUp(String when) {
        return Optional.of(new EnvironmentException(
                "the harness hung up " + when,
                "It says why where it runs: another injector that is missing or lost, often."));
    }

    /** The next command but for questions about the clock, which it answers. */
    private Optional<String> next() throws IOException {
        Optional<String> line = commands.next();
        while (line.filter(CLOCK::equals).isPresent()) {
            frames.send(new Frame.Clock(System.nanoTime(), 0, 0));
            line = commands.next();
        }
        return line;
    }

    /** @return whether the load was stopped; else the harness has gone */
    private boolean obey(Begun load) throws IOException {
        for (Optional<String> line = next(); line.isPresent(); line = next()) {
            String[] words = line.get().split(" ");
            switch (words[0]) {
                case "deploy" -> load.deploy(number(words, 1), number(words, 2), Long.parseLong(words[3]));
                case "begin" -> load.begin(Long.parseLong(words[1]));
                case "offer" -> load.offer(words);
                case "withdraw" -> load.of(number(words, 1)).release();
                case "deployAt" ->
                    load.of(number(words, 1))
                            .deployAt(number(words, 2), Long.parseLong(words[4]), Long.parseLong(words[3]));
                case "stop" -> {
                    load.stop(Long.parseLong(words[1]));
                    return true;
                }
                case "stopAt" -> {
                    load.stopAt(Long.parseLong(words[1]), Long.parseLong(words[2]));
                    return true;
                }
                default -> throw new IOException("the harness sent an unknown command: " + words[0]);
            }
        }
        return false;
    }

    private static int number(String[] words, int at) {
        return Integer.parseInt(words[at]);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What there is once the plan is known. */
    private static final class Begun {
        private final InjectorPlan plan;
        private final FrameWriter frames;
        private final Timekeeper timekeeper;
        private final StopPoint stop = new StopPoint();
        private final InFlight inFlight;
        private final CompletableFuture<Long> planStart = new CompletableFuture<>();
        private final List<Traffic> traffic = new ArrayList<>();

        private Begun(InjectorPlan plan, FrameWriter frames) {
            this.plan = plan;
            this.frames = frames;
            this.timekeeper = Timekeeper.since(plan.originNanoTime());
            List<Boolean> ledger = plan.workload().services().stream()
                    .flatMap(service -> service.kinds().stream())
                    .map(Kind::ledger)
                    .toList();
            this.inFlight = new InFlight(record -> frames.send(new Frame.Request(record)), ledger::get);
        }

        /** Fills the pools and starts Gatling. */
        static Begun of(InjectorPlan plan, FrameWriter frames) throws EnvironmentException {
            Begun begun = new Begun(plan, frames);
            begun.start();
            return begun;
        }

        private void start() throws EnvironmentException {
            List<Service> services = plan.services();
            Pools pools = Pools.filled(services, plan.jdbcUrl(), plan.pooled(), plan.replicaJdbcUrls(), plan.slice());
            List<PlannedSimulation.Population> populations = new ArrayList<>();
            int firstOperation = 0;
            for (int i = 0; i < services.size(); i++) {
                Service service = services.get(i);
                populations.add(population(i, firstOperation, service, pools));
                firstOperation += service.kinds().size();
            }
            Thread.ofPlatform().name("gatling").daemon().start(() -> inject(populations));
        }

        private PlannedSimulation.Population population(int number, int firstOperation, Service service, Pools pools) {
            ArrivalPlan arrivals = new ArrivalPlan(plan.seed(), plan.workload().arrivals(), service);
            if (service.simulation().isPresent()) {
                // One user for each arrival.
                return new PlannedSimulation.Population(
                        arrivals,
                        plan.slice(),
                        1,
                        this::gatlingStarts,
                        users(number, firstOperation, service, arrivals, pools));
            }
            int group =
                    PlannedUsers.group(service.rate().highest() / plan.slice().of());
            ServiceTraffic each = new ServiceTraffic(
                    number,
                    firstOperation,
                    service,
                    plan.slice(),
                    arrivals,
                    plan.keys(),
                    runner(number, service, pools),
                    inFlight,
                    timekeeper,
                    planStart);
            each.start();
            traffic.add(each);
            return new PlannedSimulation.Population(
                    arrivals,
                    plan.slice(),
                    group,
                    this::gatlingStarts,
                    PlannedSimulation.Users.handingOver(service.name(), () -> each.handOver(group)));
        }

        private SimulatedUsers users(
                int number, int firstOperation, Service service, ArrivalPlan planned, Pools pools) {
            SimulatedRequests requests = new SimulatedRequests(number, firstOperation, service, inFlight, frames::send);
            UserArrivals arrivals = new UserArrivals(plan.slice(), planned, planStart);
            if (service.http().isPresent()) {
                HttpTraffic each = new HttpTraffic(requests, arrivals, timekeeper, stop);
                return users(service, each, new HttpSurroundings(service.http().get(), each));
            }
            return users(
                    service,
                    new SimulatedTraffic(requests, arrivals, runner(number, service, pools), timekeeper),
                    SimulatedUsers.Surroundings.PLAIN);
        }

        private SimulatedUsers users(Service service, ArrivingUsers each, SimulatedUsers.Surroundings surroundings) {
            traffic.add(each);
            return new SimulatedUsers(
                    service.name(), service.simulation().orElseThrow(), each, surroundings, frames::send);
        }

        private RequestRunner runner(int number, Service service, Pools pools) {
            return new RequestRunner(timekeeper, stop, pools.of(number), service.retry());
        }

        /** Gatling starts now, for one service after the other: when the plan begins after that, less the lead that users have. */
        private long gatlingStarts() {
            if (plan.slice().isWhole()) {
                begin(timekeeper.nowNanos() + BURST_NANOS);
                return BURST_NANOS - LEAD_NANOS;
            }
            if (!planStart.isDone()) {
                frames.send(new Frame.Ready());
            }
            return planStart.join() - timekeeper.nowNanos() - LEAD_NANOS;
        }

        /** The first to say it says it for all services. */
        void begin(long instantNanos) {
            if (planStart.complete(instantNanos)) {
                frames.send(new Frame.Started(instantNanos));
                PauseMeter.start(timekeeper, (at, duration) -> frames.send(new Frame.Paused(at, duration)));
            }
        }

        private void inject(List<PlannedSimulation.Population> populations) {
            try {
                GatlingEngine.run(populations);
                frames.send(new Frame.Failed("the arrival plan has come to its end", "Make the rehearsal shorter."));
            } catch (RuntimeException | Error e) {
                frames.send(new Frame.Failed("Gatling failed: " + e, "This is a defect; please report it."));
                throw e;
            }
        }

        /** One whose operations have versions. */
        ServiceTraffic of(int service) {
            return (ServiceTraffic) traffic.get(service);
        }

        void deploy(int service, int version, long overNanos) {
            frames.send(new Frame.Deploying(of(service).deploy(version, overNanos)));
        }

        void offer(String[] words) {
            boolean accepted = words[1].equals("stop")
                    ? stop.offer(timekeeper::nowNanos, Long.parseLong(words[2]))
                    : of(number(words, 2)).hold(Long.parseLong(words[3]));
            frames.send(new Frame.Offered(accepted));
        }

        void stop(long limitNanos) {
            drain(stop.decide(timekeeper::nowNanos, STOP_MARGIN_NANOS), limitNanos);
        }

        void stopAt(long instantNanos, long limitNanos) {
            stop.decide(instantNanos);
            drain(instantNanos, limitNanos);
        }

        private void drain(long stopNanos, long limitNanos) {
            frames.send(new Drain(traffic, inFlight, timekeeper).drained(stopNanos, limitNanos));
        }
    }
}
