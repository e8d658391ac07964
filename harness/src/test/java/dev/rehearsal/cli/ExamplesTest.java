package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Example scenarios on a real server: the wrong way fails for its reason, the right way beside it passes. All but one are proofs, for their time. */
class ExamplesTest {
    private static final List<String> READS = List.of("read-order", "order-history");
    private static final List<String> WRITES = List.of("place-order", "pay");

    @Test
    void volatileDefaultRewritesTheTableAndStopsEverybody() {
        HarnessRun run = ExampleRuns.local("01-add-column-volatile-default", "0.25");

        run.assertFailed("rewrites no rewrites", "lockHold AccessExclusive held on orders");
        JsonNode statement = run.statements().getFirst();
        assertThat(statement.get("rewrites").get(0).get("relation").asString()).isEqualTo("orders");
        assertThat(statement.get("rewrites").get(0).get("reason").asString()).isEqualTo("column default");
        JsonNode lock = HarnessRun.lock(statement, "orders", "AccessExclusive").orElseThrow();
        HarnessRun.assertHeldWhileItRan(lock, statement);
        assertThat(victims(statement)).containsAnyElementsOf(READS).containsAnyElementsOf(WRITES);
        run.assertResponsesAgreeWithTheLockLog();
        assertThat(run.out())
                .contains("rewrote orders (column default)")
                .contains("AccessExclusive")
                .contains("place-order");
    }

    @Test
    @Tag("proof")
    void phasedColumnPasses() {
        // Its drills take longer than its stages: SlowExamplesTest has them.
        HarnessRun run = ExampleRuns.local("02-add-column-phased", "0.25");

        run.assertPassed();
        assertThat(run.statements())
                .hasSize(8)
                .allSatisfy(statement -> assertThat(statement.get("rewrites")).isEmpty());
        assertThat(run.result().get("rollback").get("schemaRestored").asBoolean())
                .isTrue();
    }

    @Test
    @Tag("proof")
    void setNotNullReadsTheWholeTableUnderItsLock() {
        HarnessRun run = ExampleRuns.local("03-set-not-null", "1");

        run.assertFailed("lockHold AccessExclusive held on orders");
        JsonNode scan = run.statements().getFirst().get("scans").get(0);
        assertThat(scan.get("relation").asString()).isEqualTo("orders");
        assertThat(scan.get("rows").asLong()).isGreaterThanOrEqualTo(1_000_000);
    }

    @Test
    @Tag("proof")
    void setNotNullBehindAValidCheckReadsNothing() {
        HarnessRun run = ExampleRuns.local("04-set-not-null-via-check", "1");

        run.assertPassed();
        JsonNode notNull = run.statements().get(2);
        assertThat(notNull.get("sql").asString()).contains("set not null");
        assertThat(notNull.get("scans")).isEmpty();
    }

    @Test
    @Tag("proof")
    void createIndexStopsWritersOnly() {
        HarnessRun run = ExampleRuns.local("05-create-index", "1");

        run.assertFailed("lockHold Share held on orders");
        JsonNode statement = run.statements().getFirst();
        assertThat(HarnessRun.lock(statement, "orders", "Share")).isPresent();
        assertThat(victims(statement)).isNotEmpty().isSubsetOf(WRITES);
        run.assertResponsesAgreeWithTheLockLog();
    }

    @Test
    @Tag("proof")
    void createIndexConcurrentlyStopsNobody() {
        HarnessRun run = ExampleRuns.local("06-create-index-concurrently", "1");

        run.assertPassed();
        JsonNode statement = run.statements().getFirst();
        assertThat(HarnessRun.lock(statement, "orders", "ShareUpdateExclusive")).isPresent();
        assertThat(HarnessRun.lock(statement, "orders", "Share")).isEmpty();
    }

    @Test
    @Tag("proof")
    void alterQueuesBehindALongTransactionAndEverybodyBehindIt() {
        HarnessRun run = ExampleRuns.local("07-alter-behind-long-transaction", "0.25");

        run.assertFailed("lockWait longest lock wait of a request");
        JsonNode statement = run.statements().getFirst();
        double waited = statement.get("waitedMillis").asDouble();
        // The blocker holds for 5 s and has a lead of 0.5 s.
        assertThat(waited).isBetween(4000.0, 5200.0);
        assertThat(HarnessRun.lock(statement, "orders", "AccessExclusive")
                        .orElseThrow()
                        .get("heldMillis")
                        .asDouble())
                .isLessThan(50);
        double worstVictim = HarnessRun.stream(statement.get("victims"))
                .mapToDouble(victim -> victim.get("maxWaitMillis").asDouble())
                .max()
                .orElseThrow();
        assertThat(worstVictim).isCloseTo(waited, within(waited * 0.15));
        run.assertResponsesAgreeWithTheLockLog();
    }

    @Test
    @Tag("proof")
    void lockTimeoutBoundsWhatTheVictimsWait() {
        HarnessRun run = ExampleRuns.local("08-alter-with-lock-timeout", "0.25");

        run.assertPassed();
        JsonNode statement = run.statements().getFirst();
        assertThat(statement.get("attempts").asInt()).isGreaterThan(1);
    }

    @Test
    @Tag("proof")
    void shardsAreMigratedInWavesAndComeTogetherAlsoWhenOneFails() {
        HarnessRun run = ExampleRuns.local("11-shards-in-waves", "0.02");

        run.assertPassed();
        List<JsonNode> databases =
                HarnessRun.stream(run.result().get("databases")).toList();
        assertThat(databases)
                .extracting(database -> database.get("wave").asInt() + " "
                        + database.get("state").asString())
                .as(run.told())
                .containsExactly("1 migrated", "1 migrated", "2 migrated");
        assertThat(databases)
                .extracting(database -> database.get("schema").get("sha256").asString())
                .containsOnly(databases.getFirst().get("schema").get("sha256").asString());
        assertThat(attempts(databases.get(1))).isGreaterThan(1);
        assertThat(databases.get(1).get("faults").get(0).get("kind").asString()).isEqualTo("blocker");
        assertThat(run.out()).contains("  drill         drift passed: Run again from its start on database ");
    }

    private static int attempts(JsonNode database) {
        return database.get("steps")
                .get(0)
                .get("statements")
                .get(0)
                .get("attempts")
                .asInt();
    }

    private static List<String> victims(JsonNode statement) {
        return HarnessRun.stream(statement.get("victims"))
                .map(victim -> victim.get("operation").asString())
                .distinct()
                .toList();
    }
}
