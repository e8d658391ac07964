package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.CUSTOMER;
import static dev.rehearsal.verdict.RunBuilder.MIGRATION_PID;
import static dev.rehearsal.verdict.RunBuilder.READ;
import static dev.rehearsal.verdict.RunBuilder.latency;
import static dev.rehearsal.verdict.RunBuilder.nanos;
import static dev.rehearsal.verdict.RunBuilder.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Verdict.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that Gatling has timed, in whole milliseconds, from when they were sent. */
class HttpTimingTest {
    private static RunBuilder sent(double responseMillis) {
        RunBuilder run = new RunBuilder().overHttp();
        for (int i = 0; i < 300; i++) {
            run.sent(READ, 10_000 + 100.0 * i, 2);
            run.sent(READ, 40_000 + 100.0 * i, responseMillis);
        }
        return run;
    }

    @ParameterizedTest
    @CsvSource({"198, PASSED", "199, PASSED", "200, INCONCLUSIVE", "201, INCONCLUSIVE", "202, FAILED"})
    void aLimitIsJudgedWithTheError(double millis, Status status) {
        RunRecord run = sent(millis)
                .objective(latency(99, Optional.of(Duration.ofMillis(200)), Optional.empty()))
                .build();

        assertThat(Judge.judge(run).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(status);
            assertThat(finding.message()).contains("± 1.0 ms");
        });
    }

    @Test
    void whatIsNotKnownIsAbsentAndNotNothing() {
        Verdict verdict = Judge.judge(sent(3).build());

        assertThat(verdict.validity().scheduleLagP99Millis()).isEmpty();
        assertThat(verdict.validity().reasons()).isEmpty();
        assertThat(verdict.stages()).allSatisfy(stage -> {
            assertThat(stage.overall().lag().count()).isZero();
            assertThat(stage.overall().poolWait().count()).isZero();
            assertThat(stage.overall().serviceTime().count()).isZero();
        });
        assertThat(verdict.stages())
                .filteredOn(stage -> stage.stage() == Stage.MIGRATION)
                .singleElement()
                .satisfies(
                        stage -> assertThat(stage.overall().response().count()).isEqualTo(300));
    }

    @Test
    void theLagOfOtherServicesIsKnownAllTheSame() {
        Verdict verdict =
                Judge.judge(sent(3).requests(Stage.MIGRATION, CUSTOMER, 200, 2).build());

        assertThat(verdict.validity().scheduleLagP99Millis().orElseThrow()).isBetween(0.09, 0.11);
    }

    private static RunBuilder locked() {
        RunBuilder run = sent(3).migrated(statement("alter table orders add column token uuid", 50_000, 800)
                .held("orders", "AccessExclusive", 800, 1));
        for (int i = 0; i < 4; i++) {
            run.sent(READ, 50_050 + i, 760);
            run.waited(
                    2000 + i,
                    Party.APPLICATION,
                    50_051 + i,
                    748,
                    "orders",
                    "AccessShare",
                    WaitOutcome.ACQUIRED,
                    List.of(MIGRATION_PID),
                    List.of(2000 + i));
        }
        return run;
    }

    /** The log knows the sessions; no request does. */
    @Test
    void lockWaitsOfItsSessionsAreNobodysRequestAndNobodysFault() {
        Verdict verdict = Judge.judge(locked().build());

        assertThat(verdict.validity().reasons()).isEmpty();
        assertThat(verdict.impacts()).singleElement().satisfies(impact -> {
            assertThat(impact.victims()).isEmpty();
            assertThat(impact.sessionVictims())
                    .containsExactly(new SessionVictims("checkout", 4, nanos(748), 4 * nanos(748)));
        });
    }

    @Test
    void theStoryTellsOfSessions() {
        Verdict verdict = Judge.judge(locked().objective(new Objective.LockHold(
                        RunBuilder.PLACE_IN_FILE,
                        Optional.of("AccessExclusive"),
                        Optional.empty(),
                        Duration.ofMillis(100)))
                .build());

        assertThat(verdict.story().headline())
                .isEqualTo(
                        "alter table orders add column token uuid held AccessExclusive on orders for 800 ms ± 1.0 ms;"
                                + " sessions of checkout waited 4 times behind it, at most 748 ms (which requests they served is not"
                                + " known).");
    }
}
