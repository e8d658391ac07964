package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.PLACE;
import static dev.rehearsal.verdict.RunBuilder.PLACE_IN_FILE;
import static dev.rehearsal.verdict.RunBuilder.READ;
import static dev.rehearsal.verdict.RunBuilder.latency;
import static dev.rehearsal.verdict.RunBuilder.nanos;
import static dev.rehearsal.verdict.RunBuilder.statement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JudgeTest {
    private static final Optional<Duration> NO_MAX = Optional.empty();
    private static final Optional<Double> NO_REGRESSION = Optional.empty();

    /** One row: what the run was, how its only finding is judged, and what it says. */
    @ParameterizedTest(name = "{0}")
    @MethodSource
    void judgesEachObjective(
            String name, UnaryOperator<RunBuilder> run, Verdict.Status status, String subject, String message) {
        Verdict verdict = run.apply(new RunBuilder()).judged();

        assertThat(verdict.validity().reasons()).isEmpty();
        assertThat(verdict.findings()).hasSize(1);
        Finding finding = verdict.findings().getFirst();
        assertThat(finding.message()).isEqualTo(message);
        assertThat(finding.subject()).isEqualTo(subject);
        assertThat(finding.status()).isEqualTo(status);
        assertThat(finding.source()).isEqualTo(PLACE_IN_FILE);
        assertThat(verdict.status()).isEqualTo(status);
    }

    private static Arguments row(
            String name, Verdict.Status status, String subject, String message, UnaryOperator<RunBuilder> run) {
        return Arguments.of(name, run, status, subject, message);
    }

    static Stream<Arguments> judgesEachObjective() {
        return Stream.of(latencies(), errors(), outages(), holds(), waits(), migrations(), rollbacks())
                .flatMap(rows -> rows);
    }

    private static Stream<Arguments> latencies() {
        String p99 = "response p99 of read-order during the migration";
        return Stream.of(
                row(
                        "latency within its limit",
                        Verdict.Status.PASSED,
                        p99,
                        "Response p99 of read-order during the migration was 20 ms over 1,000 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 250 ms.",
                        run -> run.objective(latency(99, Optional.of(Duration.ofMillis(250)), NO_REGRESSION))
                                .requests(Stage.BASELINE, READ, 1000, 5)
                                .requests(Stage.MIGRATION, READ, 1000, 20)),
                row(
                        "latency beyond its limit",
                        Verdict.Status.FAILED,
                        p99,
                        "Response p99 of read-order during the migration was 300 ms over 1,000 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 250 ms.",
                        run -> run.objective(latency(99, Optional.of(Duration.ofMillis(250)), NO_REGRESSION))
                                .requests(Stage.BASELINE, READ, 1000, 5)
                                .requests(Stage.MIGRATION, READ, 1000, 300)),
                row(
                        "too few requests for the percentile",
                        Verdict.Status.INCONCLUSIVE,
                        p99,
                        "Response p99 of read-order during the migration was 300 ms over 199 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 250 ms, but p99 needs 200 requests; lengthen the stage or raise the"
                                + " rate.",
                        run -> run.objective(latency(99, Optional.of(Duration.ofMillis(250)), NO_REGRESSION))
                                .requests(Stage.BASELINE, READ, 1000, 5)
                                .requests(Stage.MIGRATION, READ, 199, 300)),
                row(
                        "too few requests, but every one within the limit",
                        Verdict.Status.PASSED,
                        p99,
                        "Response p99 of read-order during the migration was 20 ms over 3 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 250 ms.",
                        run -> run.objective(latency(99, Optional.of(Duration.ofMillis(250)), NO_REGRESSION))
                                .requests(Stage.BASELINE, READ, 1000, 5)
                                .requests(Stage.MIGRATION, READ, 3, 20)),
                row(
                        "no request",
                        Verdict.Status.INCONCLUSIVE,
                        p99,
                        "There was no such request; lengthen the stage or raise the rate.",
                        run -> run.objective(latency(99, Optional.of(Duration.ofMillis(250)), NO_REGRESSION))),
                row(
                        "regression within its factor",
                        Verdict.Status.PASSED,
                        p99,
                        "Response p99 of read-order during the migration was 14 ms over 1,000 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 3 times the baseline's, 15 ms, and as the baseline fluctuates it"
                                + " stands for 14 ms to 14 ms (99 % confidence).",
                        run -> run.objective(latency(99, NO_MAX, Optional.of(3.0)))
                                .requests(Stage.BASELINE, READ, 1000, 5)
                                .requests(Stage.MIGRATION, READ, 1000, 14)),
                row(
                        "regression beyond its factor, though within the maximum",
                        Verdict.Status.FAILED,
                        p99,
                        "Response p99 of read-order during the migration was 16 ms over 1,000 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 3 times the baseline's, 15 ms, and as the baseline fluctuates it"
                                + " stands for 16 ms to 16 ms (99 % confidence).",
                        run -> run.objective(latency(99, Optional.of(Duration.ofMillis(250)), Optional.of(3.0)))
                                .requests(Stage.BASELINE, READ, 1000, 5)
                                .requests(Stage.MIGRATION, READ, 1000, 16)),
                row(
                        "regression beyond its factor, with more traffic than before",
                        Verdict.Status.INCONCLUSIVE,
                        p99,
                        "Response p99 of read-order during the migration was 16 ms over 3,000 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 3 times the baseline's, 15 ms, and as the baseline fluctuates it"
                                + " stands for 16 ms to 16 ms (99 % confidence), but in the baseline 33 such requests"
                                + " arrived a second, and here 100, as the scenario says, which alone may have made it slower;"
                                + " judge it by a max, or keep the rate the same from the baseline on.",
                        run -> run.changingRate()
                                .objective(latency(99, NO_MAX, Optional.of(3.0)))
                                .requests(Stage.BASELINE, READ, 1000, 5)
                                .requests(Stage.MIGRATION, READ, 3000, 16)),
                row(
                        "regression within its factor, even with more traffic than before",
                        Verdict.Status.PASSED,
                        p99,
                        "Response p99 of read-order during the migration was 14 ms over 3,000 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 3 times the baseline's, 15 ms, and as the baseline fluctuates it"
                                + " stands for 14 ms to 14 ms (99 % confidence).",
                        run -> run.changingRate()
                                .objective(latency(99, NO_MAX, Optional.of(3.0)))
                                .requests(Stage.BASELINE, READ, 1000, 5)
                                .requests(Stage.MIGRATION, READ, 3000, 14)),
                row(
                        "regression within its factor, with less traffic than before",
                        Verdict.Status.INCONCLUSIVE,
                        p99,
                        "Response p99 of read-order during the migration was 14 ms over 1,000 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 3 times the baseline's, 15 ms, and as the baseline fluctuates it"
                                + " stands for 14 ms to 14 ms (99 % confidence), but in the baseline 100 such requests"
                                + " arrived a second, and here 33, as the scenario says, which alone may have made it faster;"
                                + " judge it by a max, or keep the rate the same from the baseline on.",
                        run -> run.changingRate()
                                .objective(latency(99, NO_MAX, Optional.of(3.0)))
                                .requests(Stage.BASELINE, READ, 3000, 5)
                                .requests(Stage.MIGRATION, READ, 1000, 14)),
                row(
                        "regression beyond its factor, even with less traffic than before",
                        Verdict.Status.FAILED,
                        p99,
                        "Response p99 of read-order during the migration was 16 ms over 1,000 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 3 times the baseline's, 15 ms, and as the baseline fluctuates it"
                                + " stands for 16 ms to 16 ms (99 % confidence).",
                        run -> run.changingRate()
                                .objective(latency(99, NO_MAX, Optional.of(3.0)))
                                .requests(Stage.BASELINE, READ, 3000, 5)
                                .requests(Stage.MIGRATION, READ, 1000, 16)),
                row(
                        "regression beyond its factor, with a curve that is level by then",
                        Verdict.Status.FAILED,
                        p99,
                        "Response p99 of read-order during the migration was 16 ms over 1,000 requests; in the baseline it was"
                                + " 5.0 ms; the limit is 3 times the baseline's, 15 ms, and as the baseline fluctuates it"
                                + " stands for 16 ms to 16 ms (99 % confidence).",
                        run -> run.changingRate()
                                .objective(latency(99, NO_MAX, Optional.of(3.0)))
                                .requests(Stage.BASELINE, READ, 1000, 5)
                                .requests(Stage.MIGRATION, READ, 1000, 16)),
                row(
                        "regression against too short a baseline",
                        Verdict.Status.INCONCLUSIVE,
                        p99,
                        "Response p99 of read-order during the migration was 16 ms over 1,000 requests; in the baseline it was"
                                + " 5.0 ms; the baseline has 150 requests, and p99 needs 200; lengthen the baseline or raise"
                                + " the rate.",
                        run -> run.objective(latency(99, NO_MAX, Optional.of(3.0)))
                                .requests(Stage.BASELINE, READ, 150, 5)
                                .requests(Stage.MIGRATION, READ, 1000, 16)),
                row(
                        "a maximum that fails needs no baseline",
                        Verdict.Status.FAILED,
                        p99,
                        "Response p99 of read-order during the migration was 300 ms over 1,000 requests; the limit is 250 ms.",
                        run -> run.objective(latency(99, Optional.of(Duration.ofMillis(250)), Optional.of(3.0)))
                                .requests(Stage.MIGRATION, READ, 1000, 300)));
    }

    private static Stream<Arguments> errors() {
        Objective.Errors limit =
                new Objective.Errors(PLACE_IN_FILE, Optional.empty(), Optional.empty(), Stage.MIGRATION, 0.001);
        return Stream.of(
                row(
                        "errors at their limit",
                        Verdict.Status.PASSED,
                        "failed requests during the migration",
                        "1 of 1,000 requests failed or timed out during the migration, 0.10 %; the limit is 0.10 %. By"
                                + " SQLState: 57014 × 1.",
                        run -> run.objective(limit)
                                .requests(Stage.MIGRATION, READ, 999, 5)
                                .request(READ, 7, 41_000, 0.1, 0.1, 9, Outcome.TIMED_OUT, "57014")),
                row(
                        "no errors",
                        Verdict.Status.PASSED,
                        "failed requests during the migration",
                        "None of 1,000 requests failed or timed out during the migration; the limit is 0.10 %.",
                        run -> run.objective(limit).requests(Stage.MIGRATION, READ, 1000, 5)),
                row(
                        "errors beyond their limit",
                        Verdict.Status.FAILED,
                        "failed requests during the migration",
                        "2 of 1,000 requests failed or timed out during the migration, 0.20 %; the limit is 0.10 %. By"
                                + " SQLState: 40001 × 1, poolTimeout × 1.",
                        run -> run.objective(limit)
                                .requests(Stage.MIGRATION, READ, 998, 5)
                                .request(READ, 7, 41_000, 0.1, 0.1, 9, Outcome.FAILED, "40001")
                                .request(READ, 7, 42_000, 0.1, 0.1, 9, Outcome.POOL_TIMED_OUT, "")),
                row(
                        "errors without requests",
                        Verdict.Status.INCONCLUSIVE,
                        "failed requests during the migration",
                        "There was no such request; lengthen the stage or raise the rate.",
                        run -> run.objective(limit)));
    }

    private static Stream<Arguments> holds() {
        Objective.LockHold limit = new Objective.LockHold(
                PLACE_IN_FILE, Optional.of("AccessExclusive"), Optional.empty(), Duration.ofMillis(100));
        return Stream.of(
                row(
                        "hold within its limit, error and all",
                        Verdict.Status.PASSED,
                        "AccessExclusive held on orders",
                        "`alter table orders add x int` held AccessExclusive on orders for 99 ms ± 1.0 ms; the limit is"
                                + " 100 ms.",
                        run -> run.objective(limit)
                                .migrated(statement("alter table orders add x int", 41_000, 99)
                                        .held("orders", "AccessExclusive", 99, 1))),
                row(
                        "hold whose error holds the limit",
                        Verdict.Status.INCONCLUSIVE,
                        "AccessExclusive held on orders",
                        "`alter table orders add x int` held AccessExclusive on orders for 100 ms ± 1.0 ms; the limit is"
                                + " 100 ms. The limit lies within the error.",
                        run -> run.objective(limit)
                                .migrated(statement("alter table orders add x int", 41_000, 100)
                                        .held("orders", "AccessExclusive", 100, 1))),
                row(
                        "hold beyond its limit, error or not",
                        Verdict.Status.FAILED,
                        "AccessExclusive held on orders",
                        "`alter table orders add x int` held AccessExclusive on orders for 102 ms ± 1.0 ms; the limit is"
                                + " 100 ms.",
                        run -> run.objective(limit)
                                .migrated(statement("alter table orders add x int", 41_000, 102)
                                        .held("orders", "AccessExclusive", 102, 1))),
                row(
                        "hold of another mode, and of the migration's own relation",
                        Verdict.Status.PASSED,
                        "AccessExclusive held",
                        "No statement held AccessExclusive; the limit is 100 ms.",
                        run -> run.objective(limit)
                                .migrated(statement("create index on orders (id)", 41_000, 150)
                                        .held("orders", "Share", 150, 1)
                                        .heldOwn("orders_id_idx", "AccessExclusive", 150))),
                row(
                        "hold of any mode that stops writes",
                        Verdict.Status.FAILED,
                        "Share held on orders",
                        "`create index on orders (id)` held Share on orders for 150 ms ± 1.0 ms; the limit is 100 ms.",
                        run -> run.objective(new Objective.LockHold(
                                        PLACE_IN_FILE, Optional.empty(), Optional.empty(), Duration.ofMillis(100)))
                                .migrated(statement("create index on orders (id)", 41_000, 150)
                                        .held("orders", "Share", 150, 1)
                                        .held("customers", "ShareUpdateExclusive", 900, 1))));
    }

    private static Stream<Arguments> outages() {
        Objective.Outage outage =
                new Objective.Outage(PLACE_IN_FILE, Optional.empty(), Optional.of("read-order"), Duration.ofSeconds(5));
        return Stream.of(
                row(
                        "an outage within its limit, around the fault",
                        Verdict.Status.PASSED,
                        "longest outage of read-order",
                        "The longest time without a success of read-order was 2.01 s, around the pause; the limit is 5.00 s.",
                        run -> paused(run.objective(outage), 41_000, 43_000)
                                .request(READ, 7, 40_990, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")
                                .request(READ, 8, 40_995, 0.1, 0.1, 2_015, Outcome.SUCCEEDED, "")),
                row(
                        "failures are no end of an outage",
                        Verdict.Status.FAILED,
                        "longest outage of read-order",
                        "The longest time without a success of read-order was 6.01 s, during the migration; the limit is 5.00 s.",
                        run -> run.objective(outage)
                                .request(READ, 7, 40_990, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")
                                .request(READ, 8, 40_995, 0.1, 0.1, 20, Outcome.FAILED, "57P02")
                                .request(READ, 9, 43_000, 0.1, 0.1, 20, Outcome.FAILED, "57P03")
                                .request(READ, 9, 47_000, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")),
                row(
                        "time in which nobody asked is no outage",
                        Verdict.Status.PASSED,
                        "longest outage of read-order",
                        "The longest time without a success of read-order was 10 ms, during the migration; the limit is 5.00 s.",
                        run -> run.objective(outage)
                                .request(READ, 7, 41_000, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")
                                .request(READ, 7, 60_000, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")),
                row(
                        "no success any more",
                        Verdict.Status.FAILED,
                        "longest outage of read-order",
                        "The longest time without a success of read-order was 46.0 s, during the migration; the limit is 5.00 s."
                                + " There was none any more to the end of the run, so that it may have been longer.",
                        run -> run.objective(outage)
                                .request(READ, 7, 41_000, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")
                                .request(READ, 7, 50_000, 0.1, 0.1, 10, Outcome.FAILED, "08006")),
                row(
                        "the generator's own pause is not the server's",
                        Verdict.Status.INCONCLUSIVE,
                        "longest outage of read-order",
                        "The longest time without a success of read-order was 6.01 s, during the migration; the limit is 5.00 s."
                                + " For 4.00 s of it the load generator itself stood still: run it again on a quieter machine.",
                        run -> run.objective(outage)
                                .event(new RunEvent.Paused(nanos(46_000), "injector", nanos(4000)))
                                .request(READ, 7, 40_990, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")
                                .request(READ, 8, 41_000, 0.1, 0.1, 6_010, Outcome.SUCCEEDED, "")),
                row(
                        "nobody asked at all",
                        Verdict.Status.INCONCLUSIVE,
                        "longest outage of read-order",
                        "There was no such request; lengthen the stages or raise the rate.",
                        run -> run.objective(outage)));
    }

    private static RunBuilder paused(RunBuilder run, double fromMillis, double toMillis) {
        return run.event(new RunEvent.FaultStarted(nanos(fromMillis), 0, "pause", "stands still"))
                .event(new RunEvent.FaultEnded(nanos(toMillis), 0, "Stood still.", true));
    }

    /** An injector on another machine, whose clock was measured to a millisecond and has gained so much until the end. */
    private static RunEvent injector(double gainedMillis) {
        return new RunEvent.InjectorEnded(
                nanos(60_000),
                1,
                3,
                "host-b at 10.0.0.7",
                10,
                10,
                Optional.of(new RunEvent.InjectorClock(
                        new RunEvent.ClockReading(nanos(7_000_000), nanos(1)),
                        new RunEvent.ClockReading(nanos(7_000_000 + gainedMillis), nanos(1)),
                        0)));
    }

    @Test
    void clocksTooFarApartMakeARunInconclusiveAndAreSaidWithTheirOffset() {
        assertThat(new RunBuilder().event(injector(-998)).judged().validity().reasons())
                .noneMatch(reason -> reason.contains("clock"));
        assertThat(new RunBuilder().event(injector(-1_200)).judged().validity().reasons())
                .contains(
                        "The clock of the injector of slice 1, host-b at 10.0.0.7, and the harness's are too far apart: at the"
                                + " end it was 1.20 s behind what it was at the start, and that could be told to ± 1.0 ms. Let one source"
                                + " of time keep both machines' clocks, bring the machines nearer to each other, or judge with a larger"
                                + " limit.");
    }

    @Test
    void judgesTheOutageOfEachOperationByItself() {
        Verdict verdict = new RunBuilder()
                .objective(
                        new Objective.Outage(PLACE_IN_FILE, Optional.empty(), Optional.empty(), Duration.ofMillis(100)))
                .request(READ, 7, 41_000, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")
                .request(RunBuilder.PLACE, 8, 41_000, 0.1, 0.1, 150, Outcome.SUCCEEDED, "")
                .judged();

        assertThat(verdict.findings())
                .extracting(Finding::subject, Finding::status)
                .containsExactly(
                        tuple("longest outage of read-order", Verdict.Status.PASSED),
                        tuple("longest outage of place-order", Verdict.Status.FAILED));
    }

    @Test
    void aFaultThatDidNotHappenIsInconclusiveAndNeverPassed() {
        Verdict verdict = new RunBuilder()
                .objective(new Objective.Rewrites(PLACE_IN_FILE))
                .migrated(statement("alter table orders add x int", 41_000, 10))
                .event(new RunEvent.FaultStarted(nanos(41_010), 0, "pause", "stands still"))
                .event(new RunEvent.FaultEnded(
                        nanos(41_010), 0, "Did not happen: the step was over before its cue.", false))
                .judged();

        assertThat(verdict.status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
        assertThat(verdict.findings())
                .extracting(Finding::status, Finding::message)
                .contains(tuple(
                        Verdict.Status.INCONCLUSIVE,
                        "The fault pause had no effect. Did not happen: the step was over before its cue."));
        assertThat(verdict.faults()).isEmpty();
    }

    @Test
    void tellsWhatWasFeltOfAFaultThatTookTheServerAway() {
        Verdict verdict = paused(new RunBuilder(), 41_000, 43_000)
                .request(READ, 7, 40_990, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")
                .request(READ, 8, 40_999, 0.1, 0.1, 20, Outcome.FAILED, "57P02")
                .request(READ, 8, 41_999, 0.1, 0.1, 20, Outcome.FAILED, "08006")
                .request(READ, 9, 42_999, 0.1, 0.1, 20, Outcome.FAILED, "08006")
                .request(READ, 9, 43_990, 0.1, 0.1, 10, Outcome.SUCCEEDED, "")
                .request(READ, 9, 60_000, 0.1, 0.1, 10, Outcome.FAILED, "23505")
                .judged();

        assertThat(verdict.faults()).hasSize(1);
        FaultEffect effect = verdict.faults().getFirst();
        assertThat(effect.outages())
                .containsExactly(new Outage(
                        "checkout",
                        "read-order",
                        nanos(41_000),
                        OptionalLong.of(nanos(41_000)),
                        OptionalLong.of(nanos(44_000)),
                        nanos(44_000)));
        assertThat(effect.errors()).containsExactly(entry("08006", 2L), entry("57P02", 1L));
        assertThat(effect.connectionsLost()).isEqualTo(2);
        assertThat(effect.sentence())
                .isEqualTo(
                        "No read-order succeeded for 3.00 s; 3 requests failed (08006 × 2, 57P02 × 1), 2 connections were"
                                + " lost in use.");
    }

    /** What a server did late it answers in any order. */
    @Test
    void anOutageCountsFromTheFirstArrivalThatWaitedAndNotFromThatOfTheFirstSuccess() {
        assertThat(outageOfAPause(answered(41_150, 43_005), answered(41_010, 43_010)))
                .containsExactly(nanos(41_010), nanos(43_005));
    }

    @Test
    void anOutageCountsFromTheLastSuccessWhereARequestWasUnderWayThen() {
        assertThat(outageOfAPause(answered(42_900, 43_005), failed(40_995, 43_010)))
                .containsExactly(nanos(41_000), nanos(43_005));
    }

    @Test
    void aRequestThatWaitedForLongMakesLongEveryTimeWithoutASuccessThatItSaw() {
        assertThat(outageOfAPause(
                        answered(41_390, 41_400),
                        answered(41_490, 41_500),
                        answered(42_890, 42_900),
                        failed(41_200, 43_000),
                        answered(43_090, 43_100)))
                .containsExactly(nanos(41_500), nanos(42_900));
    }

    private static UnaryOperator<RunBuilder> answered(double fromMillis, double toMillis) {
        return run -> run.request(READ, 8, fromMillis, 0.1, 0.1, toMillis - fromMillis, Outcome.SUCCEEDED, "");
    }

    private static UnaryOperator<RunBuilder> failed(double fromMillis, double toMillis) {
        return run -> run.request(READ, 9, fromMillis, 0.1, 0.1, toMillis - fromMillis, Outcome.FAILED, "57014");
    }

    /**
     * Its begin and end, in nanoseconds. The last success before the pause is at its begin, 41 s.
     *
     * @param requests by their ends
     */
    @SafeVarargs
    private static List<Long> outageOfAPause(UnaryOperator<RunBuilder>... requests) {
        RunBuilder run = answered(40_990, 41_000).apply(paused(new RunBuilder(), 41_000, 43_000));
        for (UnaryOperator<RunBuilder> request : requests) {
            run = request.apply(run);
        }
        Outage outage = run.judged().faults().getFirst().outages().getFirst();
        return List.of(outage.wantedNanos(), outage.endNanos());
    }

    private static Stream<Arguments> waits() {
        Objective.LockWait application =
                new Objective.LockWait(PLACE_IN_FILE, Objective.Victims.APPLICATION, Duration.ofMillis(500));
        Objective.LockWait migration =
                new Objective.LockWait(PLACE_IN_FILE, Objective.Victims.MIGRATION, Duration.ofMillis(500));
        return Stream.of(
                row(
                        "wait of a request beyond its limit",
                        Verdict.Status.FAILED,
                        "longest lock wait of a request",
                        "The longest lock wait of a request took 600 ms behind `alter table orders add x int`; the limit is"
                                + " 500 ms.",
                        run -> run.objective(application)
                                .migrated(statement("alter table orders add x int", 41_000, 700)
                                        .held("orders", "AccessExclusive", 700, 1))
                                .victim(READ, 7, 41_100, 600, List.of(RunBuilder.MIGRATION_PID))),
                row(
                        "row contention between requests is not the migration's",
                        Verdict.Status.PASSED,
                        "longest lock wait of a request",
                        "No lock wait of a request was logged; the limit is 500 ms.",
                        run -> run.objective(application)
                                .migrated(statement("alter table orders add x int", 41_000, 700)
                                        .held("orders", "AccessExclusive", 3, 1))
                                .waited(
                                        7,
                                        Party.APPLICATION,
                                        41_100,
                                        900,
                                        "transaction 1234",
                                        "Share",
                                        WaitOutcome.ACQUIRED,
                                        List.of(8),
                                        List.of(7))),
                row(
                        "wait whose end was not seen",
                        Verdict.Status.INCONCLUSIVE,
                        "longest lock wait of the migration",
                        "The longest lock wait of the migration took 400 ms behind harness-blocker; the limit is 500 ms. The"
                                + " end of at least one wait was not seen, so that it may have been longer.",
                        run -> run.objective(migration)
                                .event(new RunEvent.FaultStarted(nanos(40_500), 0, "blocker", "holds orders"))
                                .event(new RunEvent.FaultEnded(nanos(41_400), 0, "held orders", true))
                                .migrated(statement("alter table orders add x int", 41_000, 500)
                                        .waited(400)
                                        .held("orders", "AccessExclusive", 3, 1))
                                .waited(
                                        RunBuilder.MIGRATION_PID,
                                        Party.MIGRATION,
                                        41_000,
                                        400,
                                        "orders",
                                        "AccessExclusive",
                                        WaitOutcome.UNKNOWN,
                                        List.of(RunBuilder.BLOCKER_PID),
                                        List.of(RunBuilder.MIGRATION_PID))),
                row(
                        "limit below what the server logs",
                        Verdict.Status.INCONCLUSIVE,
                        "longest lock wait of a request",
                        "No lock wait of a request was logged; the limit is 0.5 ms. Waits shorter than 1.0 ms are not in the"
                                + " server's log: lower environment.settings.deadlock_timeout or raise the limit.",
                        run -> run.objective(new Objective.LockWait(
                                PLACE_IN_FILE, Objective.Victims.APPLICATION, Duration.ofNanos(500_000)))),
                row(
                        "wait that was read, not told, near its limit",
                        Verdict.Status.INCONCLUSIVE,
                        "longest lock wait of a request",
                        "The longest lock wait of a request took 501 ms ± 2.0 ms behind `alter table orders add x int`; the"
                                + " limit is 500 ms. The limit lies within the error.",
                        run -> run.objective(application)
                                .event(readings(10))
                                .migrated(statement("alter table orders add x int", 41_000, 700)
                                        .held("orders", "AccessExclusive", 700, 1))
                                .victim(READ, 7, 41_100, 501, List.of(RunBuilder.MIGRATION_PID))),
                row(
                        "limit below the time between two readings",
                        Verdict.Status.INCONCLUSIVE,
                        "longest lock wait of a request",
                        "No lock wait of a request was seen; the limit is 500 ms. Waits shorter than 600 ms may have been"
                                + " missed, because the server's log is not read: raise the limit.",
                        run -> run.objective(application).event(readings(600))),
                row(
                        "limit above the time between two readings",
                        Verdict.Status.PASSED,
                        "longest lock wait of a request",
                        "No lock wait of a request was seen; the limit is 500 ms.",
                        run -> run.objective(application).event(readings(10))));
    }

    private static RunEvent readings(long blindMillis) {
        return new RunEvent.InstrumentLimited(
                1,
                RunEvent.InstrumentLimited.LOCK_WAITS,
                "The log is elsewhere.",
                "Locks are read.",
                OptionalLong.of(nanos((double) blindMillis)));
    }

    private static Stream<Arguments> migrations() {
        Objective.MigrationTime time = new Objective.MigrationTime(PLACE_IN_FILE, Duration.ofSeconds(10));
        return Stream.of(
                row(
                        "migration in time, though its stage is longer",
                        Verdict.Status.PASSED,
                        "duration of the migration",
                        "The migration took 9.00 s; the limit is 10.0 s.",
                        run -> run.objective(time).migrated(statement("select 1", 41_000, 9000))),
                row(
                        "migration too slow",
                        Verdict.Status.FAILED,
                        "duration of the migration",
                        "The migration took 11.0 s; the limit is 10.0 s.",
                        run -> run.objective(time).migrated(statement("select 1", 41_000, 11_000))),
                row(
                        "migration not begun",
                        Verdict.Status.INCONCLUSIVE,
                        "duration of the migration",
                        "The migration was not begun.",
                        run -> run.objective(time)),
                row(
                        "failed step, without an objective that asks",
                        Verdict.Status.FAILED,
                        "migration step change",
                        "Step change of the migration failed: `alter table orders add x int not null`: column \"x\" of"
                                + " relation \"orders\" contains null values (SQLState 23502).",
                        run -> run.migrated(statement("alter table orders add x int not null", 41_000, 5)
                                .failed(
                                        Status.FAILED,
                                        "23502",
                                        "column \"x\" of relation \"orders\" contains null values"))),
                row(
                        "table rewritten",
                        Verdict.Status.FAILED,
                        "no rewrites",
                        "`alter table orders add x uuid default gen_random_uuid()` rewrote orders (column default).",
                        run -> run.objective(new Objective.Rewrites(PLACE_IN_FILE))
                                .migrated(
                                        statement("alter table orders add x uuid default gen_random_uuid()", 41_000, 5)
                                                .rewrote("orders", "column default"))),
                row(
                        "own table rewritten",
                        Verdict.Status.PASSED,
                        "no rewrites",
                        "No table was rewritten but what the migration made.",
                        run -> run.objective(new Objective.Rewrites(PLACE_IN_FILE))
                                .migrated(statement("alter table mine alter x type bigint", 41_000, 5)
                                        .rewroteOwn("mine", "column type")
                                        .heldOwn("mine", "AccessExclusive", 5))));
    }

    private static Stream<Arguments> rollbacks() {
        Objective.Rollback objective = new Objective.Rollback(PLACE_IN_FILE, true, Optional.of(Duration.ofSeconds(30)));
        return Stream.of(
                row(
                        "rollback as it should be",
                        Verdict.Status.PASSED,
                        "rollback",
                        "The rollback took 500 ms; the limit is 30.0 s. The schema is as it was before the migration.",
                        run -> run.objective(objective).rolledBack(List.of())),
                row(
                        "rollback that leaves something behind",
                        Verdict.Status.FAILED,
                        "rollback",
                        "The rollback took 500 ms; the limit is 30.0 s. The schema is not as it was before the migration: column"
                                + " orders.token was not there.",
                        run -> run.objective(objective).rolledBack(List.of("column orders.token was not there"))),
                row(
                        "rollback that fails",
                        Verdict.Status.FAILED,
                        "rollback",
                        "Step back of the rollback failed: `drop table x`: table \"x\" does not exist (SQLState 42P01).",
                        run -> run.objective(objective)
                                .step(
                                        "back",
                                        RunEvent.Phase.ROLLBACK,
                                        statement("drop table x", 80_000, 5)
                                                .failed(Status.FAILED, "42P01", "table \"x\" does not exist"))),
                row(
                        "rollback whose schema was not compared",
                        Verdict.Status.INCONCLUSIVE,
                        "rollback",
                        "The rollback took 5.0 ms; the limit is 30.0 s. The schema after it was not compared.",
                        run -> run.objective(objective)
                                .step("back", RunEvent.Phase.ROLLBACK, statement("select 1", 80_000, 5))));
    }

    @Test
    void showsWhatIsWrongWithARollbackAndNotItsTime() {
        Objective.Rollback objective = new Objective.Rollback(PLACE_IN_FILE, true, Optional.of(Duration.ofSeconds(30)));

        Verdict differs = new RunBuilder()
                .objective(objective)
                .rolledBack(List.of("column orders.token was not there"))
                .judged();
        Verdict failed = new RunBuilder()
                .objective(objective)
                .step(
                        "back",
                        RunEvent.Phase.ROLLBACK,
                        statement("drop table x", 80_000, 5)
                                .failed(Status.FAILED, "42P01", "table \"x\" does not exist"))
                .judged();

        assertThat(differs.findings()).extracting(Finding::shownObserved).containsExactly("schema differs");
        assertThat(failed.findings()).extracting(Finding::shownObserved).containsExactly("failed");
        assertThat(failed.rollback().failure())
                .contains(
                        "Step back of the rollback failed: `drop table x`: table \"x\" does not exist (SQLState 42P01).");
    }

    @Test
    void knowsNothingOfAWayBackWhereNothingWasApplied() {
        Verdict verdict = new RunBuilder()
                .objective(new Objective.Rollback(PLACE_IN_FILE, true, Optional.empty()))
                .migrated(statement("alter table orders add x int", 41_000, 5)
                        .failed(Status.FAILED, "42701", "column \"x\" exists"))
                .nothingToTakeBack()
                .judged();

        assertThat(verdict.findings())
                .extracting(Finding::objective, Finding::status)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("migration", Verdict.Status.FAILED),
                        org.assertj.core.groups.Tuple.tuple("rollback", Verdict.Status.INCONCLUSIVE));
        assertThat(verdict.findings().getLast().message())
                .isEqualTo(
                        "There was nothing to take back: the migration failed before any of it was applied. So whether there is a way back is"
                                + " not known.");
        assertThat(verdict.status()).isEqualTo(Verdict.Status.FAILED);
    }

    @Test
    void judgesEachOperationByItselfWithoutServiceAndOperation() {
        Objective all = new Objective.Latency(
                PLACE_IN_FILE,
                Optional.empty(),
                Optional.empty(),
                99,
                Stage.MIGRATION,
                Optional.of(Duration.ofMillis(250)),
                Optional.empty());

        Verdict verdict = new RunBuilder()
                .objective(all)
                .requests(Stage.MIGRATION, READ, 1000, 20)
                .requests(Stage.MIGRATION, PLACE, 1000, 300)
                .requests(Stage.MIGRATION, RunBuilder.CUSTOMER, 1000, 20)
                .judged();

        assertThat(verdict.findings())
                .extracting(Finding::subject, Finding::status, Finding::observed, Finding::limit)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "response p99 of read-order during the migration",
                                Verdict.Status.PASSED,
                                OptionalDouble.of(20),
                                OptionalDouble.of(250)),
                        org.assertj.core.groups.Tuple.tuple(
                                "response p99 of place-order during the migration",
                                Verdict.Status.FAILED,
                                OptionalDouble.of(300),
                                OptionalDouble.of(250)),
                        org.assertj.core.groups.Tuple.tuple(
                                "response p99 of read-customer during the migration",
                                Verdict.Status.PASSED,
                                OptionalDouble.of(20),
                                OptionalDouble.of(250)));
    }

    @Test
    void findsNothingAboutARollbackThatIsNotInTheScenario() {
        Verdict verdict = new RunBuilder()
                .objective(new Objective.Rollback(PLACE_IN_FILE, true, Optional.empty()))
                .objective(new Objective.Rewrites(PLACE_IN_FILE))
                .migrated(statement("select 1", 41_000, 5))
                .judged();

        assertThat(verdict.findings()).extracting(Finding::objective).containsExactly("rewrites");
        assertThat(verdict.status()).isEqualTo(Verdict.Status.PASSED);
    }

    @Test
    void failsAMigrationTimeWhenTheMigrationTimedOut() {
        Verdict verdict = new RunBuilder()
                .objective(new Objective.MigrationTime(PLACE_IN_FILE, Duration.ofSeconds(10)))
                .migrated(statement("select pg_sleep(99)", 41_000, 5)
                        .failed(Status.TIMED_OUT, "57014", "canceling statement due to user request"))
                .judged();

        assertThat(verdict.findings())
                .extracting(Finding::objective, Finding::status)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("migration", Verdict.Status.FAILED),
                        org.assertj.core.groups.Tuple.tuple("migrationTime", Verdict.Status.FAILED));
        assertThat(verdict.findings().get(1).message())
                .isEqualTo(
                        "The migration did not come to its end; it stopped after 5.0 ms. Step change of the migration was"
                                + " ended by the time limit: `select pg_sleep(99)`: canceling statement due to user request (SQLState"
                                + " 57014).");
    }

    @Test
    void doesNotSayThatACommitFailedThatWasNeverAnswered() {
        Verdict verdict = new RunBuilder()
                .objective(new Objective.MigrationTime(PLACE_IN_FILE, Duration.ofSeconds(10)))
                .migrated(statement("select 1", 41_000, 5)
                        .failed(Status.UNKNOWN, "08006", "its outcome is unknown to the client; the server has it"))
                .judged();

        Finding migration = verdict.findings().getFirst();
        assertThat(migration.status()).isEqualTo(Verdict.Status.FAILED);
        assertThat(migration.observed()).hasValue(1);
        assertThat(migration.shownObserved()).isEqualTo("outcome unknown");
        assertThat(migration.message())
                .isEqualTo(
                        "Step change of the migration is of unknown outcome: `select 1`: its outcome is unknown to the"
                                + " client; the server has it (SQLState 08006).");
    }

    @Test
    void isInconclusiveWithoutAnyFinding() {
        Verdict verdict = new RunBuilder().judged();

        assertThat(verdict.status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
        assertThat(verdict.story().headline()).isEqualTo("No objective was judged.");
    }
}
