package dev.rehearsal.load;

import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** The arrivals of a service's users that are a slice's, one after the other. Not safe for use by several threads. */
final class UserArrivals {
    private final Slice slice;
    private final ArrivalPlan plan;
    private final ArrivalPlan.Instants instants;
    private final CompletableFuture<Long> planStart;

    /** Of the next arrival of this slice, among all. */
    private long index;

    /** @param planStart known before the first user is there */
    UserArrivals(Slice slice, ArrivalPlan plan, CompletableFuture<Long> planStart) {
        this.slice = slice;
        this.plan = plan;
        this.instants = plan.instants();
        this.planStart = planStart;
        skipOthers();
    }

    /**
     * One of them.
     *
     * @param index among those of all slices, from 0
     * @param instantNanos since the run's origin
     * @param random by the scenario's seed
     */
    record UserArrival(long index, long instantNanos, RandomGenerator random) {}

    /** Takes the next one. */
    UserArrival next() {
        UserArrival next = new UserArrival(index, nextInstant(), plan.values(index)::nextLong);
        instants.next();
        index++;
        skipOthers();
        return next;
    }

    /** Of the next one, since the run's origin. */
    long nextInstant() {
        return planStart.join() + instants.peek();
    }

    /** How many are before an instant and were not taken. */
    long leftBefore(long instantNanos) {
        return slice.count(index, plan.countBefore(instantNanos - planStart.join()));
    }

    private void skipOthers() {
        while (!slice.has(index)) {
            instants.next();
            index++;
        }
    }
}
