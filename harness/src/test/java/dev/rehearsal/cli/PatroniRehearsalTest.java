package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.cli.HarnessProcess.Ended;
import dev.rehearsal.environment.PatroniCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A rehearsal on a real cluster of three, which loses its leader, and then gives the role on once more as it is asked to. */
@Timeout(300)
@Tag("proof")
class PatroniRehearsalTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Pattern KILLED = Pattern.compile(
            "Killed the leader, (?<from>\\w+); Patroni made (?<to>\\w+) the leader, which took writes .* later\\."
                    + " For .* of them the cluster's address took none\\.");

    @TempDir
    private Path directory;

    @Test
    void survivesTheLeaderKilledInTheBackfillAndTellsTheOutageAndTheWritesThatAreLeft() throws Exception {
        try (PatroniCluster cluster = PatroniCluster.started(Files.createDirectory(directory.resolve("c")))) {
            String before = cluster.leader();

            Ended run = HarnessProcess.rehearse(
                    directory,
                    "run",
                    scenario(cluster),
                    Map.of("PGUSER", PatroniCluster.SUPERUSER, "PGPASSWORD", PatroniCluster.PASSWORD),
                    PATIENCE);

            String told = run.told() + cluster.told();
            assertThat(run.exitCode()).as(told).isIn(1, 3);
            JsonNode result = new HarnessRun(run.exitCode(), "", "", directory.resolve("run")).result();
            JsonNode fault = result.get("faults").get(0);
            assertThat(fault.get("happened").asBoolean()).as(told).isTrue();
            assertThat(fault.get("kind").asString()).isEqualTo("failover");
            Matcher killed = KILLED.matcher(fault.get("effect").asString());
            assertThat(killed.lookingAt()).as(fault.toString()).isTrue();
            assertThat(killed.group("from")).isEqualTo(before);
            String after = killed.group("to");
            assertThat(after).isNotEqualTo(before);
            assertThat(result.get("faults").get(1).get("effect").asString())
                    .as(told)
                    .startsWith("Asked Patroni for a switchover from " + after + "; Patroni made " + cluster.leader()
                            + " the leader, which took writes ");
            assertThat(cluster.leader()).isNotIn(before, after);
            assertThat(outage(fault, "place-order").get("durationMillis").asDouble())
                    .as("the lease of a leader that is gone runs on")
                    .isGreaterThan(1000);
            assertThat(outage(fault, "place-order").get("firstSuccessMillis").asDouble())
                    .isGreaterThan(fault.get("startMillis").asDouble());
            JsonNode integrity = result.get("integrity");
            assertThat(integrity.get("verified").asBoolean())
                    .as(integrity.toString())
                    .isTrue();
            assertThat(integrity.get("acknowledgedWrites").asLong()).isGreaterThan(100);
            assertThat(integrity.get("lost").asLong())
                    .as("what the leader acknowledged when nobody had it any more, and no more than that")
                    .isBetween(1L, integrity.get("acknowledgedWrites").asLong() / 2);
            assertThat(integrity.get("lostWrites").get(0).get("operation").asString())
                    .isEqualTo("place-order");
            assertThat(integrity.get("lostWrites").get(0).get("missedAt").asString())
                    .isEqualTo("when " + after + " had taken the server's place");
            assertThat(run.told()).contains(" acknowledged writes are lost; ");
            assertThat(HarnessRun.stream(result.get("steps"))
                            .map(step -> step.get("status").asString())
                            .toList())
                    .as(told)
                    .isEqualTo(List.of("succeeded", "failed"));
            assertThat(HarnessRun.stream(result.get("notes")).map(JsonNode::asString))
                    .anyMatch(note -> note.contains("on the instruments observe " + after + " in its place"));
            assertThat(Files.readString(directory.resolve("run/output/kill-leader.log")))
                    .startsWith("killed " + before + " at 127.0.0.1:");
            assertThat(cluster.texts("postgres", "select datname from pg_database where datname like 'rehearsal%'"))
                    .as("what is left there")
                    .isEmpty();
        }
    }

    private static JsonNode outage(JsonNode fault, String operation) {
        return HarnessRun.stream(fault.get("outages"))
                .filter(outage -> outage.get("operation").asString().equals(operation))
                .findFirst()
                .orElseThrow();
    }

    private Path scenario(PatroniCluster cluster) throws Exception {
        return Files.writeString(directory.resolve("scenario.yaml"), """
                name: patroni
                dataset: { use: %s, scale: 0.02 }
                environment:
                  url: "jdbc:postgresql://%s/postgres"
                  allow: [ 127.0.0.1 ]
                  patroni: { api: [ %s ], kill: [ "%s" ] }
                timeline: { warmup: 2s, baseline: 4s, settle: 17s }
                workload:
                  arrivals: constant
                  services:
                    - name: shop
                      rate: 30/s
                      pool: { size: 6, connectionTimeout: 2s }
                      operations:
                        - name: place-order
                          parameters: { customer: { references: customers.id } }
                          transaction: insert into orders (customer_id, amount, status) values (:customer, 5, 'new') returning status
                        - name: read-order
                          parameters: { id: { references: orders.id } }
                          transaction: select status from orders where id = :id
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column if not exists region text }
                    - name: fill
                      backfill: { table: orders, set: region = 'eu', where: region is null, batch: 20, pause: 50ms }
                faults:
                  - { at: { step: fill, after: 2s }, failover: {} }
                  - { at: { stage: settle, after: 8s }, failover: { planned: true } }
                drills: []
                objectives:
                  - { outage: { max: 60s } }
                  - lostWrites: none
                """.formatted(
                HarnessRun.ROOT.resolve("datasets/catalog/shop"),
                cluster.address(),
                String.join(
                        ", ",
                        cluster.apis().stream().map(api -> '"' + api + '"').toList()),
                cluster.killCommand()));
    }
}
