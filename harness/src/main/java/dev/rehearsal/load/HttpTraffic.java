package dev.rehearsal.load;

import dev.rehearsal.load.UserArrivals.UserArrival;
import dev.rehearsal.load.dsl.SqlTransaction;
import dev.rehearsal.run.RequestRecord.Attempts;
import dev.rehearsal.run.RequestRecord.Outcome;
import io.gatling.javaapi.core.Session;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The requests of an HTTP simulation, as Gatling tells of them when they have ended.
 *
 * <p>When users arrive is the plan's. What they ask for, and when, is seen only by its end, without the user who asked. So the load has drained when
 * nobody is left of those who arrived before the stop, but for those who think until after it; who is left when the drain's time is over was given no
 * answer, and counts as planned and not recorded.
 */
final class HttpTraffic implements ArrivingUsers {
    /** In the place of an SQLState: the answer is not what the simulation wants. */
    static final String CHECK_FAILED = SimulatedRun.CHECK_FAILED;

    /** In the place of an SQLState: there was no answer. Statuses from 400 on stand there behind an H. */
    static final String NO_ANSWER = "HTTP";

    private static final int FIRST_REFUSAL = 400;

    /** Gatling's times are cut to whole milliseconds: what was sent just after the stop may seem to have been sent just before it. */
    private static final long SEEMS_EARLIER_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final SimulatedRequests requests;
    private final Timekeeper timekeeper;
    private final StopPoint stop;

    private final AtomicLong ended = new AtomicLong();
    private final Set<Visitor> visitors = ConcurrentHashMap.newKeySet();

    /** Guarded by this. */
    private final UserArrivals arrivals;

    HttpTraffic(SimulatedRequests requests, UserArrivals arrivals, Timekeeper timekeeper, StopPoint stop) {
        this.requests = requests;
        this.arrivals = arrivals;
        this.timekeeper = timekeeper;
        this.stop = stop;
    }

    /**
     * A request as Gatling tells of it.
     *
     * @param startNanos when it was sent, since the run's origin
     * @param succeeded what the simulation's checks say
     * @param status of the answer; empty: there was none
     * @param message why it did not succeed
     */
    record Answer(
            String request,
            long startNanos,
            long endNanos,
            boolean succeeded,
            Optional<String> status,
            Optional<String> message) {
        Transaction.Ending ending() {
            if (succeeded) {
                return Transaction.Ending.SUCCEEDED;
            }
            if (status.isEmpty()) {
                return message.filter(why -> why.contains("Timeout")).isPresent()
                        ? new Transaction.Ending(Outcome.TIMED_OUT, -1, "")
                        : new Transaction.Ending(Outcome.FAILED, -1, NO_ANSWER);
            }
            boolean refused = status.get().matches("[0-9]{3}") && Integer.parseInt(status.get()) >= FIRST_REFUSAL;
            return new Transaction.Ending(Outcome.FAILED, -1, refused ? "H" + status.get() : CHECK_FAILED);
        }
    }

    /** Records one, if it was sent before the stop. */
    void answered(Answer answer) {
        OptionalInt number = requests.number("request", answer.request(), "make it silent() in the simulation");
        if (number.isPresent() && stop.admits(answer.startNanos())) {
            requests.begun(number.getAsInt(), Attempts.NO_ARRIVAL, answer.startNanos())
                    .finished(answer.ending(), answer.endNanos());
            ended.incrementAndGet();
        }
    }

    /** Says that a request could not even be made. */
    void unmade(String request, String why) {
        requests.broken("could not make its request '" + request + "': " + why, "Correct the simulation.");
    }

    @Override
    public synchronized User arrive() {
        Visitor visitor = new Visitor(arrivals.next());
        visitors.add(visitor);
        return visitor;
    }

    @Override
    public long nowNanos() {
        return timekeeper.nowNanos();
    }

    @Override
    public synchronized long plannedBefore(long stopNanos) {
        // In this order: who is answered and leaves meanwhile counts twice, and never not at all.
        long mayAsk = awaited(stopNanos) + arrivals.leftBefore(stopNanos);
        return mayAsk + ended.get();
    }

    @Override
    public synchronized boolean isCertainBefore(long stopNanos) {
        return arrivals.leftBefore(stopNanos) == 0 && awaited(stopNanos) == 0;
    }

    private long awaited(long stopNanos) {
        return visitors.stream()
                .filter(visitor -> visitor.dueNanos < stopNanos + SEEMS_EARLIER_NANOS)
                .count();
    }

    /** Nothing: what they would have asked for nobody knows. */
    @Override
    public void abandonRest(long stopNanos, long nowNanos) {}

    private final class Visitor implements User {
        private final RandomGenerator random;
        /** It may ask for something from then on. */
        private volatile long dueNanos;

        Visitor(UserArrival arrival) {
            this.random = arrival.random();
            this.dueNanos = arrival.instantNanos();
        }

        /** It sends its request at once. */
        @Override
        public long beginNanos() {
            return dueNanos;
        }

        @Override
        public void pauses(long millis) {
            dueNanos = Math.max(dueNanos, timekeeper.nowNanos()) + TimeUnit.MILLISECONDS.toNanos(millis);
        }

        @Override
        public void left() {
            visitors.remove(this);
        }

        @Override
        public boolean mayBegin() {
            return !stop.excludes(dueNanos);
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public void perform(SqlTransaction transaction, Session session, Consumer<Session> next) {
            requests.broken(
                    "talks HTTP, and has the transaction '" + transaction.name()
                            + "' of dev.rehearsal.load.dsl as well",
                    "Make two simulations of it, each of a service of its own.");
            left();
        }
    }
}
