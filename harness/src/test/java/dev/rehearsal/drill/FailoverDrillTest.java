package dev.rehearsal.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.Sight;
import dev.rehearsal.scenario.Drill;
import dev.rehearsal.scenario.EnvironmentSpec.Synchrony;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(1800)
@Tag("proof")
@Tag("beside-others")
class FailoverDrillTest extends DrillTest {
    private static final String MIGRATION = """
            migration:
              steps:
                - { name: add, sql: alter table orders add column if not exists region text }
                - { name: fill, sql: update orders set region = 'eu' where region is null }
            """;

    @Test
    void anAsynchronousReplicaLosesWhatWasAcknowledgedWhileItsLinkWasCutAndTheMigrationIsResumedOnIt()
            throws Exception {
        List<DrillObserved> seen = drilled("{ replicas: 1 }", MIGRATION);

        assertThat(seen).extracting(DrillObserved::sight).containsOnly(Sight.HELD, Sight.NOTED);
        assertThat(DrilledShop.messages(seen, Sight.HELD))
                .satisfiesExactly(
                        resumed -> assertThat(resumed)
                                .isEqualTo(
                                        "Failed over at 4 points, the migration was resumed from its start 4 times and"
                                                + " came to the schema and the data of an undisturbed one."),
                        losses -> assertThat(losses)
                                .matches(
                                        "Of [0-9,]+ acknowledged writes beside it [1-9][0-9,]* were lost: .* From the kill"
                                                + " to the first write on the promoted replica it took [0-9,]+ ms at the most\\."));
        assertThat(DrilledShop.messages(seen, Sight.NOTED))
                .hasSize(4)
                .allMatch(note -> note.matches(
                        "Failed over .*: it left .*; of [0-9,]+ acknowledged writes beside it, [1-9][0-9,]*"
                                + " were lost; resumed\\."));
    }

    @Test
    void lossesFailTheDrillWhereTheScenarioAllowsNone() throws Exception {
        List<DrillObserved> seen =
                drilled("{ replicas: 1 }", "migration: { steps: [ { sql: select 1 } ] }\n", "{ lostWrites: none }");

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .singleElement()
                .asString()
                .startsWith("Of ")
                .contains(" were lost: each time the link to the replica had been cut 300 ms before the kill");
    }

    @Test
    void aSynchronousReplicaLosesNothing() throws Exception {
        List<DrillObserved> seen = drilled("{ replicas: 1, synchronous: true }", MIGRATION);

        assertThat(seen).extracting(DrillObserved::sight).containsOnly(Sight.HELD, Sight.NOTED);
        assertThat(DrilledShop.messages(seen, Sight.HELD))
                .anyMatch(held -> held.matches("Of [0-9,]+ acknowledged writes beside it none was lost\\. .*"));
    }

    @Test
    void aMigrationThatCannotBeResumedOnThePromotedReplicaIsCaught() throws Exception {
        List<DrillObserved> seen = drilled("{ replicas: 1 }", """
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column token uuid }
                    - { name: index, sql: create index orders_token on orders (token) }
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .anySatisfy(message -> assertThat(message)
                        .startsWith("Failed over before step index, the migration cannot be run again: ")
                        .contains("SQLState 42701"));
    }

    /** The example's own backfill, its primary killed at twenty random moments; the replica is waited for. Of tables that it leaves alone there is little. */
    @Test
    void theBackfillOfTheExampleIsResumedOnThePromotedReplicaTwentyTimesAndNothingAcknowledgedIsLost()
            throws Exception {
        Path example = Path.of("../scenarios/examples/02-add-column-phased/scenario.yaml");
        Scenario scenario = ScenarioLoader.load(
                example,
                Map.of(
                        "dataset.scale", "0.08",
                        "dataset.tables", "{ order_items: { rows: 10_000 }, payments: { rows: 10_000 } }",
                        "environment.replicas", "1",
                        "environment.synchronous", "true"));

        List<DrillObserved> seen = DrilledShop.of(scenario, folder.resolve("example"))
                .struck(scenario, Drill.FAILOVER, new Failover(Synchrony.SYNCHRONOUS, false), 20);

        assertThat(seen).extracting(DrillObserved::sight).containsOnly(Sight.HELD, Sight.NOTED);
        assertThat(DrilledShop.messages(seen, Sight.NOTED))
                .filteredOn(
                        note -> note.startsWith("Failed over in step backfill, after ") && note.endsWith("; resumed."))
                .hasSizeGreaterThanOrEqualTo(20);
        assertThat(DrilledShop.messages(seen, Sight.HELD)).anyMatch(held -> held.contains(" none was lost. "));
    }

    private static List<DrillObserved> drilled(String environment, String migration) throws Exception {
        return drilled(environment, migration, "{ migrationTime: { max: 1m } }");
    }

    private static List<DrillObserved> drilled(String environment, String migration, String objective)
            throws Exception {
        return shop.drilled(shop.scenario("failover", "", objective, "environment: " + environment + "\n" + migration));
    }
}
