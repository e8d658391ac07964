package dev.rehearsal.load;

import java.util.List;

/**
 * How many requests the plan had so far: the harness knows the plan as well as the injector does. What a simulation's users come to is not in any plan, and is
 * left out. Safe for use by several threads.
 */
final class ArrivedCount {
    private final List<ArrivalPlan.Counter> counters;
    private long planStartNanos = Long.MAX_VALUE;
    private long stopNanos = Long.MAX_VALUE;

    ArrivedCount(LoadSpec spec) {
        this.counters = spec.workload().services().stream()
                .filter(service -> service.simulation().isEmpty())
                .map(service -> new ArrivalPlan(spec.seed(), spec.workload().arrivals(), service).new Counter())
                .toList();
    }

    synchronized void begin(long instantNanos) {
        planStartNanos = instantNanos;
    }

    synchronized void end(long instantNanos) {
        stopNanos = instantNanos;
    }

    /** Arrivals planned before {@code nowNanos}; calls come with instants that only grow. */
    synchronized long arrived(long nowNanos) {
        if (planStartNanos == Long.MAX_VALUE) {
            return 0;
        }
        long until = Math.min(nowNanos, stopNanos) - planStartNanos;
        return counters.stream()
                .mapToLong(counter -> counter.countBefore(until))
                .sum();
    }
}
