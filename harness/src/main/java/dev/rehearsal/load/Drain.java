package dev.rehearsal.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The wait, after the stop, until every request that belongs before it is recorded.
 *
 * <p>How many these are the plan says where it has a request for each arrival: that stands still. Of users it shows only while they end, and until it is
 * certain each reading of it may differ from the one before: who has just been answered counts once for the answer, and once more until it is seen to
 * leave. So a count of users is only ever compared with what is recorded then, and never subtracted from another one.
 */
final class Drain {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<ServiceTraffic> operations = new ArrayList<>();
    private final List<ArrivingUsers> users = new ArrayList<>();
    private final InFlight inFlight;
    private final Timekeeper timekeeper;

    /** @param traffic of all services, whose requests {@code inFlight} has */
    Drain(List<Traffic> traffic, InFlight inFlight, Timekeeper timekeeper) {
        for (Traffic each : traffic) {
            switch (each) {
                case ServiceTraffic planned -> operations.add(planned);
                case ArrivingUsers arriving -> users.add(arriving);
            }
        }
        this.inFlight = inFlight;
        this.timekeeper = timekeeper;
    }

    /**
     * Waits; records as abandoned what has not ended after {@code limitNanos}. Once only.
     *
     * @param stopNanos is decided
     */
    Frame.Drained drained(long stopNanos, long limitNanos) {
        long byPlan = before(stopNanos, operations);
        while (!isOver(stopNanos, byPlan) && timekeeper.nowNanos() < stopNanos + limitNanos) {
            timekeeper.parkUntil(timekeeper.nowNanos() + POLL_NANOS);
        }
        long nowNanos = timekeeper.nowNanos();
        operations.forEach(service -> service.abandonRest(stopNanos, nowNanos));
        users.forEach(service -> service.abandonRest(stopNanos, nowNanos));
        inFlight.abandon(stopNanos, nowNanos);
        return new Frame.Drained(stopNanos, byPlan + before(stopNanos, users), inFlight.recorded());
    }

    private boolean isOver(long stopNanos, long byPlan) {
        return users.stream().allMatch(service -> service.isCertainBefore(stopNanos))
                && inFlight.recorded() >= byPlan + before(stopNanos, users);
    }

    private static long before(long stopNanos, List<? extends Traffic> traffic) {
        return traffic.stream()
                .mapToLong(service -> service.plannedBefore(stopNanos))
                .sum();
    }
}
