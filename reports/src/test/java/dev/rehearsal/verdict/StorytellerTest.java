package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.BLOCKER_PID;
import static dev.rehearsal.verdict.RunBuilder.MIGRATION_PID;
import static dev.rehearsal.verdict.RunBuilder.PLACE;
import static dev.rehearsal.verdict.RunBuilder.PLACE_IN_FILE;
import static dev.rehearsal.verdict.RunBuilder.READ;
import static dev.rehearsal.verdict.RunBuilder.nanos;
import static dev.rehearsal.verdict.RunBuilder.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StorytellerTest {
    private static RunBuilder run() {
        return new RunBuilder()
                .objective(new Objective.LockHold(
                        PLACE_IN_FILE, Optional.empty(), Optional.empty(), Duration.ofMillis(100)))
                .objective(new Objective.LockWait(PLACE_IN_FILE, Objective.Victims.APPLICATION, Duration.ofMillis(100)))
                .objective(new Objective.Rollback(PLACE_IN_FILE, true, Optional.empty()))
                .requests(Stage.BASELINE, READ, 1000, 5)
                .requests(Stage.BASELINE, PLACE, 1000, 8)
                .requests(Stage.MIGRATION, READ, 1000, 5);
    }

    @Test
    void saysWhichStatementDidWhatToWhom() {
        Story story = run().migrated(statement("alter table orders\n  alter column x set not null", 41_000, 800)
                        .scanned("orders", 1_000_000)
                        .held("orders", "AccessExclusive", 800, 0.5))
                .victim(READ, 1, 41_100, 700, List.of(MIGRATION_PID))
                .victim(READ, 2, 41_200, 600, List.of(MIGRATION_PID))
                .victim(PLACE, 3, 41_300, 500, List.of(MIGRATION_PID))
                .judged()
                .story();

        assertThat(story)
                .isEqualTo(new Story(
                        Optional.of("alter table orders alter column x set not null"),
                        List.of(
                                "scanned 1,000,000 rows of orders and held AccessExclusive on it for 800 ms ± 0.5 ms; 3 requests"
                                        + " waited behind it (read-order, place-order), worst response 702 ms; in the baseline their p99"
                                        + " was 8.0 ms."),
                        Optional.of(
                                "add a check (… is not null) not valid, validate it in a step of its own, then set not"
                                        + " null.")));
    }

    @Test
    void blamesNoStatementForWhatAServerThatWasTakenAwayDid() {
        RunBuilder run = new RunBuilder()
                .objective(
                        new Objective.Outage(PLACE_IN_FILE, Optional.empty(), Optional.empty(), Duration.ofMillis(500)))
                .requests(Stage.BASELINE, READ, 1000, 5)
                .event(new RunEvent.FaultStarted(nanos(41_000), 0, "pause", "stands still"))
                .event(new RunEvent.FaultEnded(nanos(43_000), 0, "Stood still for 2.00 s.", true))
                .migrated(
                        statement("alter table orders add x int", 44_000, 60).held("orders", "AccessExclusive", 60, 1))
                .request(READ, 7, 40_990, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")
                .request(READ, 8, 41_100, 0.1, 0.1, 1910, Outcome.SUCCEEDED, "")
                .victim(READ, 9, 44_010, 40, List.of(MIGRATION_PID));

        Story story = run.judged().story();
        Story lockToo = run.objective(new Objective.LockHold(
                        PLACE_IN_FILE, Optional.empty(), Optional.empty(), Duration.ofMillis(50)))
                .judged()
                .story();

        assertThat(story.subject()).isEmpty();
        assertThat(story.fault()).map(FaultEffect::fault).contains(0);
        assertThat(story.sentences())
                .containsExactly(
                        "The scenario's own fault, pause: Stood still for 2.00 s. No read-order succeeded for 1.91 s; no"
                                + " request failed.",
                        "Of the statements, `alter table orders add x int` did most: it held AccessExclusive on orders for"
                                + " 60 ms ± 1.0 ms; 1 request waited behind it (read-order), worst response 42 ms; in the"
                                + " baseline their p99 was 5.0 ms.");
        assertThat(lockToo.subject()).contains("alter table orders add x int");
    }

    @Test
    void namesTheOneInFrontWhenTheStatementWaitedItself() {
        Story story = run().event(new RunEvent.FaultStarted(nanos(40_000), 0, "blocker", "holds orders"))
                .event(new RunEvent.FaultEnded(nanos(43_000), 0, "held orders", true))
                .migrated(statement("alter table orders add x int", 41_000, 2003)
                        .waited(2000)
                        .held("orders", "AccessExclusive", 3, 0.5))
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
                .victim(READ, 7, 41_500, 1503, List.of(MIGRATION_PID))
                .judged()
                .story();

        assertThat(story.headline())
                .isEqualTo(
                        "alter table orders add x int waited 2.00 s behind harness-blocker and held AccessExclusive on orders"
                                + " for 3.0 ms ± 0.5 ms; 1 request waited behind it (read-order), worst response 1.51 s; in the"
                                + " baseline their p99 was 5.0 ms.");
        assertThat(story.saferWay())
                .hasValue(
                        "give the step a short lockTimeout and retries, so that the queue behind it dissolves each time.");
    }

    @Test
    void saysWhenItWasTheRollback() {
        Story story = run().migrated(statement("alter table orders add x int", 41_000, 3))
                .step(
                        "back",
                        Phase.ROLLBACK,
                        statement("alter table orders drop column x", 81_000, 300)
                                .held("orders", "AccessExclusive", 300, 1))
                .victim(READ, 7, 81_100, 200, List.of(MIGRATION_PID))
                .event(new RunEvent.SchemaCompared(nanos(94_000), "aa", "aa", List.of()))
                .judged()
                .story();

        assertThat(story.headline())
                .startsWith(
                        "alter table orders drop column x in the rollback held AccessExclusive on orders for 300 ms");
    }

    @Test
    void saysWhatIsLeftWhenOnlyTheWayBackFails() {
        Story story = run().migrated(
                        statement("alter table orders add x int", 41_000, 3).held("orders", "AccessExclusive", 3, 0.5))
                .rolledBack(List.of("column orders.x was not there"))
                .judged()
                .story();

        assertThat(story.headline())
                .isEqualTo(
                        "The rollback took 500 ms. The schema is not as it was before the migration: column orders.x was not"
                                + " there.");
    }

    /** Whether the machine was good enough to measure on does not change what the server said. */
    @Test
    void saysWhatBrokeTheMigrationThoughNothingIsJudged() {
        RunBuilder saturated = run();
        for (int i = 0; i < 5; i++) {
            saturated.event(new RunEvent.ServerSampled(nanos(20_000 + i), 1, 0, 0, 0, 0.5, 0.97));
        }

        Story story = saturated
                .migrated(statement("create extension hstore", 41_000, 10)
                        .failed(RunEvent.Status.FAILED, "42501", "permission denied to create extension"))
                .judged()
                .story();

        assertThat(story.sentences())
                .anyMatch(sentence -> sentence.startsWith("The machine was saturated before the migration began"))
                .endsWith(
                        "Seen, but not judged: Step change of the migration failed: `create extension hstore`: permission"
                                + " denied to create extension (SQLState 42501).");
    }

    @Test
    void saysHowLittleWasFeltWhenAllIsWell() {
        Story story = run().migrated(statement("alter table orders add x int", 41_000, 3)
                        .held("orders", "AccessExclusive", 3, 0.5)
                        .held("customers", "ShareUpdateExclusive", 30, 0.5))
                .rolledBack(List.of())
                .judged()
                .story();

        assertThat(story.sentences())
                .containsExactly(
                        "1 statement in 3.0 ms; no request waited for a lock behind it.",
                        "Response p99 during the migration 5.0 ms, in the baseline 8.0 ms.",
                        "Strongest lock that it held: AccessExclusive on orders, for at most 3.0 ms ± 0.5 ms.",
                        "Rolled back in 500 ms; the schema is as it was.");
    }

    @Test
    void saysWhyTheMigrationFailedAlsoWhereNothingIsJudged() {
        RunBuilder run = run().migrated(statement("alter table orders add x int", 41_000, 3)
                .failed(RunEvent.Status.FAILED, "42701", "column x exists already"));
        for (int i = 0; i < 5; i++) {
            run.event(new RunEvent.ServerSampled(nanos(20_000 + i), 1, 0, 0, 0, 0.5, 0.97));
        }

        assertThat(run.judged().story().sentences())
                .containsExactly(
                        "The machine was saturated before the migration began: 97 % busy in the baseline. Lower the rate, or"
                                + " give it more CPUs.",
                        "Seen, but not judged: Step change of the migration failed: `alter table orders add x int`: column x"
                                + " exists already (SQLState 42701).");
    }
}
