package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.MIGRATION_PID;
import static dev.rehearsal.verdict.RunBuilder.READ;
import static dev.rehearsal.verdict.RunBuilder.latency;
import static dev.rehearsal.verdict.RunBuilder.nanos;
import static dev.rehearsal.verdict.RunBuilder.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.scenario.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ValidityJudgeTest {
    /** p99 at most 100 ms and at most 3 times the baseline's 40 ms: the smallest limit judged is 100 ms. */
    private static RunBuilder sound() {
        return new RunBuilder()
                .objective(latency(99, Optional.of(Duration.ofMillis(100)), Optional.of(3.0)))
                .requests(Stage.BASELINE, READ, 3000, 40)
                .requests(Stage.MIGRATION, READ, 3000, 45);
    }

    @Test
    void findsNothingAgainstASoundRun() {
        Verdict verdict = sound().judged();

        assertThat(verdict.status()).isEqualTo(Verdict.Status.PASSED);
        assertThat(verdict.validity().reasons()).isEmpty();
        assertThat(verdict.validity().smallestLimitMillis()).hasValue(100);
        assertThat(verdict.validity().scheduleLagP99Millis().orElseThrow()).isBetween(0.1, 0.101);
    }

    @Test
    void tellsWhatBefellTheServersBeforeWhatTheInstrumentsLostByIt() {
        Verdict verdict = sound().event(trouble("lock tracer", "its connection was closed"))
                .event(trouble("environment", "the server ran out of its memory"))
                .event(trouble("lock tracer", "its connection was closed"))
                .judged();

        assertThat(verdict.validity().reasons())
                .containsExactly(
                        "The environment had trouble: the server ran out of its memory.",
                        "The lock tracer had trouble: its connection was closed.");
    }

    private static RunEvent trouble(String instrument, String message) {
        return new RunEvent.InstrumentTrouble(nanos(50_000), instrument, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void saysWhyARunCannotBeJudged(String name, UnaryOperator<RunBuilder> spoiled, String reason) {
        Verdict verdict = spoiled.apply(sound()).judged();

        assertThat(verdict.validity().reasons()).containsExactly(reason);
        assertThat(verdict.status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
        assertThat(verdict.findings()).extracting(Finding::status).containsOnly(Verdict.Status.INCONCLUSIVE);
        assertThat(verdict.story().headline()).isEqualTo(reason);
    }

    static Stream<Arguments> saysWhyARunCannotBeJudged() {
        return Stream.of(
                row(
                        "killed",
                        "The run has no end: it was killed while it recovered after the rollback, after 90.0 s. Run it again.",
                        RunBuilder::killed),
                row(
                        "interrupted",
                        "The run was interrupted after 96.0 s: somebody pressed Ctrl-C.",
                        run -> run.ended(RunEvent.Outcome.INTERRUPTED)),
                row(
                        "broken",
                        "The run broke off after 96.0 s: somebody pressed Ctrl-C.",
                        run -> run.ended(RunEvent.Outcome.BROKEN)),
                row(
                        "requests lost",
                        "Of 6,003 planned requests, 6,000 were recorded: the load generator lost some. Lower the rate.",
                        run -> run.lost(3)),
                row(
                        "instrument in trouble",
                        "The lock tracer had trouble: 12 lines of the log were lost.",
                        run -> run.event(new RunEvent.InstrumentTrouble(
                                nanos(50_000), "lock tracer", "12 lines of the log were lost"))),
                row(
                        "generator late",
                        "The load generator was late: its lag p99 during the migration was 21 ms, more than 20 % of the"
                                + " smallest limit judged, 100 ms. Lower the rate, give the machine more CPUs, or judge with a"
                                + " larger limit.",
                        run -> {
                            for (int i = 0; i < 60; i++) {
                                run.request(READ, 9000 + i, 45_000 + i, 21, 0.1, 45, Outcome.SUCCEEDED, "");
                            }
                            return run;
                        }),
                row(
                        "generator that cannot begin what is asked",
                        "The load generator was late: its lag p99 during the migration was 19.8 s, more than 20 % of the"
                                + " smallest limit judged, 100 ms; since it fell behind it began, of 200 requests a second,"
                                + " 100. Lower the rate to less than that, give the machine more CPUs, or judge with a larger"
                                + " limit.",
                        // From 50 s on, 200 arrive a second, and one is begun every 10 ms.
                        sound -> {
                            RunBuilder run = withoutRegression().requests(Stage.BASELINE, READ, 3000, 40);
                            for (int i = 0; i < 4000; i++) {
                                run.request(
                                        READ, 9000 + i, 50_000 + i * 5, i * 5, 0.1, i * 5 + 2, Outcome.SUCCEEDED, "");
                            }
                            return run;
                        }),
                row(
                        "rate that the server cannot serve",
                        "The rate was not held before the migration began: of 200 requests a second, 150 were served in the"
                                + " baseline. Lower the rate to less than that, give the services more connections, or the"
                                + " machine more CPUs.",
                        // 100 a second more arrive than those of the sound run, and every other one is done in the next
                        // stage.
                        run -> {
                            for (int i = 0; i < 3000; i++) {
                                run.request(READ, 10_000 + i * 10, i % 2 == 0 ? 40 : 31_000);
                            }
                            return run;
                        }),
                row(
                        "saturated machine that cannot serve what is asked",
                        "The machine was saturated before the migration began: 97 % busy in the baseline, and of 200 requests a"
                                + " second, 100 were served. Lower the rate to less than that, or give it more CPUs.",
                        run -> {
                            for (int i = 0; i < 3000; i++) {
                                run.request(
                                        READ, 9000 + i, 10_000 + i * 10, 0.1, 2000, 2000.1, Outcome.POOL_TIMED_OUT, "");
                            }
                            return saturated(run);
                        }),
                row(
                        "generator paused",
                        "The load generator stood still for 51 ms, more than 50 % of the smallest limit judged, 100 ms. Lower"
                                + " the rate, give the machine more CPUs or memory, or judge with a larger limit.",
                        run -> run.event(new RunEvent.Paused(nanos(50_000), "generator", nanos(51)))),
                row(
                        "machine saturated",
                        "The machine was saturated before the migration began: 97 % busy in the baseline. Lower the rate, or"
                                + " give it more CPUs.",
                        ValidityJudgeTest::saturated),
                row(
                        "a wait without its request",
                        "The lock log has a wait of 60 ms by harness-app/checkout (session 5) that belongs to no request:"
                                + " requests were lost. Run it again.",
                        run -> run.migrated(held(200))
                                .waited(
                                        5,
                                        Party.APPLICATION,
                                        41_010,
                                        60,
                                        "orders",
                                        "AccessShare",
                                        WaitOutcome.ACQUIRED,
                                        List.of(MIGRATION_PID),
                                        List.of(5))),
                row(
                        "a wait longer than its request",
                        "The lock log says that a read-order waited 80 ms, but the request took only 30 ms in the server: the"
                                + " two clocks disagree. Run it again on a quieter machine.",
                        run -> run.migrated(held(200))
                                .request(READ, 5, 41_029.8, 0.1, 0.1, 30.2, Outcome.SUCCEEDED, "")
                                .waited(
                                        5,
                                        Party.APPLICATION,
                                        41_005,
                                        80,
                                        "orders",
                                        "AccessShare",
                                        WaitOutcome.ACQUIRED,
                                        List.of(MIGRATION_PID),
                                        List.of(5))),
                row(
                        "a response that its wait does not explain",
                        "The longest response of a request that waited for a lock was 500 ms, but the lock log explains only"
                                + " 100 ms of it and 360 ms stay unexplained: log lines were lost, or something else stood"
                                + " still. Lower the rate, or give the machine more CPUs.",
                        run -> run.migrated(held(200))
                                .request(READ, 5, 41_009, 0.1, 0.1, 500, Outcome.SUCCEEDED, "")
                                .waited(
                                        5,
                                        Party.APPLICATION,
                                        41_010,
                                        100,
                                        "orders",
                                        "AccessShare",
                                        WaitOutcome.ACQUIRED,
                                        List.of(MIGRATION_PID),
                                        List.of(5))),
                row(
                        "a hold without any wait in the log",
                        "1 request stood still while `alter table orders add x int` held AccessExclusive on orders, but the lock"
                                + " log has no wait of that time: log lines were lost. Run it again.",
                        run -> run.migrated(held(600)).request(READ, 5, 41_010, 0.1, 0.1, 592, Outcome.SUCCEEDED, "")));
    }

    private static RunBuilder withoutRegression() {
        return new RunBuilder().objective(latency(99, Optional.of(Duration.ofMillis(100)), Optional.empty()));
    }

    private static RunBuilder saturated(RunBuilder run) {
        for (int i = 0; i < 5; i++) {
            run.event(new RunEvent.ServerSampled(nanos(20_000 + i), 1, 0, 0, 0, 0.5, 0.97));
        }
        return run;
    }

    private static RunBuilder.StatementBuilder held(double millis) {
        return statement("alter table orders add x int", 41_000, millis).held("orders", "AccessExclusive", millis, 1);
    }

    private static Arguments row(String name, String reason, UnaryOperator<RunBuilder> spoiled) {
        return Arguments.of(name, spoiled, reason);
    }

    @Test
    void refusesABaselineThatDrifts() {
        RunBuilder run = new RunBuilder()
                .objective(latency(99, Optional.empty(), Optional.of(3.0)))
                .requests(Stage.MIGRATION, READ, 3000, 10);
        for (int i = 0; i < 3000; i++) {
            run.request(READ, 10_000 + i * 10, i < 1500 ? 31 : 10);
        }

        Verdict verdict = run.judged();

        assertThat(verdict.validity().reasons())
                .containsExactly(
                        "The baseline drifted: its halves differ by 210 %, more than the regression that is judged"
                                + " allows. Lengthen the warm-up or the baseline.");
        assertThat(verdict.status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
    }

    @Test
    void allowsADriftWhereNoRegressionIsJudged() {
        RunBuilder run = new RunBuilder()
                .objective(latency(99, Optional.of(Duration.ofMillis(100)), Optional.empty()))
                .requests(Stage.MIGRATION, READ, 3000, 10);
        for (int i = 0; i < 3000; i++) {
            run.request(READ, 10_000 + i * 10, i < 1500 ? 31 : 10);
        }

        Verdict verdict = run.judged();

        assertThat(verdict.status()).isEqualTo(Verdict.Status.PASSED);
        assertThat(verdict.validity().baselineDriftPercent().orElseThrow()).isBetween(208.0, 212.0);
    }

    @Test
    void ignoresPausesOutsideTheStagesJudgedAndOfTheHarnessItself() {
        Verdict verdict = sound().event(new RunEvent.Paused(nanos(5_000), "generator", nanos(900)))
                .event(new RunEvent.Paused(nanos(50_000), "harness", nanos(900)))
                .judged();

        assertThat(verdict.status()).isEqualTo(Verdict.Status.PASSED);
        assertThat(verdict.validity().generatorPauseMaxMillis()).isZero();
    }

    @Test
    void saysNothingOfTheRateWhenAFaultHeldUpTheBaselineOrTheGeneratorCaughtUp() {
        RunBuilder held = withoutRegression()
                .requests(Stage.BASELINE, READ, 3000, 40)
                .event(new RunEvent.FaultStarted(nanos(30_000), 0, "pause", "pause of primary"))
                .event(new RunEvent.FaultEnded(nanos(41_000), 0, "", true));
        for (int i = 0; i < 1000; i++) {
            held.request(READ, 30_000 + i * 10, 41_000 - (30_000 + i * 10));
        }
        RunBuilder caughtUp = sound();
        for (int i = 0; i < 400; i++) {
            double lag = 2000 - i * 5;
            caughtUp.request(READ, 9000 + i, 50_000 + i * 5, lag, 0.1, lag + 2, Outcome.SUCCEEDED, "");
        }

        assertThat(held.judged().validity().reasons()).isEmpty();
        assertThat(caughtUp.judged().validity().reasons())
                .singleElement()
                .asString()
                .startsWith("The load generator was late")
                .endsWith(", 100 ms. Lower the rate, give the machine more CPUs, or judge with a larger limit.");
    }
}
