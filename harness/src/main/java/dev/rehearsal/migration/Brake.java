package dev.rehearsal.migration;

import dev.rehearsal.scenario.Backfill.Throttle;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Holds a backfill up while those beside it suffer. Not for several threads. */
final class Brake {
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final Throttle throttle;
    private final Surroundings surroundings;
    private final StopRequest stop;
    private final Map<String, Long> heldNanos = new TreeMap<>();

    Brake(Throttle throttle, Surroundings surroundings, StopRequest stop) {
        this.throttle = throttle;
        this.surroundings = surroundings;
        this.stop = stop;
    }

    /** Returns when nothing holds the backfill up, or it is to stop; whether anything did. */
    boolean await() throws InterruptedException {
        Optional<String> reason = reason();
        boolean held = reason.isPresent();
        while (reason.isPresent() && !stop.requested()) {
            long before = System.nanoTime();
            stop.pause(INTERVAL);
            heldNanos.merge(reason.get(), System.nanoTime() - before, Long::sum);
            reason = reason();
        }
        return held;
    }

    /** By the words of the scenario. */
    Map<String, Long> heldNanos() {
        return Map.copyOf(heldNanos);
    }

    private Optional<String> reason() {
        boolean behind = throttle.replicaLag().isPresent()
                && surroundings
                        .furthestBehind()
                        .filter(replica ->
                                replica.lag().compareTo(throttle.replicaLag().get()) > 0)
                        .isPresent();
        if (behind) {
            return Optional.of("replicaLag");
        }
        if (mostP99().isPresent()
                && surroundings
                        .p99()
                        .filter(p99 -> p99.compareTo(mostP99().get()) > 0)
                        .isPresent()) {
            return Optional.of("p99");
        }
        return throttle.lockQueue().isPresent()
                        && surroundings.waitingForLocks() > throttle.lockQueue().getAsInt()
                ? Optional.of("lockQueue")
                : Optional.empty();
    }

    private Optional<Duration> mostP99() {
        return throttle.p99Factor().isPresent()
                ? surroundings
                        .baselineP99()
                        .map(baseline -> Duration.ofNanos((long)
                                (baseline.toNanos() * throttle.p99Factor().getAsDouble())))
                : throttle.p99();
    }
}
