package dev.rehearsal.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A small rehearsal with a reader, whose server something happens to. */
@Timeout(300)
@Tag("proof")
abstract class ServerAway {
    private static final String SCENARIO = """
            name: server-away
            dataset: { use: SHOP, scale: 0.02 }
            workload:
              arrivals: constant
              services:
                - name: reader
                  rate: 50/s
                  pool: { size: 10, connectionTimeout: 1s }
                  operations:
                    - name: read
                      parameters: { id: { references: orders.id } }
                      transaction: select status from orders where id = :id
            migration:
              steps:
                STEPS
            timeline: { warmup: 3s, baseline: 4s, migration: 6s, settle: 3s }
            faults:
              - FAULT
            drills: []
            objectives:
              - { outage: { operation: read, max: LIMIT } }
            """;

    @TempDir
    private Path directory;

    String runtime() {
        return "local";
    }

    HarnessRun rehearse(String steps, String fault, String limit, String... overrides) throws IOException {
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                                "SHOP",
                                HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                        .replace("STEPS", steps)
                        .replace("FAULT", fault)
                        .replace("LIMIT", limit));
        Path out = directory.resolve("run");
        List<String> arguments = new ArrayList<>(
                List.of("rehearse", scenario.toString(), "--runtime", runtime(), "--out", out.toString()));
        for (String override : overrides) {
            arguments.addAll(List.of("--set", override));
        }
        HarnessRun run = HarnessRun.of(arguments.toArray(String[]::new));
        return new HarnessRun(run.exitCode(), run.out(), run.err(), out);
    }

    static JsonNode finding(HarnessRun run, String objective) {
        return HarnessRun.stream(run.result().get("findings"))
                .filter(finding -> finding.get("objective").asString().equals(objective))
                .findFirst()
                .orElseThrow();
    }
}
