package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The worked examples of {@code scenarios/simulations}: one from its sources, one from a jar. */
class SimulationTest {
    private static final Path EXAMPLES = HarnessRun.ROOT.resolve("scenarios/simulations");
    private static final int READ = 0;
    private static final int PAY = 1;
    private static final int RESTOCK = 2;
    private static final int POOL = 2;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"checkout", "shop-over-http"})
    void theExampleIsValid(String name) {
        HarnessRun run = HarnessRun.of(
                "validate", EXAMPLES.resolve(name).resolve("scenario.yaml").toString());

        assertThat(run.exitCode()).as(run.told()).isZero();
    }

    @Test
    void itsTransactionsAreRequestsLikeOthers() throws Exception {
        HarnessRun run = rehearsed();
        List<RequestRecord> requests = new ArrayList<>();
        RequestLog.open(run.directory().resolve("requests.bin")).forEach(requests::add);

        everyArrivalIsThereOnce(run, requests);
        aFailedCheckIsAnError(run, requests);
        thinkTimeIsNobodysResponse(requests);
        aLockIsInTheResponseOfAllWhoArrivedMeanwhile(run, requests);
        assertThat(of(requests, RESTOCK)).isNotEmpty().allMatch(request -> request.outcome() == Outcome.SUCCEEDED);
    }

    private HarnessRun rehearsed() throws IOException {
        Path scenario = folder.resolve("scenario.yaml");
        Files.writeString(scenario, """
                name: simulations
                dataset: { use: %s, scale: 0.002 }
                environment: { runtime: local }
                workload:
                  arrivals: constant
                  services:
                    - name: checkout
                      rate: 100/s
                      pool: { size: %d, connectionTimeout: 20s }
                      simulation: Checkout
                      source: %s
                      transactions: [ { name: read-order }, { name: pay, writes: true, perUser: 0.1 } ]
                    - name: back-office
                      rate: 10/s
                      pool: { size: 1, connectionTimeout: 20s }
                      simulation: com.example.shop.BackOffice
                      jar: %s
                      transactions: [ { name: restock, writes: true } ]
                migration:
                  steps:
                    - name: lock
                      sql: |
                        lock table orders in access exclusive mode;
                        select pg_sleep(0.7);
                timeline: { warmup: 300ms, baseline: 1s, migration: 1s, settle: 500ms }
                drills: []
                objectives: [ { rewrites: none } ]
                """.formatted(
                        HarnessRun.ROOT.resolve("datasets/catalog/shop"),
                        POOL,
                        EXAMPLES.resolve("checkout/load"),
                        jar(EXAMPLES.resolve("back-office"))));
        Path out = folder.resolve("out");
        HarnessRun run = HarnessRun.of("rehearse", scenario.toString(), "--out", out.toString());
        HarnessRun rehearsed = new HarnessRun(run.exitCode(), run.out(), run.err(), out);
        assertThat(out.resolve("result.json")).as(rehearsed.told()).exists();
        return rehearsed;
    }

    private Path jar(Path sources) throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> tree = Files.walk(sources)) {
            List<Path> java =
                    tree.filter(file -> file.toString().endsWith(".java")).toList();
            List<String> options = List.of(
                    "-d", classes.toString(), "-classpath", System.getProperty("java.class.path"), "-proc:none");
            assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(java))
                            .call())
                    .isTrue();
        }
        Path jar = folder.resolve("back-office.jar");
        try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> tree = Files.walk(classes)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                to.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, to);
                to.closeEntry();
            }
        }
        return jar;
    }

    private static List<RequestRecord> of(List<RequestRecord> requests, int operation) {
        return requests.stream()
                .filter(request -> request.operation() == operation)
                .toList();
    }

    /** Each user reads one order, and constant arrivals are 10 ms apart: none is missing, none is there twice. */
    private static void everyArrivalIsThereOnce(HarnessRun run, List<RequestRecord> requests) throws IOException {
        assertThat(RequestLog.open(run.directory().resolve("requests.bin")).operations())
                .extracting(key -> key.service() + " " + key.operation())
                .containsExactly("checkout read-order", "checkout pay", "back-office restock");
        List<RequestRecord> reads = of(requests, READ);
        long[] planned =
                reads.stream().mapToLong(RequestRecord::t0Nanos).sorted().toArray();
        // Rounded to a nanosecond.
        assertThat(IntStream.range(1, planned.length).mapToObj(i -> planned[i] - planned[i - 1]))
                .allSatisfy(apart -> assertThat(apart).isBetween(9_999_999L, 10_000_001L));
        // A few belong to no stage: those that arrived before the first began, and after the last.
        assertThat(told(run, "read-order", "arrivals")).isBetween(reads.size() * 9L / 10, (long) reads.size());
        assertThat(told(run, "pay", "arrivals"))
                .isBetween(1L, (long) of(requests, PAY).size());
        assertThat(Files.readString(run.directory().resolve("events.ndjson")))
                .contains("\"planned\":" + requests.size() + ",\"recorded\":" + requests.size());
        assertThat(run.told()).doesNotContain("planned requests");
    }

    /** The feeder has one order among 41 that nobody has: its user is turned away, and does not pay. */
    private static void aFailedCheckIsAnError(HarnessRun run, List<RequestRecord> requests) {
        List<RequestRecord> refused = of(requests, READ).stream()
                .filter(request -> request.outcome() == Outcome.FAILED)
                .toList();
        long expected = of(requests, READ).size() / 41;
        assertThat(refused).allMatch(request -> request.sqlState().equals("CHECK"));
        assertThat((long) refused.size()).isBetween(expected - 1, expected + 1);
        assertThat(told(run, "read-order", "failed")).isBetween(1L, (long) refused.size());
    }

    private static void thinkTimeIsNobodysResponse(List<RequestRecord> requests) {
        Map<Long, RequestRecord> reads = new HashMap<>();
        of(requests, READ).forEach(read -> reads.put(read.attempts().arrival(), read));
        assertThat(of(requests, PAY)).isNotEmpty().allSatisfy(pay -> {
            RequestRecord read = reads.get(pay.attempts().arrival());
            long thought = pay.t0Nanos() - read.t3Nanos();
            assertThat(thought).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
            assertThat(pay.t1Nanos()).isGreaterThanOrEqualTo(pay.t0Nanos());
        });
    }

    /** The server's log knows as many victims as there are connections; the plan knows who could not even get one. */
    private static void aLockIsInTheResponseOfAllWhoArrivedMeanwhile(HarnessRun run, List<RequestRecord> requests) {
        double waited = run.longestApplicationLockWaitMillis();
        long late = of(requests, READ).stream()
                .filter(request -> request.responseNanos() > waited / 2 * 1e6)
                .count();

        assertThat(waited).isGreaterThan(500);
        assertThat(late).isGreaterThan(5 * POOL);
    }

    /** Over all stages. */
    private static long told(HarnessRun run, String operation, String what) {
        JsonNode stages = run.result().get("stages");
        return IntStream.range(0, stages.size())
                .mapToObj(stages::get)
                .flatMap(stage -> StreamSupport.stream(stage.get("operations").spliterator(), false))
                .filter(each -> each.get("operation").asString().equals(operation))
                .mapToLong(each -> each.get(what).asLong())
                .sum();
    }
}
