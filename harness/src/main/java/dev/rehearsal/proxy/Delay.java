package dev.rehearsal.proxy;

import java.util.concurrent.TimeUnit;

/** Delays of toxics in nanoseconds, between none and a year: times that they are added to must not overflow. */
final class Delay {
    private static final long LONGEST_NANOS = TimeUnit.DAYS.toNanos(365);

    private Delay() {}

    static long ofMillis(long millis) {
        return Math.clamp(TimeUnit.MILLISECONDS.toNanos(millis), 0, LONGEST_NANOS);
    }

    static long ofMicros(long micros) {
        return Math.clamp(TimeUnit.MICROSECONDS.toNanos(micros), 0, LONGEST_NANOS);
    }
}
