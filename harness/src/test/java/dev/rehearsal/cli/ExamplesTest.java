package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Every example scenario on a real server: the wrong way fails for its reason, the right way beside it passes. */
class ExamplesTest {
    private static final List<String> READS = List.of("read-order", "order-history");
    private static final List<String> WRITES = List.of("place-order", "pay");

    @TempDir
    private Path directory;

    @Test
    void volatileDefaultRewritesTheTableAndStopsEverybody() {
        HarnessRun run = rehearse("01-add-column-volatile-default", "--scale", "0.25");

        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.failed()).contains("rewrites no rewrites", "lockHold AccessExclusive held on orders");
        JsonNode statement = run.statements().getFirst();
        assertThat(statement.get("rewrites").get(0).get("relation").asString()).isEqualTo("orders");
        assertThat(statement.get("rewrites").get(0).get("reason").asString()).isEqualTo("column default");
        JsonNode lock = HarnessRun.lock(statement, "orders", "AccessExclusive").orElseThrow();
        double duration = statement.get("durationMillis").asDouble();
        assertThat(lock.get("heldMillis").asDouble()).isCloseTo(duration, within(duration * 0.05));
        assertThat(victims(statement)).containsAnyElementsOf(READS).containsAnyElementsOf(WRITES);
        assertResponsesAgreeWithTheLockLog(run);
        assertThat(run.out())
                .contains("FAILED")
                .contains("rewrote orders (column default)")
                .contains("AccessExclusive")
                .contains("place-order");
    }

    @Test
    void phasedColumnPasses() {
        // Its drills take longer than its stages: SlowExamplesTest has them.
        HarnessRun run = rehearse("02-add-column-phased", "--scale", "0.25");

        assertPassed(run);
        assertThat(run.statements())
                .hasSize(8)
                .allSatisfy(statement -> assertThat(statement.get("rewrites")).isEmpty());
        assertThat(run.result().get("rollback").get("schemaRestored").asBoolean())
                .isTrue();
    }

    @Test
    void setNotNullReadsTheWholeTableUnderItsLock() {
        HarnessRun run = rehearse("03-set-not-null");

        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.failed()).contains("lockHold AccessExclusive held on orders");
        JsonNode scan = run.statements().getFirst().get("scans").get(0);
        assertThat(scan.get("relation").asString()).isEqualTo("orders");
        assertThat(scan.get("rows").asLong()).isGreaterThanOrEqualTo(1_000_000);
    }

    @Test
    void setNotNullBehindAValidCheckReadsNothing() {
        HarnessRun run = rehearse("04-set-not-null-via-check");

        assertPassed(run);
        JsonNode notNull = run.statements().get(2);
        assertThat(notNull.get("sql").asString()).contains("set not null");
        assertThat(notNull.get("scans")).isEmpty();
    }

    @Test
    void createIndexStopsWritersOnly() {
        HarnessRun run = rehearse("05-create-index");

        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.failed()).contains("lockHold Share held on orders");
        JsonNode statement = run.statements().getFirst();
        assertThat(HarnessRun.lock(statement, "orders", "Share")).isPresent();
        assertThat(victims(statement)).isNotEmpty().isSubsetOf(WRITES);
        assertResponsesAgreeWithTheLockLog(run);
    }

    @Test
    void createIndexConcurrentlyStopsNobody() {
        HarnessRun run = rehearse("06-create-index-concurrently");

        assertPassed(run);
        JsonNode statement = run.statements().getFirst();
        assertThat(HarnessRun.lock(statement, "orders", "ShareUpdateExclusive")).isPresent();
        assertThat(HarnessRun.lock(statement, "orders", "Share")).isEmpty();
    }

    @Test
    void alterQueuesBehindALongTransactionAndEverybodyBehindIt() {
        HarnessRun run = rehearse("07-alter-behind-long-transaction", "--scale", "0.25");

        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.failed()).contains("lockWait longest lock wait of a request");
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
        assertResponsesAgreeWithTheLockLog(run);
    }

    @Test
    void lockTimeoutBoundsWhatTheVictimsWait() {
        HarnessRun run = rehearse("08-alter-with-lock-timeout", "--scale", "0.25");

        assertPassed(run);
        JsonNode statement = run.statements().getFirst();
        assertThat(statement.get("attempts").asInt()).isGreaterThan(1);
    }

    private HarnessRun rehearse(String example, String... more) {
        return HarnessRun.rehearse(HarnessRun.example(example), directory.resolve(example), more);
    }

    private static void assertPassed(HarnessRun run) {
        assertThat(run.exitCode()).as(run.told()).isEqualTo(0);
        assertThat(run.failed()).isEmpty();
        assertThat(run.result().get("verdict").asString()).isEqualTo("passed");
    }

    /** What the slowest request felt is what the server says that the longest wait was: two instruments, one truth. */
    private static void assertResponsesAgreeWithTheLockLog(HarnessRun run) {
        assertThat(run.maxResponseMillis("migration")).isCloseTo(run.longestApplicationLockWaitMillis(), within(50.0));
    }

    private static List<String> victims(JsonNode statement) {
        return HarnessRun.stream(statement.get("victims"))
                .map(victim -> victim.get("operation").asString())
                .distinct()
                .toList();
    }
}
