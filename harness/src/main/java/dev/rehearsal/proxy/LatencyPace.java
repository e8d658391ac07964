package dev.rehearsal.proxy;

import java.util.Optional;
import java.util.random.RandomGenerator;

/** Delays bytes, measured from their arrival; they keep their order, so a chunk with little jitter waits for the one before it. */
final class LatencyPace implements Pace {
    private final long latencyNanos;
    private final long jitterNanos;
    private final RandomGenerator random;

    LatencyPace(Toxic.Latency latency, RandomGenerator random) {
        this.latencyNanos = Delay.ofMillis(latency.latency());
        this.jitterNanos = Delay.ofMillis(latency.jitter());
        this.random = random;
    }

    @Override
    public Optional<Piece> next(Chunk first, long nowNanos) {
        long jitter = jitterNanos > 0 ? random.nextLong(-jitterNanos, jitterNanos) : 0;
        // A second latency behind this one adds to it, although it measures from the arrival, too.
        long due = first.arrivedNanos() + Math.max(0, latencyNanos + jitter);
        return Optional.of(new Piece(first.length(), due, due));
    }

    @Override
    public void sent(long nowNanos) {
        // The next chunk's time does not depend on it.
    }

    @Override
    public int holdsAtMost() {
        return Link.DELAYED_BYTES;
    }
}
