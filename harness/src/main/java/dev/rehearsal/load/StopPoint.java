package dev.rehearsal.load;

import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * The instant that divides the arrivals that belong to the run from those that do not.
 *
 * <p>The two sides must agree exactly, or planned and recorded requests could never be compared: no arrival may run on the strength of not
 * having heard of a stop that lies before it. So a stop lies in the future when it is published, and if publishing took too long it is moved;
 * an arrival that it excludes waits until it is final. Safe for use by several threads.
 */
final class StopPoint {
    private volatile long published = Long.MAX_VALUE;
    private final CompletableFuture<Long> decided = new CompletableFuture<>();

    /** Whether an arrival is part of the run; called when its instant has come. */
    boolean admits(long t0Nanos) {
        return t0Nanos < published || t0Nanos < decided.join();
    }

    /** Whether the stop is final and lies at or before {@code t0Nanos}; false while there may be no stop yet. */
    boolean excludes(long t0Nanos) {
        return decided.isDone() && t0Nanos >= decided.join();
    }

    /**
     * Lets no arrival of {@code candidateNanos} or later run before {@link #decide(long)}. May be asked again, with a later instant.
     *
     * @return whether none of them can have run yet
     */
    boolean offer(LongSupplier now, long candidateNanos) {
        published = candidateNanos;
        return now.getAsLong() < candidateNanos;
    }

    /** Stops at an instant that was offered. Once only. */
    void decide(long instantNanos) {
        decided.complete(instantNanos);
    }

    /** Stops {@code marginNanos} from now, or as soon after as can be exact; returns the instant. Once only. */
    long decide(LongSupplier now, long marginNanos) {
        long candidate;
        do {
            candidate = now.getAsLong() + marginNanos;
        } while (!offer(now, candidate));
        decide(candidate);
        return candidate;
    }
}
