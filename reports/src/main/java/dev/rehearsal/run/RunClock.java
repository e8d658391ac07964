package dev.rehearsal.run;

import java.time.Instant;

/**
 * The one clock of a run: nanoseconds since its origin, and how they relate to the wall clock (which only the server's log uses). Immutable
 * and safe for use by several threads.
 */
public final class RunClock {
    private final long originNanoTime;
    private final Instant originWallClock;

    private RunClock(long originNanoTime, Instant originWallClock) {
        this.originNanoTime = originNanoTime;
        this.originWallClock = originWallClock;
    }

    /** A clock whose origin is now. */
    public static RunClock started() {
        // The pair read closest together of a few tries: an interrupt between the two reads would shift every log time.
        long best = Long.MAX_VALUE;
        RunClock clock = new RunClock(System.nanoTime(), Instant.now());
        for (int i = 0; i < 20; i++) {
            long before = System.nanoTime();
            Instant wall = Instant.now();
            long after = System.nanoTime();
            if (after - before < best) {
                best = after - before;
                clock = new RunClock(before + (after - before) / 2, wall);
            }
        }
        return clock;
    }

    /** The clock of a run whose origin is known: in another process of the same machine, or in a test. */
    public static RunClock at(long originNanoTime, Instant originWallClock) {
        return new RunClock(originNanoTime, originWallClock);
    }

    public long nowNanos() {
        return System.nanoTime() - originNanoTime;
    }

    /** Of a {@code System.nanoTime()} reading. */
    public long fromNanoTime(long nanoTime) {
        return nanoTime - originNanoTime;
    }

    public long fromWallClock(Instant wall) {
        return java.time.Duration.between(originWallClock, wall).toNanos();
    }

    public Instant toWallClock(long nanos) {
        return originWallClock.plusNanos(nanos);
    }

    public long originNanoTime() {
        return originNanoTime;
    }

    public Instant originWallClock() {
        return originWallClock;
    }
}
