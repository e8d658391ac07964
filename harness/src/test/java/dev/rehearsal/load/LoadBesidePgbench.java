package dev.rehearsal.load;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The load generator beside {@code pgbench -M prepared --rate}: the same select by key, on the same server, in turns. No test of the build: {@code
 * harness/benchmarks/load-beside-pgbench} runs it.
 *
 * <pre>
 * rate/s          generator    done/s   lag p50 ms   lag p99 ms   lag max ms   CPU µs a transaction
 * </pre>
 *
 * Properties: {@code rates} (1000,5000), {@code seconds} measured (15), {@code warmup} before (10), {@code rounds} (2).
 */
class LoadBesidePgbench {
    private static final int KEYS = 100_000;
    private static final int CONNECTIONS = 10;
    private static final int WARMUP_SECONDS = Integer.getInteger("warmup", 10);
    private static final int SECONDS_MEASURED = Integer.getInteger("seconds", 15);
    private static final int ROUNDS = Integer.getInteger("rounds", 2);
    private static final int[] RATES = Arrays.stream(
                    System.getProperty("rates", "1000,5000").split(",", -1))
            .mapToInt(Integer::parseInt)
            .toArray();

    @TempDir
    private Path directory;

    @Test
    void compare() throws Exception {
        try (LocalServer server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of())) {
            try (Connection connection = DriverManager.getConnection(server.jdbcUrl(Snapshot.DATABASE));
                    Statement statement = connection.createStatement()) {
                statement.execute("create table accounts (id bigint primary key, balance int not null)");
                statement.execute("insert into accounts select g, 0 from generate_series(1, " + KEYS + ") g");
                statement.execute("vacuum analyze accounts");
            }
            System.out.println(
                    "rate/s     generator    done/s   lag p50 ms   lag p99 ms   lag max ms   CPU µs a transaction");
            for (int rate : RATES) {
                for (int round = 0; round < ROUNDS; round++) {
                    System.out.println(ours(server.jdbcUrl(Snapshot.DATABASE), rate));
                    System.out.println(pgbench(server.jdbcUrl(Snapshot.DATABASE), rate));
                }
            }
        }
    }

    private static String line(int rate, String generator, long[] lags, Duration cpu, long transactions) {
        Arrays.sort(lags);
        return String.format(
                Locale.ROOT,
                "%6d  %12s  %8.0f  %11.3f  %11.3f  %11.3f  %11.1f",
                rate,
                generator,
                lags.length / (double) SECONDS_MEASURED,
                lags[lags.length / 2] / 1e6,
                lags[(int) (lags.length * 0.99)] / 1e6,
                lags[lags.length - 1] / 1e6,
                cpu.toNanos() / 1e3 / transactions);
    }

    private String ours(String url, int rate) throws Exception {
        Workload workload = Workloads.of(
                Arrivals.POISSON,
                Workloads.service(
                        "shop",
                        rate,
                        Workloads.pool(CONNECTIONS, Duration.ofSeconds(30)),
                        Workloads.operation(
                                "read",
                                1,
                                Map.of("id", new Parameter.UniformLong(1, KEYS)),
                                "select * from accounts where id = :id")));
        Path file = directory.resolve("requests.bin");
        RunClock clock = RunClock.started();
        try (Load load = Load.launch()) {
            load.begin(new LoadSpec(workload, 42, url, List.of(), url), clock, file, event -> {});
            Thread.sleep(SECONDS.toMillis(WARMUP_SECONDS));
            long from = clock.nowNanos();
            Duration before = cpu(load.processId());
            Thread.sleep(SECONDS.toMillis(SECONDS_MEASURED));
            Duration used = cpu(load.processId()).minus(before);
            long to = clock.nowNanos();
            load.stopAndDrain(Duration.ofSeconds(10));
            List<RequestRecord> requests = new ArrayList<>();
            RequestLog.open(file).forEach(request -> {
                if (from <= request.t0Nanos() && request.t0Nanos() < to) {
                    requests.add(request);
                }
            });
            long[] lags = requests.stream()
                    .mapToLong(request -> request.t1Nanos() - request.t0Nanos())
                    .toArray();
            return line(rate, "ours", lags, used, requests.size());
        }
    }

    private String pgbench(String url, int rate) throws Exception {
        Path script = Files.writeString(
                directory.resolve("select.sql"),
                "\\set id random(1, " + KEYS + ")\nselect * from accounts where id = :id;\n");
        Path logs = Files.createDirectories(directory.resolve("pgbench" + System.nanoTime()));
        URI server = URI.create(url.substring("jdbc:".length()));
        Map<String, String> properties = new java.util.HashMap<>();
        for (String property : server.getQuery().split("&", -1)) {
            properties.put(property.substring(0, property.indexOf('=')), property.substring(property.indexOf('=') + 1));
        }
        ProcessBuilder builder = new ProcessBuilder(
                        "pgbench",
                        "-n",
                        "-M",
                        "prepared",
                        "-f",
                        script.toString(),
                        "-c",
                        Integer.toString(CONNECTIONS),
                        "-T",
                        Integer.toString(2 + SECONDS_MEASURED + 1),
                        "--rate=" + rate,
                        "--log",
                        "--log-prefix=" + logs.resolve("log"),
                        "-h",
                        server.getHost(),
                        "-p",
                        Integer.toString(server.getPort()),
                        "-U",
                        properties.get("user"),
                        server.getPath().substring(1))
                .redirectErrorStream(true)
                .redirectOutput(logs.resolve("output").toFile());
        builder.environment().put("PGPASSWORD", properties.get("password"));
        Process process = builder.start();
        try {
            Thread.sleep(SECONDS.toMillis(2));
            Duration before = cpu(process.pid());
            double from = System.currentTimeMillis() / 1e3;
            Thread.sleep(SECONDS.toMillis(SECONDS_MEASURED));
            Duration used = cpu(process.pid()).minus(before);
            double to = System.currentTimeMillis() / 1e3;
            if (process.waitFor() != 0) {
                throw new IOException(Files.readString(logs.resolve("output")));
            }
            long[] lags = lags(logs, from, to);
            return line(rate, "pgbench", lags, used, lags.length);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Lines are: client, number, time, script, end's epoch seconds, microseconds, schedule lag in microseconds. */
    private static long[] lags(Path logs, double from, double to) throws IOException {
        LongStream.Builder lags = LongStream.builder();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : (Iterable<Path>)
                    files.filter(each -> each.getFileName().toString().startsWith("log"))::iterator) {
                for (String line : Files.readAllLines(file)) {
                    String[] fields = line.split(" ", -1);
                    double end = Long.parseLong(fields[4]) + Long.parseLong(fields[5]) / 1e6;
                    if (from <= end && end < to) {
                        lags.add(Long.parseLong(fields[6]) * 1000);
                    }
                }
            }
        }
        return lags.build().toArray();
    }

    private static Duration cpu(long pid) {
        return ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow();
    }
}
