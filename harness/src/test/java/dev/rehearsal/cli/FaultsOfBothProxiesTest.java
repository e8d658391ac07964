package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.environment.InContainers;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The real Toxiproxy and the built-in one, each in a rehearsal with the same faults: the traffic feels the same. */
@Tag("proof")
@InContainers
class FaultsOfBothProxiesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MARGIN_NANOS = 300_000_000;

    private static final String SCENARIO = """
            name: faults
            dataset: { use: SHOP, scale: 0.02 }
            workload:
              arrivals: constant
              services:
                - name: reader
                  rate: 100/s
                  pool: { size: 20, connectionTimeout: 1s }
                  operations:
                    - name: read
                      parameters: { id: { references: orders.id } }
                      transaction: select status from orders where id = :id
            migration:
              steps: [ { name: add, sql: alter table orders add column if not exists x int } ]
            timeline: { warmup: 3s, baseline: 5s, migration: 4s, settle: 10s }
            faults:
              - { at: { stage: migration, after: 500ms }, latency: { of: primary, delay: 80ms, for: 3s } }
              - { at: { stage: settle, after: 500ms }, down: { of: primary, for: 2s } }
              - { at: { stage: settle, after: 4500ms }, resetPeer: { of: primary, for: 2s } }
            drills: []
            objectives:
              - { errors: { during: baseline, max: 1% } }
            """;

    @TempDir
    private Path directory;

    /**
     * What the traffic felt of one fault.
     *
     * @param medianMillis of the requests that arrived well within it and succeeded
     * @param failedFraction of all that arrived well within it
     */
    private record Felt(String kind, double medianMillis, double failedFraction) {}

    @Test
    void haveTheSameEffects() throws IOException {
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                        "SHOP", HarnessRun.ROOT.resolve("datasets/catalog/shop").toString()));

        List<Felt> local = felt(scenario, "local");
        List<Felt> containers = felt(scenario, "containers");

        assertThat(containers).extracting(Felt::kind).containsExactly("latency", "down", "resetPeer");
        assertThat(local).extracting(Felt::kind).containsExactly("latency", "down", "resetPeer");
        assertThat(containers.get(0).medianMillis).isBetween(80.0, 100.0);
        assertThat(local.get(0).medianMillis).isCloseTo(containers.get(0).medianMillis, within(10.0));
        assertThat(containers.get(0).failedFraction).isZero();
        assertThat(local.get(0).failedFraction).isZero();
        for (int fault = 1; fault < 3; fault++) {
            assertThat(containers.get(fault).failedFraction)
                    .as(containers.get(fault).kind)
                    .isGreaterThan(0.9);
            assertThat(local.get(fault).failedFraction)
                    .as(local.get(fault).kind)
                    .isCloseTo(containers.get(fault).failedFraction, within(0.1));
        }
    }

    private List<Felt> felt(Path scenario, String runtime) throws IOException {
        Path run = directory.resolve(runtime);
        HarnessRun ended =
                HarnessRun.of("rehearse", scenario.toString(), "--runtime", runtime, "--out", run.toString());
        assertThat(ended.exitCode()).as("%s%n%s", ended.out(), ended.err()).isIn(0, 1, 3);
        List<RequestRecord> requests = new ArrayList<>();
        RequestLog.open(run.resolve("requests.bin")).forEach(requests::add);
        List<Felt> felt = new ArrayList<>();
        for (JsonNode started : events(run, "faultStarted")) {
            JsonNode over = events(run, "faultEnded").stream()
                    .filter(event -> event.get("index").equals(started.get("index")))
                    .findFirst()
                    .orElseThrow();
            assertThat(over.get("happened").asBoolean()).as(over.toString()).isTrue();
            // A second after it began, so that whoever waits for a connection has given up and failed.
            List<RequestRecord> within = requests.stream()
                    .filter(request ->
                            request.t0Nanos() > started.get("atNanos").asLong() + MARGIN_NANOS)
                    .filter(request -> request.t0Nanos() < over.get("atNanos").asLong() - 4 * MARGIN_NANOS)
                    .toList();
            assertThat(within).hasSizeGreaterThan(30);
            double[] responses = within.stream()
                    .filter(request -> !request.failed())
                    .mapToDouble(request -> request.responseNanos() / 1e6)
                    .sorted()
                    .toArray();
            felt.add(new Felt(
                    started.get("kind").asString(),
                    responses.length == 0 ? Double.NaN : responses[responses.length / 2],
                    1 - responses.length / (double) within.size()));
        }
        return felt;
    }

    private static List<JsonNode> events(Path run, String kind) throws IOException {
        try (Stream<String> lines = Files.lines(run.resolve("events.ndjson"))) {
            return lines.map(JSON::readTree)
                    .filter(event -> event.get("event").asString().equals(kind))
                    .toList();
        }
    }
}
