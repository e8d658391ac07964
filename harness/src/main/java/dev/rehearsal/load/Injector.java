package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Simulation;
import dev.rehearsal.scenario.Workload.Kind;
import dev.rehearsal.scenario.Workload.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The injector process's work: read the plan, fill the pools, let Gatling inject, and when told to stop, wait for what is in flight.
 *
 * <p>Commands come line by line: the plan as JSON, any number of {@code deploy} with the numbers of service, version and nanoseconds, then {@code
 * stop} and a number of nanoseconds. When the stream ends the harness has died, and the
 * traffic with it.
 */
final class Injector {
    /** Users are handed over this long before their instant: longer than Gatling's tick of a second is ever late. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    /** From Gatling's start to the plan's beginning. The users of the first second or so come in one burst, and this is their lead. */
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long STOP_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long DRAIN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String STOP = "stop ";
    private static final String DEPLOY = "deploy ";

    private final BufferedReader commands;
    private final FrameWriter frames;

    Injector(BufferedReader commands, FrameWriter frames) {
        this.commands = commands;
        this.frames = frames;
    }

    /** The command that stops the arrivals. */
    static String stopCommand(Duration limit) {
        return STOP + limit.toNanos();
    }

    /**
     * The command that deploys a version.
     *
     * @param service index in the workload
     * @param version its number within the service, 0 for the old one
     */
    static String deployCommand(int service, int version, Duration over) {
        return DEPLOY + service + " " + version + " " + over.toNanos();
    }

    private void deploy(List<Traffic> traffic, String[] numbers) {
        int service = Integer.parseInt(numbers[0]);
        int version = Integer.parseInt(numbers[1]);
        long overNanos = Long.parseLong(numbers[2]);
        long startNanos = traffic.get(service).deploy(version, overNanos);
        frames.send(new Frame.Deploying(startNanos));
    }

    /** Returns when the load has drained, or the harness has gone. */
    void run() throws IOException {
        try {
            // What can be loaded and run without a database; the plan may take its time to come.
            Thread warmUp = Thread.ofPlatform().name("warm-up").daemon().start(GatlingEngine::warmUp);
            String line = commands.readLine();
            if (line == null) {
                return;
            }
            join(warmUp);
            InjectorPlan plan = InjectorPlan.fromLine(line);
            Timekeeper timekeeper = Timekeeper.since(plan.originNanoTime());
            StopPoint stop = new StopPoint();
            List<Boolean> ledger = plan.workload().services().stream()
                    .flatMap(service -> service.kinds().stream())
                    .map(Kind::ledger)
                    .toList();
            InFlight inFlight = new InFlight(record -> frames.send(new Frame.Request(record)), ledger::get);
            List<Traffic> traffic = begin(plan, timekeeper, stop, inFlight);
            String command = commands.readLine();
            while (command != null && command.startsWith(DEPLOY)) {
                deploy(traffic, command.substring(DEPLOY.length()).split(" "));
                command = commands.readLine();
            }
            if (command != null && command.startsWith(STOP)) {
                drain(traffic, timekeeper, stop, inFlight, Long.parseLong(command.substring(STOP.length())));
            }
        } catch (EnvironmentException e) {
            frames.send(new Frame.Failed(String.valueOf(e.getMessage()), e.remedy()));
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Traffic> begin(InjectorPlan plan, Timekeeper timekeeper, StopPoint stop, InFlight inFlight)
            throws EnvironmentException {
        List<Service> services = plan.workload().services();
        Pools pools = Pools.filled(services, plan.jdbcUrl(), plan.pooled(), plan.replicaJdbcUrls());
        CompletableFuture<Long> planStart = new CompletableFuture<>();
        List<Traffic> traffic = new ArrayList<>();
        List<PlannedSimulation.Population> populations = new ArrayList<>();
        LongSupplier start = () -> {
            planBegins(planStart, timekeeper);
            return BURST_NANOS - LEAD_NANOS;
        };
        int firstOperation = 0;
        for (int i = 0; i < services.size(); i++) {
            Service service = services.get(i);
            ArrivalPlan arrivals = new ArrivalPlan(plan.seed(), plan.workload().arrivals(), service);
            if (service.http().isPresent()) {
                HttpTraffic each = new HttpTraffic(
                        i, firstOperation, service, arrivals, inFlight, timekeeper, stop, planStart, frames::send);
                traffic.add(each);
                populations.add(new PlannedSimulation.Population(
                        arrivals,
                        1,
                        start,
                        new SimulatedUsers(
                                service.name(),
                                service.simulation().orElseThrow(),
                                each,
                                new HttpSurroundings(service.http().orElseThrow(), each),
                                frames::send)));
                firstOperation += service.kinds().size();
                continue;
            }
            RequestRunner runner = new RequestRunner(timekeeper, stop, pools.of(i), service.retry());
            if (service.simulation().isPresent()) {
                Simulation simulation = service.simulation().get();
                SimulatedTraffic each = new SimulatedTraffic(
                        i,
                        firstOperation,
                        service,
                        simulation,
                        arrivals,
                        runner,
                        inFlight,
                        timekeeper,
                        planStart,
                        frames::send);
                traffic.add(each);
                populations.add(new PlannedSimulation.Population(
                        arrivals,
                        1,
                        start,
                        new SimulatedUsers(
                                service.name(), simulation, each, SimulatedUsers.Surroundings.PLAIN, frames::send)));
            } else {
                int group = PlannedUsers.group(service.rate().highest());
                ServiceTraffic each = new ServiceTraffic(
                        i, firstOperation, service, arrivals, plan.keys(), runner, inFlight, timekeeper, planStart);
                each.start();
                traffic.add(each);
                populations.add(new PlannedSimulation.Population(
                        arrivals,
                        group,
                        start,
                        PlannedSimulation.Users.handingOver(service.name(), () -> each.handOver(group))));
            }
            firstOperation += service.kinds().size();
        }
        Thread.ofPlatform().name("gatling").daemon().start(() -> inject(populations));
        return traffic;
    }

    /** Gatling starts now, for one service after the other: the first to hear of it says when the plan begins, for all. */
    private void planBegins(CompletableFuture<Long> planStart, Timekeeper timekeeper) {
        long instantNanos = timekeeper.nowNanos() + BURST_NANOS;
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

    private void drain(
            List<Traffic> traffic, Timekeeper timekeeper, StopPoint stop, InFlight inFlight, long limitNanos) {
        long stopNanos = stop.decide(timekeeper::nowNanos, STOP_MARGIN_NANOS);
        // By the plan alone, once; what simulations come to shows while they end.
        List<Traffic> open = traffic.stream()
                .filter(service -> !(service instanceof ServiceTraffic))
                .toList();
        long fixed = planned(traffic, stopNanos) - planned(open, stopNanos);
        while ((!traffic.stream().allMatch(service -> service.isCertainBefore(stopNanos))
                        || inFlight.recorded() < fixed + planned(open, stopNanos))
                && timekeeper.nowNanos() < stopNanos + limitNanos) {
            LockSupport.parkNanos(DRAIN_POLL_NANOS);
        }
        long nowNanos = timekeeper.nowNanos();
        traffic.forEach(service -> service.abandonRest(stopNanos, nowNanos));
        inFlight.abandon(stopNanos, nowNanos);
        long planned = fixed + planned(open, stopNanos);
        frames.send(new Frame.Drained(stopNanos, planned, inFlight.recorded()));
    }

    private static long planned(List<Traffic> traffic, long stopNanos) {
        return traffic.stream()
                .mapToLong(service -> service.plannedBefore(stopNanos))
                .sum();
    }
}
