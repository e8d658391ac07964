package dev.rehearsal.load;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When the load generator really begins its requests, beside the Poisson process that it was asked for. No test of the build: {@code
 * harness/benchmarks/starts-beside-poisson} runs it.
 *
 * <pre>
 * next one after, ms     begun %   planned %   Poisson %
 * windows of     mean    begun: variance/mean    planned: variance/mean    begun: most    planned: most
 * </pre>
 *
 * A generator that ticks, or that wakes late and catches up, begins several at once: the first bin is too full, and the variance of short windows too
 * large. One that evens out what should be random has a variance below 1.
 *
 * <p>Properties: {@code rates} (1000,5000), {@code seconds} measured (15), {@code warmup} before (10).
 */
class StartsBesidePoisson {
    private static final int KEYS = 100_000;
    private static final int WARMUP_SECONDS = Integer.getInteger("warmup", 10);
    private static final int SECONDS_MEASURED = Integer.getInteger("seconds", 15);
    private static final int[] RATES = Arrays.stream(
                    System.getProperty("rates", "1000,5000").split(",", -1))
            .mapToInt(Integer::parseInt)
            .toArray();

    /** Ends of the bins of the times between two starts, in mean times between them. */
    private static final double[] BINS = {0.125, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5};

    private static final long[] WINDOWS_MILLIS = {1, 10, 100};

    @TempDir
    private Path directory;

    @Test
    void show() throws Exception {
        try (LocalServer server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of())) {
            String url = server.jdbcUrl(Snapshot.DATABASE);
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                statement.execute("create table accounts (id bigint primary key, balance int not null)");
                statement.execute("insert into accounts select g, 0 from generate_series(1, " + KEYS + ") g");
                statement.execute("vacuum analyze accounts");
            }
            for (int rate : RATES) {
                measured(url, rate).print();
            }
        }
    }

    private Starts measured(String url, int rate) throws Exception {
        Workload workload = Workloads.of(
                Arrivals.POISSON,
                Workloads.service(
                        "shop",
                        rate,
                        Workloads.pool(10, Duration.ofSeconds(30)),
                        Workloads.operation(
                                "read",
                                1,
                                Map.of("id", new Parameter.UniformLong(1, KEYS)),
                                "select * from accounts where id = :id")));
        Path file = directory.resolve("requests-" + rate + ".bin");
        RunClock clock = RunClock.started();
        try (Load load = Load.launch()) {
            load.begin(new LoadSpec(workload, 42, url, List.of(), url), clock, file, event -> {});
            Thread.sleep(SECONDS.toMillis(WARMUP_SECONDS));
            long from = clock.nowNanos();
            Thread.sleep(SECONDS.toMillis(SECONDS_MEASURED));
            long to = clock.nowNanos();
            load.stopAndDrain(Duration.ofSeconds(10));
            LongStream.Builder planned = LongStream.builder();
            LongStream.Builder begun = LongStream.builder();
            RequestLog.open(file).forEach(request -> {
                if (from <= request.t0Nanos() && request.t0Nanos() < to) {
                    planned.add(request.t0Nanos());
                    begun.add(request.t1Nanos());
                }
            });
            return new Starts(rate, from, to, planned.build(), begun.build());
        }
    }

    /** The instants of one measurement, in order. */
    private static final class Starts {
        private final int rate;
        private final long from;
        private final long to;
        private final long[] planned;
        private final long[] begun;

        Starts(int rate, long from, long to, LongStream planned, LongStream begun) {
            this.rate = rate;
            this.from = from;
            this.to = to;
            this.planned = planned.sorted().toArray();
            this.begun = begun.sorted().toArray();
        }

        void print() {
            long[] lags = new long[planned.length];
            for (int i = 0; i < lags.length; i++) {
                lags[i] = begun[i] - planned[i];
            }
            Arrays.sort(lags);
            System.out.printf(
                    Locale.ROOT,
                    "%d/s, %d s: %d begun, the nth after the nth planned by p50 %.3f ms, p99 %.3f ms%n",
                    rate,
                    (to - from) / 1_000_000_000,
                    begun.length,
                    lags[lags.length / 2] / 1e6,
                    lags[lags.length * 99 / 100] / 1e6);
            gaps();
            windows();
        }

        private void gaps() {
            long[] begunIn = new long[BINS.length + 1];
            long[] plannedIn = new long[BINS.length + 1];
            for (int i = 1; i < begun.length; i++) {
                begunIn[bin(begun[i] - begun[i - 1])]++;
                plannedIn[bin(planned[i] - planned[i - 1])]++;
            }
            System.out.printf(
                    Locale.ROOT, "  %-22s %10s %10s %10s%n", "next one after, ms", "begun %", "planned %", "Poisson %");
            for (int bin = 0; bin <= BINS.length; bin++) {
                double low = bin == 0 ? 0 : BINS[bin - 1];
                double high = bin == BINS.length ? Double.POSITIVE_INFINITY : BINS[bin];
                System.out.printf(
                        Locale.ROOT,
                        "  %7.3f – %-12s %10.1f %10.1f %10.1f%n",
                        1000 * low / rate,
                        Double.isInfinite(high) ? "" : String.format(Locale.ROOT, "%.3f", 1000 * high / rate),
                        100.0 * begunIn[bin] / (begun.length - 1),
                        100.0 * plannedIn[bin] / (planned.length - 1),
                        100 * (Math.exp(-low) - Math.exp(-high)));
            }
        }

        private int bin(long gapNanos) {
            double means = gapNanos / 1e9 * rate;
            int bin = 0;
            while (bin < BINS.length && means >= BINS[bin]) {
                bin++;
            }
            return bin;
        }

        private void windows() {
            System.out.printf(
                    Locale.ROOT,
                    "  %-14s %8s %22s %22s %12s %14s%n",
                    "windows of",
                    "mean",
                    "begun: variance/mean",
                    "planned: variance/mean",
                    "begun: most",
                    "planned: most");
            for (long millis : WINDOWS_MILLIS) {
                long[] begunIn = counts(begun, millis * 1_000_000);
                long[] plannedIn = counts(planned, millis * 1_000_000);
                System.out.printf(
                        Locale.ROOT,
                        "  %11d ms %8.1f %22.2f %22.2f %12d %14d%n",
                        millis,
                        mean(begunIn),
                        dispersion(begunIn),
                        dispersion(plannedIn),
                        Arrays.stream(begunIn).max().orElseThrow(),
                        Arrays.stream(plannedIn).max().orElseThrow());
            }
        }

        private long[] counts(long[] instants, long windowNanos) {
            long[] counts = new long[(int) ((to - from) / windowNanos)];
            for (long instant : instants) {
                int window = (int) ((instant - from) / windowNanos);
                if (window < counts.length) {
                    counts[window]++;
                }
            }
            return counts;
        }

        private static double mean(long[] counts) {
            return Arrays.stream(counts).average().orElseThrow();
        }

        /** 1 for a Poisson process, whatever the window. */
        private static double dispersion(long[] counts) {
            double mean = mean(counts);
            return Arrays.stream(counts)
                            .mapToDouble(count -> (count - mean) * (count - mean))
                            .sum()
                    / (counts.length - 1)
                    / mean;
        }
    }
}
