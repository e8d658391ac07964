package dev.rehearsal.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Response times cut into short buckets of planned arrival, so that a stall appears when its victims came and not when they were released.
 *
 * <p>Buckets are aligned with {@code zero}. Percentiles are nearest-rank of the requests themselves, never of a histogram or of other
 * percentiles. Not safe for use by several threads.
 */
final class ResponseTimeline {
    /** Fewer requests than these do not have a 99th percentile: it would be the maximum under another name. */
    static final int REQUESTS_FOR_P99 = 100;

    private static final int MOST_BUCKETS = 480;
    private static final long[] WIDTHS_MILLIS = {
        250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000
    };
    private static final int[] P99_GROUPS = {1, 2, 4, 10, 20, 40};

    private final long zeroNanos;
    private final long widthNanos;
    private final long firstBucket;
    private final int buckets;
    private final Samples[] samples;
    private final long[] arrivals;
    private final long[] failures;

    /**
     * @param zeroNanos where the time axis has its 0
     * @param fromNanos first moment drawn
     * @param toNanos last moment drawn
     */
    ResponseTimeline(long zeroNanos, long fromNanos, long toNanos, int operations) {
        this.zeroNanos = zeroNanos;
        this.widthNanos = width(toNanos - fromNanos);
        this.firstBucket = Math.floorDiv(fromNanos - zeroNanos, widthNanos);
        this.buckets =
                (int) (Math.floorDiv(Math.max(fromNanos, toNanos - 1) - zeroNanos, widthNanos) - firstBucket + 1);
        this.samples = new Samples[operations];
        Arrays.setAll(samples, i -> new Samples());
        this.arrivals = new long[buckets];
        this.failures = new long[buckets];
    }

    private static long width(long spanNanos) {
        for (long millis : WIDTHS_MILLIS) {
            if (spanNanos <= MOST_BUCKETS * millis * 1_000_000) {
                return millis * 1_000_000;
            }
        }
        return WIDTHS_MILLIS[WIDTHS_MILLIS.length - 1] * 1_000_000;
    }

    long widthNanos() {
        return widthNanos;
    }

    int buckets() {
        return buckets;
    }

    /** Start of the first bucket, relative to zero. */
    long startNanos() {
        return firstBucket * widthNanos;
    }

    /** An arrival of an operation; outside of the drawn span it is left out. */
    void add(int operation, long t0Nanos, double responseMillis, boolean failed) {
        long bucket = Math.floorDiv(t0Nanos - zeroNanos, widthNanos) - firstBucket;
        if (bucket < 0 || bucket >= buckets) {
            return;
        }
        arrivals[(int) bucket]++;
        if (failed) {
            failures[(int) bucket]++;
        }
        samples[operation].add((int) bucket, responseMillis);
    }

    ReportData.Load load() {
        return new ReportData.Load(perSecond(arrivals), perSecond(failures));
    }

    private List<Double> perSecond(long[] counts) {
        return Arrays.stream(counts)
                .mapToObj(n -> rounded(n * 1e9 / widthNanos))
                .toList();
    }

    ReportData.OperationSeries series(int operation, String service, String name, boolean writes) {
        double[][] byBucket = samples[operation].split(0, 1, buckets);
        int group = p99Group(samples[operation].size);
        long firstGroup = Math.floorDiv(firstBucket, (long) group);
        int groups = (int) (Math.floorDiv(firstBucket + buckets - 1, (long) group) - firstGroup + 1);
        double[][] byGroup = samples[operation].split((int) (firstBucket - firstGroup * group), group, groups);
        return new ReportData.OperationSeries(
                service,
                name,
                writes,
                quantile(byBucket, 0.5, 1),
                quantile(byBucket, 1.0, 1),
                group,
                firstGroup * group * widthNanos / 1e6,
                quantile(byGroup, 0.99, REQUESTS_FOR_P99));
    }

    private int p99Group(int requests) {
        for (int group : P99_GROUPS) {
            // A little over what is needed: Poisson arrivals scatter, and a group that misses by one draws a gap.
            if ((double) requests / buckets * group >= 1.3 * REQUESTS_FOR_P99) {
                return group;
            }
        }
        return P99_GROUPS[P99_GROUPS.length - 1];
    }

    private static List<OptionalDouble> quantile(double[][] sorted, double fraction, int least) {
        List<OptionalDouble> quantiles = new ArrayList<>(sorted.length);
        for (double[] values : sorted) {
            quantiles.add(
                    values.length < least
                            ? OptionalDouble.empty()
                            : OptionalDouble.of(rounded(values[(int) Math.ceil(fraction * values.length) - 1])));
        }
        return quantiles;
    }

    /** To the microsecond: more digits would only make the page larger. */
    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** Grows as requests come; a bucket number and a response time each. */
    private static final class Samples {
        private int[] bucket = new int[1024];
        private double[] millis = new double[1024];
        private int size;

        void add(int inBucket, double responseMillis) {
            if (size == bucket.length) {
                bucket = Arrays.copyOf(bucket, size * 2);
                millis = Arrays.copyOf(millis, size * 2);
            }
            bucket[size] = inBucket;
            millis[size] = responseMillis;
            size++;
        }

        /** The response times by group of {@code width} buckets, the first {@code offset} buckets late; each sorted. */
        double[][] split(int offset, int width, int groups) {
            int[] counts = new int[groups];
            for (int i = 0; i < size; i++) {
                counts[(bucket[i] + offset) / width]++;
            }
            double[][] split = new double[groups][];
            Arrays.setAll(split, g -> new double[counts[g]]);
            for (int i = 0; i < size; i++) {
                int group = (bucket[i] + offset) / width;
                split[group][--counts[group]] = millis[i];
            }
            for (double[] values : split) {
                Arrays.sort(values);
            }
            return split;
        }
    }
}
