package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.BLOCKER_PID;
import static dev.rehearsal.verdict.RunBuilder.MIGRATION_PID;
import static dev.rehearsal.verdict.RunBuilder.PLACE;
import static dev.rehearsal.verdict.RunBuilder.READ;
import static dev.rehearsal.verdict.RunBuilder.nanos;
import static dev.rehearsal.verdict.RunBuilder.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributionTest {
    private static Victims victims(String operation, long requests, double max, double total, double worst) {
        return victims(operation, requests, Map.of(), max, total, worst);
    }

    private static Victims victims(
            String operation, long requests, Map<String, Long> errors, double max, double total, double worst) {
        return new Victims(
                "checkout", operation, requests, new TreeMap<>(errors), nanos(max), nanos(total), nanos(worst));
    }

    @Test
    void countsThoseWhoWaitedForTheMigrationsLockByOperation() {
        Attribution attribution = Attribution.of(new RunBuilder()
                .migrated(statement("alter table orders add x int", 41_000, 1000)
                        .held("orders", "AccessExclusive", 1000, 1))
                .victim(READ, 1, 41_100, 900, List.of(MIGRATION_PID))
                .victim(READ, 2, 41_500, 500, List.of(MIGRATION_PID))
                .victim(PLACE, 3, 41_200, 800, List.of(MIGRATION_PID))
                .build());

        assertThat(attribution.impacts().getFirst().victims())
                .containsExactly(victims("read-order", 2, 900, 1400, 902), victims("place-order", 1, 800, 800, 802));
    }

    @Test
    void followsAVictimThroughTheMigrationToALongTransaction() {
        Attribution attribution = Attribution.of(new RunBuilder()
                .event(new RunEvent.FaultStarted(nanos(40_000), 0, "blocker", "holds orders"))
                .event(new RunEvent.FaultEnded(nanos(43_000), 0, "held orders", true))
                .migrated(statement("alter table orders add x int", 41_000, 2003)
                        .waited(2000)
                        .held("orders", "AccessExclusive", 3, 1))
                .waited(
                        MIGRATION_PID,
                        Party.MIGRATION,
                        41_000,
                        2000,
                        "orders",
                        "AccessExclusive",
                        WaitOutcome.ACQUIRED,
                        List.of(BLOCKER_PID),
                        List.of(MIGRATION_PID))
                // The blocker alone holds the lock; the migration only stands in the queue before this one.
                .request(READ, 7, 41_499, 0.1, 0.1, 1505, Outcome.SUCCEEDED, "")
                .waited(
                        7,
                        Party.APPLICATION,
                        41_500,
                        1503,
                        "orders",
                        "AccessShare",
                        WaitOutcome.ACQUIRED,
                        List.of(BLOCKER_PID),
                        List.of(MIGRATION_PID, 7))
                .build());

        StatementImpact impact = attribution.impacts().getFirst();
        assertThat(impact.victims()).containsExactly(victims("read-order", 1, 1503, 1503, 1505));
        assertThat(impact.inFront())
                .containsExactly(new InFront(Party.BLOCKER, "harness-blocker", BLOCKER_PID, nanos(2000)));
    }

    @Test
    void namesTheServiceWhoseRequestStoodInFrontOfTheMigration() {
        Attribution attribution = Attribution.of(new RunBuilder()
                .request(READ, 7, 40_900, 0.1, 0.1, 400, Outcome.SUCCEEDED, "")
                .migrated(statement("alter table orders add x int", 41_000, 303).waited(300))
                .waited(
                        MIGRATION_PID,
                        Party.MIGRATION,
                        41_000,
                        300,
                        "orders",
                        "AccessExclusive",
                        WaitOutcome.ACQUIRED,
                        List.of(7),
                        List.of(MIGRATION_PID))
                .build());

        assertThat(attribution.impacts().getFirst().inFront())
                .containsExactly(new InFront(Party.APPLICATION, "checkout", 7, nanos(300)));
    }

    @Test
    void leavesOutWaitsThatTheMigrationsLockDoesNotExclude() {
        Attribution attribution = Attribution.of(new RunBuilder()
                .migrated(statement("create index concurrently on orders (id)", 41_000, 1000)
                        .held("orders", "ShareUpdateExclusive", 1000, 1))
                // Somebody else locked the table; the server names every holder, the migration too.
                .victim(PLACE, 7, 41_100, 500, List.of(8, MIGRATION_PID))
                .build());

        assertThat(attribution.causedWaits()).isEmpty();
    }

    @Test
    void blamesTheFirstStatementOfTheTransactionThatTookTheLock() {
        Attribution attribution = Attribution.of(new RunBuilder()
                .migrated(
                        statement("alter table orders add x int", 41_000, 3).held("orders", "AccessExclusive", 4000, 1),
                        statement("update orders set x = 1", 41_004, 3990).held("orders", "RowExclusive", 3990, 1))
                .victim(READ, 7, 42_000, 2990, List.of(MIGRATION_PID))
                .build());

        assertThat(attribution.impacts().get(0).victims()).containsExactly(victims("read-order", 1, 2990, 2990, 2992));
        assertThat(attribution.impacts().get(1).victims()).isEmpty();
    }

    @Test
    void countsWaitsForRowsThatTheMigrationChanged() {
        Attribution attribution = Attribution.of(new RunBuilder()
                .migrated(statement("update orders set x = 1", 41_000, 4000).held("orders", "RowExclusive", 4000, 1))
                .request(PLACE, 7, 41_999, 0.1, 0.1, 2000, Outcome.SUCCEEDED, "")
                .waited(
                        7,
                        Party.APPLICATION,
                        42_000,
                        1998,
                        "transaction 1234",
                        "Share",
                        WaitOutcome.ACQUIRED,
                        List.of(MIGRATION_PID),
                        List.of(7))
                .build());

        assertThat(attribution.impacts().getFirst().victims())
                .containsExactly(victims("place-order", 1, 1998, 1998, 2000));
    }

    @Test
    void countsThoseBehindAVictimAsVictims() {
        Attribution attribution = Attribution.of(new RunBuilder()
                .migrated(statement("alter table orders add x int", 41_000, 1000)
                        .held("orders", "AccessExclusive", 1000, 1))
                .victim(PLACE, 1, 41_100, 900, List.of(MIGRATION_PID))
                .request(PLACE, 2, 41_200, 0.1, 0.1, 806, Outcome.SUCCEEDED, "")
                // Session 1 holds a row of customers while it waits for orders.
                .waited(
                        2,
                        Party.APPLICATION,
                        41_201,
                        803,
                        "transaction 55",
                        "Share",
                        WaitOutcome.ACQUIRED,
                        List.of(1),
                        List.of(2))
                .build());

        assertThat(attribution.causedWaits()).extracting(CausedWait::direct).containsExactly(true, false);
        assertThat(attribution.impacts().getFirst().victims())
                .containsExactly(victims("place-order", 2, 900, 1703, 902));
    }

    @ParameterizedTest
    @CsvSource({"TIMED_OUT, 57014, CANCELLED", "FAILED, 55P03, LOCK_TIMEOUT", "FAILED, 40P01, DEADLOCK"})
    void countsVictimsThatFailed(Outcome outcome, String sqlState, WaitOutcome wait) {
        Attribution attribution = Attribution.of(new RunBuilder()
                .migrated(statement("alter table orders add x int", 41_000, 1000)
                        .held("orders", "AccessExclusive", 1000, 1))
                .request(READ, 7, 41_099, 0.1, 0.1, 502, outcome, sqlState)
                .waited(
                        7,
                        Party.APPLICATION,
                        41_100,
                        500,
                        "orders",
                        "AccessShare",
                        wait,
                        List.of(MIGRATION_PID),
                        List.of(7))
                .build());

        assertThat(attribution.impacts().getFirst().victims())
                .containsExactly(victims("read-order", 1, Map.of(sqlState, 1L), 500, 500, 502));
    }

    @Test
    void countsThoseInFrontOfAPoolThatIsFullOfVictimsApart() {
        // The pool has two connections, and both wait.
        Attribution attribution = Attribution.of(new RunBuilder()
                .migrated(statement("alter table orders add x int", 41_000, 1000)
                        .held("orders", "AccessExclusive", 1000, 1))
                .victim(READ, 1, 41_100, 900, List.of(MIGRATION_PID))
                .victim(PLACE, 2, 41_200, 800, List.of(MIGRATION_PID))
                .request(READ, 1, 41_500, 0.1, 501.5, 503, Outcome.SUCCEEDED, "")
                .request(PLACE, 0, 41_600, 0.1, 0, 300, Outcome.POOL_TIMED_OUT, "")
                // Comes after the lock is gone, and queues behind those that came before.
                .request(READ, 2, 42_001.2, 0.1, 2, 4, Outcome.SUCCEEDED, "")
                // Comes when all is well again.
                .request(READ, 2, 42_100, 0.1, 5, 6, Outcome.SUCCEEDED, "")
                .build());

        StatementImpact impact = attribution.impacts().getFirst();
        assertThat(impact.victims())
                .containsExactlyInAnyOrder(
                        victims("read-order", 1, 900, 900, 902), victims("place-order", 1, 800, 800, 802));
        assertThat(impact.poolVictims())
                .containsExactly(
                        victims("read-order", 2, 501.5, 503.5, 503),
                        victims("place-order", 1, Map.of("poolTimeout", 1L), 299.9, 299.9, 300));
        assertThat(impact.requests()).isEqualTo(5);
    }
}
