package dev.rehearsal.load;

import dev.rehearsal.load.UserArrivals.UserArrival;
import dev.rehearsal.load.dsl.SqlTransaction;
import dev.rehearsal.run.RequestRecord.Outcome;
import io.gatling.javaapi.core.Session;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The users of one service whose simulation says what they do: each is an arrival of the plan, and each of its transactions a request.
 *
 * <p>Gatling makes users ahead of their arrival, and each takes the next one of the plan. How many requests a plan comes to is known only when its users
 * have done what they do: when nobody is left who may ask for something before the stop.
 */
final class SimulatedTraffic implements ArrivingUsers {
    private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final SimulatedRequests requests;
    private final RequestRunner runner;
    private final Timekeeper timekeeper;

    private final AtomicLong ended = new AtomicLong();
    /** Those that may do something yet. */
    private final Set<User> users = ConcurrentHashMap.newKeySet();

    // Both guarded by this.
    private final UserArrivals arrivals;
    private boolean closed;

    SimulatedTraffic(SimulatedRequests requests, UserArrivals arrivals, RequestRunner runner, Timekeeper timekeeper) {
        this.requests = requests;
        this.arrivals = arrivals;
        this.runner = runner;
        this.timekeeper = timekeeper;
    }

    @Override
    public synchronized ArrivingUsers.User arrive() {
        User user = new User(arrivals.next());
        users.add(user);
        return user;
    }

    @Override
    public long nowNanos() {
        return timekeeper.nowNanos();
    }

    @Override
    public synchronized long plannedBefore(long stopNanos) {
        long awaited = users.stream()
                .filter(user -> user.dueNanos < stopNanos && (user.asking || !closed))
                .count();
        return ended.get() + awaited + arrivals.leftBefore(stopNanos);
    }

    @Override
    public synchronized boolean isCertainBefore(long stopNanos) {
        return arrivals.leftBefore(stopNanos) == 0 && users.stream().noneMatch(user -> user.dueNanos < stopNanos);
    }

    @Override
    public synchronized void abandonRest(long stopNanos, long nowNanos) {
        closed = true;
        while (arrivals.nextInstant() < stopNanos) {
            UserArrival never = arrivals.next();
            abandoned(never.index(), never.instantNanos(), nowNanos);
        }
        users.stream()
                .filter(user -> user.dueNanos < stopNanos && !user.hasAsked)
                .forEach(user -> abandoned(user.arrival, user.dueNanos, nowNanos));
    }

    /** Of one who never asked for anything, the first transaction stands for whatever it would have been. */
    private void abandoned(long arrival, long dueNanos, long nowNanos) {
        ended.incrementAndGet();
        requests.begun(0, arrival, dueNanos).finished(new Transaction.Ending(Outcome.ABANDONED, -1, ""), nowNanos);
    }

    private final class User implements ArrivingUsers.User {
        private final long arrival;
        private final RandomGenerator random;
        /** When its next transaction is due. */
        private volatile long dueNanos;

        private volatile boolean hasAsked;
        private volatile boolean asking;

        private User(UserArrival arrival) {
            this.arrival = arrival.index();
            this.dueNanos = arrival.instantNanos();
            this.random = arrival.random();
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
            OptionalInt number = requests.number("transaction", transaction.name(), "correct its name");
            if (number.isEmpty()) {
                left();
                return;
            }
            asking = true;
            InFlight.Request request = requests.begun(number.getAsInt(), arrival, dueNanos);
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
