package dev.rehearsal.measure;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.load.Pgbench;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the instruments cost the application: pgbench's throughput on a server with its defaults beside one with our settings and armed instruments, in
 * turns. No test of the build: {@code harness/benchmarks/tracing-cost} runs it.
 *
 * <pre>
 * transactions    alone tps   traced tps    traced/alone
 * </pre>
 *
 * Properties: {@code builtins} (tpcb-like,select-only), {@code seconds} of each (8), {@code rounds} (5), {@code scale} of pgbench's tables (10).
 */
class TracingCost {
    private static final int CONNECTIONS = 8;
    private static final int SECONDS = Integer.getInteger("seconds", 8);
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final int SCALE = Integer.getInteger("scale", 10);
    private static final List<String> BUILTINS = Arrays.asList(
            System.getProperty("builtins", "tpcb-like,select-only").split(",", -1));

    @TempDir
    private Path directory;

    @Test
    void compare() throws Exception {
        try (LocalServer alone = TestCluster.servers().start(TestCluster.clone(directory.resolve("alone")), Map.of());
                MeasuredServer traced = MeasuredServer.started(directory)) {
            Pgbench onAlone = new Pgbench(alone.jdbcUrl(Snapshot.DATABASE), directory);
            Pgbench onTraced = new Pgbench(traced.url(), directory);
            onAlone.initialise(SCALE);
            onTraced.initialise(SCALE);
            System.out.println("transactions    alone tps   traced tps    traced/alone");
            for (String builtin : BUILTINS) {
                List<double[]> pairs = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                    // Whoever comes second finds a warmer machine, so they take turns in that too.
                    boolean aloneFirst = round % 2 == 0;
                    double first = (aloneFirst ? onAlone : onTraced).throughput(builtin, CONNECTIONS, SECONDS);
                    double second = (aloneFirst ? onTraced : onAlone).throughput(builtin, CONNECTIONS, SECONDS);
                    pairs.add(aloneFirst ? new double[] {first, second} : new double[] {second, first});
                    System.out.println(line(builtin, pairs.getLast()[0], pairs.getLast()[1]));
                }
                System.out.println(line(
                        "median",
                        median(pairs.stream().mapToDouble(pair -> pair[0]).toArray()),
                        median(pairs.stream().mapToDouble(pair -> pair[1]).toArray())));
            }
        }
    }

    private static String line(String what, double alone, double traced) {
        return String.format(Locale.ROOT, "%-12s %12.0f %12.0f %15.3f", what, alone, traced, traced / alone);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
