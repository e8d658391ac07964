package dev.rehearsal.load;

import java.util.concurrent.locks.LockSupport;

/** The clock of requests, and waiting by it: nanoseconds since the run's origin. Tests have one that stands still until told. */
interface Timekeeper {
    long nowNanos();

    /** Returns at {@code instantNanos}, or a little later; at once if that has passed. */
    void parkUntil(long instantNanos);

    /** The machine's monotonic clock. */
    static Timekeeper since(long originNanoTime) {
        return new Timekeeper() {
            @Override
            public long nowNanos() {
                return System.nanoTime() - originNanoTime;
            }

            @Override
            public void parkUntil(long instantNanos) {
                for (long left = instantNanos - nowNanos(); left > 0; left = instantNanos - nowNanos()) {
                    LockSupport.parkNanos(left);
                }
            }
        };
    }
}
