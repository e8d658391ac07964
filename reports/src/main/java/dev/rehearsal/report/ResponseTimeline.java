package dev.rehearsal.report;

import dev.rehearsal.report.ReportData.Level;
import dev.rehearsal.run.StageSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Response times cut into short buckets of planned arrival, so that a stall appears when its victims came and not when they were released.
 *
 * <p>Buckets are aligned with the time axis' 0. Percentiles are nearest-rank of the requests themselves, never of a histogram or of other
 * percentiles. A p99 wants more requests than most buckets have: it is taken of the shortest windows up to a second that usually have them,
 * and where no such window does, of whole stages. No window reaches over the end of a stage. Not safe for use by several threads.
 */
final class ResponseTimeline {
    /** Of fewer requests it would be the maximum under another name. Enough for a picture; judging asks for more. */
    static final int REQUESTS_FOR_P99 = 100;

    private static final int MOST_BUCKETS = 480;
    private static final long[] WIDTHS_MILLIS = {
        250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000
    };
    private static final long LONGEST_P99_WINDOW_NANOS = 1_000_000_000;

    private final TimeAxis axis;
    private final long widthNanos;
    private final long firstBucket;
    private final int buckets;
    private final Samples[] samples;
    private final long[] arrivals;
    private final long[] failures;

    ResponseTimeline(TimeAxis axis, int operations) {
        this.axis = axis;
        this.widthNanos = width(axis.toNanos() - axis.fromNanos());
        this.firstBucket = Math.floorDiv(axis.fromNanos() - axis.zeroNanos(), widthNanos);
        this.buckets = (int) (Math.floorDiv(axis.toNanos() - 1 - axis.zeroNanos(), widthNanos) - firstBucket + 1);
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

    double widthMillis() {
        return widthNanos / 1e6;
    }

    /** Start of the first bucket on the axis. */
    double startMillis() {
        return firstBucket * widthMillis();
    }

    /** An arrival of an operation; outside of the axis it is left out. */
    void add(int operation, long t0Nanos, double responseMillis, boolean failed) {
        if (t0Nanos < axis.fromNanos() || t0Nanos >= axis.toNanos()) {
            return;
        }
        int bucket = bucket(t0Nanos);
        arrivals[bucket]++;
        if (failed) {
            failures[bucket]++;
        }
        samples[operation].add(t0Nanos, responseMillis);
    }

    private int bucket(long nanos) {
        return (int) (Math.floorDiv(nanos - axis.zeroNanos(), widthNanos) - firstBucket);
    }

    ReportData.Load load() {
        return new ReportData.Load(perSecond(arrivals), perSecond(failures));
    }

    private List<Double> perSecond(long[] counts) {
        return Arrays.stream(counts)
                .mapToObj(n -> rounded(n * 1e9 / widthNanos))
                .toList();
    }

    ReportData.OperationSeries series(
            int operation, String service, String name, boolean writes, List<StageSpan> stages) {
        double[][] byBucket = samples[operation].split(buckets, this::bucket);
        return new ReportData.OperationSeries(
                service, name, writes, quantile(byBucket, 0.5), quantile(byBucket, 1.0), p99(operation, stages));
    }

    private List<Level> p99(int operation, List<StageSpan> stages) {
        List<Level> levels = new ArrayList<>();
        double perNano = (double) samples[operation].size / (axis.toNanos() - axis.fromNanos());
        for (StageSpan stage : stages) {
            levels.addAll(p99(operation, stage, p99Window(perNano, stage.durationNanos())));
        }
        return levels;
    }

    private long p99Window(double requestsPerNano, long stageNanos) {
        for (long window = widthNanos; window <= LONGEST_P99_WINDOW_NANOS; window *= 2) {
            // A little over what is needed: Poisson arrivals scatter, and a window that misses by one is a gap.
            if (requestsPerNano * window >= 1.3 * REQUESTS_FOR_P99) {
                return window;
            }
        }
        return Math.max(1, stageNanos);
    }

    private List<Level> p99(int operation, StageSpan stage, long window) {
        int windows = (int) Math.max(1, (stage.durationNanos() + window - 1) / window);
        double[][] byWindow = samples[operation].split(
                windows, t0 -> stage.contains(t0) ? (int) ((t0 - stage.startNanos()) / window) : -1);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            if (byWindow[i].length >= REQUESTS_FOR_P99) {
                long from = stage.startNanos() + i * window;
                long to = Math.min(from + window, stage.endNanos());
                levels.add(new Level(axis.millis(from), axis.millis(to), nearestRank(byWindow[i], 0.99)));
            }
        }
        return levels;
    }

    private static List<OptionalDouble> quantile(double[][] sorted, double fraction) {
        return Arrays.stream(sorted)
                .map(values ->
                        values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(nearestRank(values, fraction)))
                .toList();
    }

    private static double nearestRank(double[] sorted, double fraction) {
        return rounded(sorted[(int) Math.ceil(fraction * sorted.length) - 1]);
    }

    /** To the microsecond: more digits would only make the page larger. */
    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** Which group a planned arrival belongs to; negative: none. */
    @FunctionalInterface
    private interface Grouping {
        int of(long t0Nanos);
    }

    /** Grows as requests come: a planned arrival and a response time each. */
    private static final class Samples {
        private long[] t0 = new long[1024];
        private double[] millis = new double[1024];
        private int size;

        void add(long t0Nanos, double responseMillis) {
            if (size == t0.length) {
                t0 = Arrays.copyOf(t0, size * 2);
                millis = Arrays.copyOf(millis, size * 2);
            }
            t0[size] = t0Nanos;
            millis[size] = responseMillis;
            size++;
        }

        /** The response times by group, each sorted. */
        double[][] split(int groups, Grouping grouping) {
            int[] counts = new int[groups];
            for (int i = 0; i < size; i++) {
                int group = grouping.of(t0[i]);
                if (group >= 0) {
                    counts[group]++;
                }
            }
            double[][] split = new double[groups][];
            Arrays.setAll(split, g -> new double[counts[g]]);
            for (int i = 0; i < size; i++) {
                int group = grouping.of(t0[i]);
                if (group >= 0) {
                    split[group][--counts[group]] = millis[i];
                }
            }
            for (double[] values : split) {
                Arrays.sort(values);
            }
            return split;
        }
    }
}
