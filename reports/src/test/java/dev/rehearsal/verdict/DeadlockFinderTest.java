package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.CUSTOMER;
import static dev.rehearsal.verdict.RunBuilder.MIGRATION_PID;
import static dev.rehearsal.verdict.RunBuilder.PLACE;
import static dev.rehearsal.verdict.RunBuilder.READ;
import static dev.rehearsal.verdict.RunBuilder.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeadlockFinderTest {
    @Test
    void countsTheApplicationsVictimsByOperationAndNamesTheStatementThatHadWhatTheyWaitedFor() {
        Verdict verdict = new RunBuilder()
                .migrated(
                        statement("alter table orders add column x int", 41_000, 2)
                                .held("orders", "AccessExclusive", 60, 0.5),
                        statement("alter table customers add column x int", 41_002, 58)
                                .waited(57)
                                .held("customers", "AccessExclusive", 1, 0.5))
                .request(PLACE, 7, 40_990, 0.1, 0.1, 31, Outcome.FAILED, "40P01")
                .waited(
                        7,
                        Party.APPLICATION,
                        41_010,
                        10.5,
                        "orders",
                        "RowExclusive",
                        WaitOutcome.DEADLOCK,
                        List.of(MIGRATION_PID),
                        List.of(7))
                // Its session is asked for again at once, by somebody who has nothing to do with it.
                .request(READ, 7, 41_020, 0.1, 1, 3, Outcome.SUCCEEDED, "")
                .request(PLACE, 8, 40_995, 0.1, 0.1, 40, Outcome.FAILED, "40P01")
                .waited(
                        8,
                        Party.APPLICATION,
                        41_020,
                        10.5,
                        "orders",
                        "RowExclusive",
                        WaitOutcome.DEADLOCK,
                        List.of(MIGRATION_PID),
                        List.of(8))
                .victim(READ, 9, 41_012, 48, List.of(MIGRATION_PID))
                .judged();

        assertThat(verdict.deadlocks()).singleElement().satisfies(deadlock -> {
            assertThat(deadlock.victim()).isEqualTo(Party.APPLICATION);
            assertThat(deadlock.service()).contains("checkout");
            assertThat(deadlock.operations()).containsExactly("place-order");
            assertThat(deadlock.cause().orElseThrow().statement().sql())
                    .isEqualTo("alter table orders add column x int");
            assertThat(deadlock.times()).isEqualTo(2);
            assertThat(deadlock.sentence())
                    .isEqualTo("The server ended 2 transactions of place-order by deadlock (SQLState 40P01): they and"
                            + " `alter table orders add column x int` of step change waited for each other.");
        });
        assertThat(verdict.story().sentences())
                .contains(verdict.deadlocks().getFirst().sentence());
    }

    @Test
    void namesTheMigrationsStatementThatFellAndWhoWasOnTheOtherSide() {
        Verdict verdict = new RunBuilder()
                .migrated(
                        statement("alter table orders add column x int", 41_000, 2),
                        statement("alter table customers add column x int", 41_002, 11)
                                .failed(Status.FAILED, "40P01", "deadlock detected"))
                .waited(
                        MIGRATION_PID,
                        Party.MIGRATION,
                        41_002,
                        10.5,
                        "customers",
                        "AccessExclusive",
                        WaitOutcome.DEADLOCK,
                        List.of(7, 8),
                        List.of(MIGRATION_PID))
                // Its own wait was over before the server would log it.
                .request(PLACE, 7, 40_999, 0.1, 0.1, 20, Outcome.SUCCEEDED, "")
                // Had the table too when the wait was reported, and went its way.
                .request(CUSTOMER, 8, 40_999, 0.1, 0.1, 5, Outcome.SUCCEEDED, "")
                .judged();

        assertThat(verdict.deadlocks()).singleElement().satisfies(deadlock -> {
            assertThat(deadlock.victim()).isEqualTo(Party.MIGRATION);
            assertThat(deadlock.service()).isEmpty();
            assertThat(deadlock.operations()).containsExactly("place-order");
            assertThat(deadlock.times()).isEqualTo(1);
            assertThat(deadlock.sentence())
                    .isEqualTo("The server ended `alter table customers add column x int` of step change by deadlock"
                            + " (SQLState 40P01): it and place-order waited for each other.");
        });
    }

    @Test
    void tellsDeadlocksThatTheMigrationHasNoPartInApart() {
        Verdict verdict = new RunBuilder()
                .migrated(statement("alter table orders add column x int", 41_000, 2))
                .waited(
                        7,
                        Party.APPLICATION,
                        20_000,
                        10.5,
                        "transaction 812",
                        "Share",
                        WaitOutcome.DEADLOCK,
                        List.of(8),
                        List.of(7))
                .judged();

        assertThat(verdict.deadlocks())
                .containsExactly(
                        new Deadlock(Party.APPLICATION, Optional.of("checkout"), List.of(), Optional.empty(), 1));
        assertThat(verdict.story().sentences())
                .contains("The server ended 1 transaction of checkout by deadlock (SQLState 40P01): the migration had"
                        + " no part in it.");
    }

    @Test
    void findsNoneWhereWaitsEndedOtherwise() {
        Verdict verdict = new RunBuilder()
                .migrated(statement("alter table orders add column x int", 41_000, 200)
                        .held("orders", "AccessExclusive", 200, 0.5))
                .victim(READ, 7, 41_010, 100, List.of(MIGRATION_PID))
                .judged();

        assertThat(verdict.deadlocks()).isEmpty();
    }
}
