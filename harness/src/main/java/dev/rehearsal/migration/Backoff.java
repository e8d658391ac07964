package dev.rehearsal.migration;

import dev.rehearsal.scenario.Step.LockPolicy;
import java.time.Duration;
import java.util.Random;

/** How long to wait before trying again: doubling, up to ten seconds, of which a random half is left out so that retries do not march in step. */
record Backoff(Random random) {
    static final Duration LONGEST = Duration.ofSeconds(10);

    /** @param failures of this step so far, from 1 */
    Duration after(int failures, LockPolicy policy) {
        double factor = Math.pow(2, Math.min(failures - 1, 40));
        double nanos = Math.min((double) policy.backoff().toNanos() * factor, (double) LONGEST.toNanos());
        return Duration.ofNanos((long) (nanos * (0.5 + random.nextDouble() / 2)));
    }
}
