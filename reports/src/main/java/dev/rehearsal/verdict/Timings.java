package dev.rehearsal.verdict;

import org.HdrHistogram.Histogram;

/**
 * A distribution of durations: an HdrHistogram of nanoseconds with three significant digits, beside the exact maximum and mean. Complete once
 * it is handed out; not safe for use by several threads before.
 */
public final class Timings {
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double NANOS_PER_MILLISECOND = 1e6;

    private final Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
    private long maxNanos;
    private double sumNanos;

    /** Less than nothing counts as nothing: clocks of two threads may differ by less than they resolve. */
    void add(long nanos) {
        long duration = Math.max(0, nanos);
        histogram.recordValue(duration);
        maxNanos = Math.max(maxNanos, duration);
        sumNanos += duration;
    }

    void add(Timings other) {
        histogram.add(other.histogram);
        maxNanos = Math.max(maxNanos, other.maxNanos);
        sumNanos += other.sumNanos;
    }

    /** Requests that a percentile needs to be more than one or two of them: {@code 2 / (1 − p)}, which is 4 for p50 and 200 for p99. */
    public static long requestsNeeded(double percentile) {
        return percentile >= 100 ? 1 : (long) Math.ceil(2 / (1 - percentile / 100) - 1e-9);
    }

    public long count() {
        return histogram.getTotalCount();
    }

    /**
     * Nearest rank, at most 0.1 % too high, never above the maximum.
     *
     * @param percentile above 0, at most 100
     * @return nanoseconds; 0 if there is nothing
     */
    public long percentileNanos(double percentile) {
        return Math.min(maxNanos, histogram.getValueAtPercentile(percentile));
    }

    public double percentileMillis(double percentile) {
        return percentileNanos(percentile) / NANOS_PER_MILLISECOND;
    }

    /** Exact. */
    public long maxNanos() {
        return maxNanos;
    }

    public double maxMillis() {
        return maxNanos / NANOS_PER_MILLISECOND;
    }

    /** Exact; 0 if there is nothing. */
    public double meanMillis() {
        return count() == 0 ? 0 : sumNanos / count() / NANOS_PER_MILLISECOND;
    }
}
