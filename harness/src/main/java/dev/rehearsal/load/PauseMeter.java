package dev.rehearsal.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Notices when this process did not run: a thread that sleeps for a little, again and again, and looks how long it was. */
final class PauseMeter {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long WORTH_TELLING_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Gets the end and the length of a pause, on the meter's thread; within a second only of one that is longer than those before. */
    @FunctionalInterface
    interface Listener {
        void paused(long atNanos, long durationNanos);
    }

    private PauseMeter() {}

    /** Meters until the process ends. */
    static void start(Timekeeper timekeeper, Listener listener) {
        Thread.ofPlatform().name("pause meter").daemon().start(() -> {
            long before = timekeeper.nowNanos();
            long second = before;
            long longest = WORTH_TELLING_NANOS;
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(INTERVAL_NANOS);
                long now = timekeeper.nowNanos();
                long overslept = now - before - INTERVAL_NANOS;
                if (now - second > SECOND_NANOS) {
                    second = now;
                    longest = WORTH_TELLING_NANOS;
                }
                if (overslept > longest) {
                    longest = overslept;
                    listener.paused(now, overslept);
                }
                before = now;
            }
        });
    }
}
