package dev.rehearsal.load;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** PostgreSQL's own load generator, the peer that benchmarks run beside ours. It has to be on the {@code PATH}. */
public final class Pgbench {
    private static final int WARMUP_SECONDS = 2;
    private static final Pattern THROUGHPUT = Pattern.compile("tps = ([0-9.]+) ");

    private final URI server;
    private final Map<String, String> properties = new TreeMap<>();
    private final Path directory;

    /** @param directory for its scripts and logs */
    public Pgbench(String jdbcUrl, Path directory) {
        this.server = URI.create(jdbcUrl.substring("jdbc:".length()));
        this.directory = directory;
        for (String property : server.getQuery().split("&", -1)) {
            properties.put(property.substring(0, property.indexOf('=')), property.substring(property.indexOf('=') + 1));
        }
    }

    /**
     * @param lagNanos of each transaction in the measured time, in no order: from the instant it was due until it was begun
     * @param cpu of the process in that time
     */
    record Paced(List<Long> lagNanos, Duration cpu) {
        Paced {
            lagNanos = List.copyOf(lagNanos);
        }
    }

    /** Runs a script at a rate, prepared, for some seconds after a warm-up. */
    Paced paced(String script, int connections, int rate, int seconds) throws IOException, InterruptedException {
        Path run = Files.createTempDirectory(directory, "pgbench");
        Process process = start(
                run,
                "-n",
                "-M",
                "prepared",
                "-f",
                Files.writeString(run.resolve("script.sql"), script).toString(),
                "-c",
                Integer.toString(connections),
                "-T",
                Integer.toString(WARMUP_SECONDS + seconds + 1),
                "--rate=" + rate,
                "--log",
                "--log-prefix=" + run.resolve("log"));
        try {
            TimeUnit.SECONDS.sleep(WARMUP_SECONDS);
            Duration before = cpu(process.pid());
            double from = System.currentTimeMillis() / 1e3;
            TimeUnit.SECONDS.sleep(seconds);
            Duration used = cpu(process.pid()).minus(before);
            double to = System.currentTimeMillis() / 1e3;
            succeeded(process, run);
            return new Paced(lags(run, from, to), used);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Makes the tables of its own transactions. */
    public void initialise(int scale) throws IOException, InterruptedException {
        Path run = Files.createTempDirectory(directory, "pgbench");
        succeeded(start(run, "-i", "-q", "-s", Integer.toString(scale)), run);
    }

    /**
     * Transactions a second of one of its own kinds, as fast as they go.
     *
     * @param builtin such as {@code tpcb-like}
     */
    public double throughput(String builtin, int connections, int seconds) throws IOException, InterruptedException {
        Path run = Files.createTempDirectory(directory, "pgbench");
        succeeded(
                start(
                        run,
                        "-n",
                        "-M",
                        "prepared",
                        "-b",
                        builtin,
                        "-c",
                        Integer.toString(connections),
                        "-T",
                        Integer.toString(seconds)),
                run);
        Matcher throughput = THROUGHPUT.matcher(Files.readString(run.resolve("output")));
        if (!throughput.find()) {
            throw new IOException("pgbench did not tell its throughput: " + Files.readString(run.resolve("output")));
        }
        return Double.parseDouble(throughput.group(1));
    }

    private Process start(Path run, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("pgbench"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-h",
                server.getHost(),
                "-p",
                Integer.toString(server.getPort()),
                "-U",
                properties.get("user"),
                server.getPath().substring(1)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(run.resolve("output").toFile());
        builder.environment().put("PGPASSWORD", properties.get("password"));
        return builder.start();
    }

    private static void succeeded(Process process, Path run) throws IOException, InterruptedException {
        if (process.waitFor() != 0) {
            throw new IOException(Files.readString(run.resolve("output")));
        }
    }

    /** Lines are: client, number, time, script, end's epoch seconds, microseconds, schedule lag in microseconds. */
    private static List<Long> lags(Path run, double from, double to) throws IOException {
        List<Long> lags = new ArrayList<>();
        try (Stream<Path> files = Files.list(run)) {
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
        return lags;
    }

    static Duration cpu(long pid) {
        return ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow();
    }
}
