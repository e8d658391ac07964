package dev.rehearsal.load;

import dev.rehearsal.load.dsl.SqlTransaction;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Simulation;
import dev.rehearsal.scenario.Workload.Service;
import io.gatling.javaapi.core.Session;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The users of one service whose simulation says what they do: each is an arrival of the plan, and each of its transactions a request.
 *
 * <p>Gatling makes users ahead of their arrival, and each takes the next one of the plan. How many requests a plan comes to is known only when its users
 * have done what they do: when nobody is left who may ask for something before the stop.
 */
final class SimulatedTraffic implements Traffic, ArrivingUsers {
    private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final int service;
    private final int firstOperation;
    private final List<String> transactions;
    private final String serviceName;
    private final String className;
    private final Slice slice;
    private final ArrivalPlan plan;
    private final RequestRunner runner;
    private final InFlight inFlight;
    private final Timekeeper timekeeper;
    private final CompletableFuture<Long> planStart;
    private final Consumer<Frame.Failed> broken;

    private final AtomicLong ended = new AtomicLong();
    private final AtomicLongArray perTransaction;
    /** Those that may do something yet. */
    private final Set<User> users = ConcurrentHashMap.newKeySet();

    // What is next; guarded by this.
    private final ArrivalPlan.Instants instants;
    private long index;
    private boolean closed;

    /**
     * @param service index in the workload
     * @param firstOperation index of the simulation's first transaction in the request log
     * @param slice which of the arrivals are users here
     * @param planStart known before the first user is there
     * @param broken is told what makes the simulation useless
     */
    SimulatedTraffic(
            int service,
            int firstOperation,
            Service spec,
            Simulation simulation,
            Slice slice,
            ArrivalPlan plan,
            RequestRunner runner,
            InFlight inFlight,
            Timekeeper timekeeper,
            CompletableFuture<Long> planStart,
            Consumer<Frame.Failed> broken) {
        this.service = service;
        this.firstOperation = firstOperation;
        this.transactions = simulation.transactions().stream()
                .map(Simulation.Transaction::name)
                .toList();
        this.serviceName = spec.name();
        this.className = simulation.className();
        this.slice = slice;
        this.plan = plan;
        this.runner = runner;
        this.inFlight = inFlight;
        this.timekeeper = timekeeper;
        this.planStart = planStart;
        this.broken = broken;
        this.perTransaction = new AtomicLongArray(transactions.size());
        this.instants = plan.instants();
        index = slice.skipOthers(0, instants);
    }

    @Override
    public synchronized ArrivingUsers.User arrive() {
        User user = new User(index, planStart.join() + instants.next());
        index = slice.skipOthers(index + 1, instants);
        users.add(user);
        return user;
    }

    @Override
    public long nowNanos() {
        return timekeeper.nowNanos();
    }

    @Override
    public long deploy(int version, long overNanos) {
        throw new IllegalStateException("a simulation has one version");
    }

    @Override
    public synchronized long plannedBefore(long stopNanos) {
        long awaited = users.stream()
                .filter(user -> user.dueNanos < stopNanos && (user.asking || !closed))
                .count();
        return ended.get() + awaited + toCome(stopNanos);
    }

    @Override
    public synchronized boolean isCertainBefore(long stopNanos) {
        return toCome(stopNanos) == 0 && users.stream().noneMatch(user -> user.dueNanos < stopNanos);
    }

    private long toCome(long stopNanos) {
        return slice.count(index, plan.countBefore(stopNanos - planStart.join()));
    }

    @Override
    public synchronized void abandonRest(long stopNanos, long nowNanos) {
        closed = true;
        long start = planStart.join();
        while (start + instants.peek() < stopNanos) {
            abandoned(index, start + instants.next(), nowNanos);
            index = slice.skipOthers(index + 1, instants);
        }
        users.stream()
                .filter(user -> user.dueNanos < stopNanos && !user.hasAsked)
                .forEach(user -> abandoned(user.arrival, user.dueNanos, nowNanos));
    }

    /** Of one who never asked for anything, the first transaction stands for whatever it would have been. */
    private void abandoned(long arrival, long dueNanos, long nowNanos) {
        ended.incrementAndGet();
        begun(0, arrival, dueNanos).finished(new Transaction.Ending(Outcome.ABANDONED, -1, ""), nowNanos);
    }

    private InFlight.Request begun(int transaction, long arrival, long dueNanos) {
        long nth = perTransaction.getAndIncrement(transaction);
        return inFlight.begun(new Arrival(service, transaction, arrival, nth, dueNanos), firstOperation + transaction);
    }

    private final class User implements ArrivingUsers.User {
        private final long arrival;
        private final RandomGenerator random;
        /** When its next transaction is due. */
        private volatile long dueNanos;

        private volatile boolean hasAsked;
        private volatile boolean asking;

        private User(long arrival, long arrivalNanos) {
            this.arrival = arrival;
            this.dueNanos = arrivalNanos;
            this.random = plan.values(arrival)::nextLong;
        }

        /** Some time before it is due; what a transaction is made of should be there by then. */
        @Override
        public long beginNanos() {
            return dueNanos - EARLY_NANOS;
        }

        @Override
        public void pauses(long millis) {
            // Nobody else writes it meanwhile: a user does one thing after the other.
            long due = dueNanos;
            dueNanos = due + TimeUnit.MILLISECONDS.toNanos(millis);
        }

        @Override
        public void left() {
            users.remove(this);
        }

        /** What comes after the stop is turned away when it is due. */
        @Override
        public boolean mayBegin() {
            return true;
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public void perform(SqlTransaction transaction, Session session, Consumer<Session> next) {
            int number = transactions.indexOf(transaction.name());
            if (number < 0) {
                broken.accept(new Frame.Failed(
                        "the simulation " + className + " of service " + serviceName + " has a transaction '"
                                + transaction.name() + "', which is not among the service's transactions",
                        "Add it to them, or correct its name."));
                left();
                return;
            }
            asking = true;
            InFlight.Request request = begun(number, arrival, dueNanos);
            hasAsked = true;
            Thread.startVirtualThread(() -> run(request, new SimulatedRun(transaction, session), next));
        }

        private void run(InFlight.Request request, SimulatedRun run, Consumer<Session> next) {
            if (!runner.run(request, run)) {
                // The run was over before it was due, and for this user it stays so.
                left();
                return;
            }
            ended.incrementAndGet();
            asking = false;
            dueNanos = timekeeper.nowNanos();
            next.accept(run.after());
        }
    }
}
