package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.Driver;
import tools.jackson.databind.JsonNode;

/** The worked example {@code scenarios/simulations/shop-over-http}: an HTTP simulation, and a service in front of the database. */
@Tag("proof")
class HttpSimulationTest {
    private static final Path EXAMPLE = HarnessRun.ROOT.resolve("scenarios/simulations/shop-over-http");
    private static final int READ = 0;
    private static final int CONNECTIONS = 8;

    @TempDir
    private Path folder;

    @Test
    void aLockShowsUpInResponsesThatAreFlaggedAsGatlings() throws Exception {
        HarnessRun run = rehearsed(EXAMPLE.resolve("load"), "sh, start", "2s");
        assertThat(run.directory().resolve("result.json")).as(run.told()).exists();
        List<RequestRecord> requests = new ArrayList<>();
        RequestLog.open(run.directory().resolve("requests.bin")).forEach(requests::add);

        everyRequestIsGatlings(requests);
        aLockIsInTheResponsesOfAllWhoAskedMeanwhile(run, requests);
        theSessionsThatWaitedAreTold(run);
        theFlagStandsEverywhere(run);
        nothingIsLeft(run);
    }

    @Test
    void aServiceThatEndsEndsTheRun() throws Exception {
        Path now = folder.resolve("now");
        Thread killer = Thread.ofPlatform().start(() -> {
            Path requests = folder.resolve("out/requests.bin");
            await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(requests) && Files.size(requests) > 2000);
            created(now);
        });

        HarnessRun run = rehearsed(
                EXAMPLE.resolve("load"),
                "sh, -c, \"(while [ ! -e " + now
                        + " ]; do sleep 0.1; done; echo killed by a test; kill -9 $$) & . ./start\"",
                "60s");

        killer.join();
        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
        assertThat(run.told())
                .contains("the service shop (sh -c")
                .contains("ended with status 137 while the run went on; the last it printed, of output/shop.log:")
                .contains("killed by a test");
    }

    private static void created(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aSimulationThatCannotBeMadeEndsTheRun() throws Exception {
        Path load = Files.createDirectories(folder.resolve("load"));
        Files.writeString(
                load.resolve("ShopVisits.java"),
                Files.readString(EXAMPLE.resolve("load/ShopVisits.java"))
                        .replace(
                                "    {\n        setUp(", "    {\n        Integer.parseInt(\"many\");\n        setUp("));

        HarnessRun run = rehearsed(load, "sh, start", "60s");

        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
        assertThat(run.told())
                .contains("the simulation ShopVisits cannot be made: java.lang.NumberFormatException: For input string:"
                        + " \"many\"");
    }

    private HarnessRun rehearsed(Path load, String command, String baseline) throws IOException {
        Path scenario = folder.resolve("scenario.yaml");
        Files.writeString(scenario, """
                name: shop-over-http
                dataset: { use: %s, scale: 0.002 }
                environment: { runtime: local }
                workload:
                  services:
                    - name: shop
                      rate: 60/s
                      pool: { size: %d }
                      simulation: ShopVisits
                      source: %s
                      transactions: [ { name: read order }, { name: pay, writes: true, perUser: 0.2 } ]
                      http:
                        command: [ %s ]
                        directory: %s
                        environment: { DRIVER: %s }
                        ready: http://127.0.0.1:${port}/health
                migration:
                  steps:
                    - name: lock
                      sql: |
                        lock table orders in access exclusive mode;
                        select pg_sleep(0.7);
                timeline: { warmup: 2s, baseline: %s, migration: 1s, settle: 500ms }
                drills: []
                objectives: [ { lockHold: { mode: AccessExclusive, max: 100ms } }, { lockWait: { victims: application, max: 100ms } } ]
                """.formatted(
                        HarnessRun.ROOT.resolve("datasets/catalog/shop"),
                        CONNECTIONS,
                        load,
                        command,
                        EXAMPLE.resolve("service"),
                        Path.of(Driver.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath()),
                        baseline));
        Path out = folder.resolve("out");
        HarnessRun run = HarnessRun.of("rehearse", scenario.toString(), "--out", out.toString());
        return new HarnessRun(run.exitCode(), run.out(), run.err(), out);
    }

    private static List<RequestRecord> reads(List<RequestRecord> requests) {
        return requests.stream().filter(request -> request.operation() == READ).toList();
    }

    private static void everyRequestIsGatlings(List<RequestRecord> requests) {
        assertThat(reads(requests)).hasSizeGreaterThan(100).allSatisfy(request -> {
            assertThat(request.outcome()).isEqualTo(Outcome.SUCCEEDED);
            assertThat(request.t1Nanos()).isEqualTo(RequestRecord.NEVER);
            assertThat(request.t2Nanos()).isEqualTo(RequestRecord.NEVER);
            assertThat(request.backendPid()).isZero();
            assertThat(request.responseNanos() % 1_000_000).isZero();
        });
        assertThat(requests).anyMatch(request -> request.operation() != READ);
    }

    /** The server knows as many victims as there are connections; those who could not get one were sent, too. */
    private static void aLockIsInTheResponsesOfAllWhoAskedMeanwhile(HarnessRun run, List<RequestRecord> requests) {
        double waited = run.longestApplicationLockWaitMillis();
        long late = reads(requests).stream()
                .filter(request -> request.responseNanos() > waited / 2 * 1e6)
                .count();

        assertThat(waited).isGreaterThan(500);
        assertThat(late).isGreaterThan(CONNECTIONS);
        run.assertFailed("lockHold AccessExclusive held on orders", "lockWait longest lock wait of a request");
    }

    private static void theSessionsThatWaitedAreTold(HarnessRun run) {
        List<JsonNode> victims = run.statements().stream()
                .flatMap(statement ->
                        StreamSupport.stream(statement.get("sessionVictims").spliterator(), false))
                .toList();
        assertThat(victims).isNotEmpty().allSatisfy(each -> {
            assertThat(each.get("service").asString()).isEqualTo("shop");
            assertThat(each.get("maxWaitMillis").asDouble()).isPositive();
        });
        assertThat(run.statements())
                .allSatisfy(statement -> assertThat(statement.get("victims")).isEmpty());
        assertThat(run.told().replaceAll("\\s+", " "))
                .contains("sessions of shop waited")
                .contains("which requests they served is not known");
    }

    private static void theFlagStandsEverywhere(HarnessRun run) throws IOException {
        String flag = "Gatling times each request in whole milliseconds";
        assertThat(run.result().get("validity").get("limitations").toString()).contains(flag);
        StreamSupport.stream(run.result().get("stages").spliterator(), false)
                .flatMap(stage -> StreamSupport.stream(stage.get("operations").spliterator(), false))
                .forEach(operation -> {
                    assertThat(operation.get("timedFrom").asString()).isEqualTo("sent");
                    assertThat(operation.get("errorMillis").asDouble()).isEqualTo(1);
                    assertThat(operation.get("lag").get("p99").isNull()).isTrue();
                });
        assertThat(run.result().get("validity").get("scheduleLagP99Millis").isNull())
                .isTrue();
        assertThat(run.told().replaceAll("\\s+", " ")).contains(flag);
        assertThat(Files.readString(run.directory().resolve("summary.md"))).contains(flag);
        assertThat(Files.readString(run.directory().resolve("report.html"))).contains(flag);
    }

    private static void nothingIsLeft(HarnessRun run) throws IOException {
        String said =
                Files.readString(run.directory().resolve("output/shop.log")).strip();
        assertThat(said).matches("listening on port [0-9]+");
        int port = Integer.parseInt(said.replaceAll("\\D+", ""));
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(ConnectException.class);
    }
}
