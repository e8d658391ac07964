package dev.rehearsal.load;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Attempts;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRunnerTest {
    private static final long MS = MILLISECONDS.toNanos(1);
    private static final Operation READ = Workloads.operation("read", 1, Map.of(), "select 1");
    private static final Operation TWO_WRITES = Workloads.operation("write", 1, Map.of(), "update a", "update b");

    /** A thousand a second, 2 ms each, 10 connections, 60 s with one stall of 2 s in them: a fifth of the capacity is used. */
    private static final double RATE = 1000;

    private static final int WINDOW_SECONDS = 60;
    private static final long STALL_NANOS = SECONDS.toNanos(2);
    private static final long STALL_FROM = SECONDS.toNanos(20);
    private static final double FREE = 1 - RATE * 0.002 / 10;

    private static SimulatedDatabase stalledDatabase() {
        return new SimulatedDatabase(10, 2 * MS, STALL_FROM, STALL_FROM + STALL_NANOS);
    }

    private static SimulatedDatabase database() {
        return new SimulatedDatabase(10, 2 * MS, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Runs a minute of constant arrivals. */
    private static List<RequestRecord> minute(SimulatedDatabase database) {
        ArrivalPlan plan = new ArrivalPlan(
                1,
                Arrivals.CONSTANT,
                Workloads.service("shop", RATE, Workloads.pool(10, Duration.ofSeconds(30)), READ));
        List<Long> instants = new ArrayList<>();
        for (int slot = 0; slot < WINDOW_SECONDS; slot++) {
            for (long offset : plan.offsets(slot)) {
                instants.add(offset);
            }
        }
        return run(database, READ, instants);
    }

    private static List<RequestRecord> run(SimulatedDatabase database, Operation operation, List<Long> instants) {
        return run(database, operation, instants, Optional.empty());
    }

    private static List<RequestRecord> run(
            SimulatedDatabase database, Operation operation, List<Long> instants, Optional<Retry> retry) {
        List<RequestRecord> records = new ArrayList<>();
        InFlight inFlight = new InFlight(records::add, number -> operation.ledger());
        RequestRunner runner =
                new RequestRunner(database, new StopPoint(), new Pools.OfService(database.pool(), List.of()), retry);
        Transaction transaction = new Transaction(operation, 0, Map.of());
        for (int i = 0; i < instants.size(); i++) {
            runner.run(inFlight.begun(new Arrival(0, 0, i, i, instants.get(i)), 0), transaction, new Object[0]);
        }
        return records;
    }

    private static double quantileMillis(List<RequestRecord> records, ToLongFunction<RequestRecord> time, double p) {
        long[] sorted = records.stream().mapToLong(time).sorted().toArray();
        return sorted[(int) Math.ceil(p * sorted.length) - 1] / 1e6;
    }

    private static double meanMillis(List<RequestRecord> records, ToLongFunction<RequestRecord> time) {
        return records.stream().mapToLong(time).average().orElseThrow() / 1e6;
    }

    private static long service(RequestRecord request) {
        return request.t3Nanos() - request.t2Nanos();
    }

    private static long sincePickedUp(RequestRecord request) {
        return request.t3Nanos() - request.t1Nanos();
    }

    @Test
    void stampsPlannedPickedUpConnectedAndFinished() {
        SimulatedDatabase database =
                new SimulatedDatabase(1, 5 * MS, Long.MAX_VALUE, Long.MAX_VALUE).generatorStalls(10 * MS, 12 * MS);

        List<RequestRecord> records = run(database, READ, List.of(9 * MS, 10 * MS));

        assertThat(records)
                .containsExactly(
                        record(0, Outcome.SUCCEEDED, -1, 9 * MS, 9 * MS, 9 * MS, 14 * MS, ""),
                        record(1, Outcome.SUCCEEDED, -1, 10 * MS, 12 * MS, 14 * MS, 19 * MS, ""));
    }

    @Test
    void namesTheStatementThatFailedAndItsSqlState() {
        SimulatedDatabase database = database().failsWith("42703");

        List<RequestRecord> records = run(database, TWO_WRITES, List.of(MS));

        assertThat(records).containsExactly(record(0, Outcome.FAILED, 0, MS, MS, MS, 3 * MS, "42703"));
    }

    @Test
    void cancelledStatementIsATimeout() {
        SimulatedDatabase database = database().failsWith("57014");

        List<RequestRecord> records = run(database, READ, List.of(MS));

        assertThat(records).containsExactly(record(0, Outcome.TIMED_OUT, 0, MS, MS, MS, 3 * MS, "57014"));
    }

    /** Of one attempt, by the first session. */
    private static RequestRecord record(
            long arrival, Outcome outcome, int failedStatement, long t0, long t1, long t2, long t3, String state) {
        return new RequestRecord(
                0, outcome, failedStatement, 100, t0, t1, t2, t3, state, new Attempts(arrival, 1, 0, t1));
    }

    @Test
    void aFailureThatTheServiceNamesIsTriedAgainAndTheResponseCountsFromTheArrival() {
        SimulatedDatabase database = database().failsWith("40001", 2);

        List<RequestRecord> records = run(
                database,
                READ,
                List.of(10 * MS),
                Optional.of(new Retry(List.of("40P01", "40001"), 3, Duration.ofMillis(50))));

        // 2 ms, 50 ms, 2 ms, 100 ms, 2 ms, each attempt over the session that has been free for longest.
        assertThat(records)
                .containsExactly(new RequestRecord(
                        0,
                        Outcome.SUCCEEDED,
                        -1,
                        102,
                        10 * MS,
                        10 * MS,
                        164 * MS,
                        166 * MS,
                        "",
                        new Attempts(0, 3, 0, 164 * MS)));
    }

    @Test
    void afterItsLastAttemptARequestHasFailed() {
        SimulatedDatabase database = database().failsWith("40001");

        List<RequestRecord> records =
                run(database, READ, List.of(MS), Optional.of(new Retry(List.of("40001"), 2, Duration.ZERO)));

        assertThat(records).singleElement().satisfies(request -> {
            assertThat(request.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(request.attempts().count()).isEqualTo(2);
            assertThat(request.t3Nanos()).isEqualTo(5 * MS);
        });
    }

    @Test
    void whatTheServiceDoesNotNameIsNotTriedAgain() {
        SimulatedDatabase database = database().failsWith("23505", 1);

        List<RequestRecord> records =
                run(database, READ, List.of(MS), Optional.of(new Retry(List.of("40001"), 3, Duration.ZERO)));

        assertThat(records).containsExactly(record(0, Outcome.FAILED, 0, MS, MS, MS, 3 * MS, "23505"));
    }

    @Test
    void aConnectionThatBreaksAtTheCommitLeavesTheOutcomeOfThatAttemptUnknown() {
        Operation write = Workloads.inLedger(Workloads.operation("write", 1, Map.of(), "update a set b = 1"));
        SimulatedDatabase database = database().breaksAtCommit(1);

        List<RequestRecord> records =
                run(database, write, List.of(MS), Optional.of(new Retry(List.of("08006"), 3, Duration.ZERO)));

        assertThat(records).singleElement().satisfies(request -> {
            assertThat(request.acknowledged()).isTrue();
            assertThat(request.attempts().count()).isEqualTo(2);
            assertThat(request.attempts().isUnknown(1)).isTrue();
            assertThat(request.attempts().isUnknown(2)).isFalse();
        });
    }

    @Test
    void withoutALedgerNobodyAsksWhatBecameOfAnAttempt() {
        List<RequestRecord> records = run(database().breaksAtCommit(1), TWO_WRITES, List.of(MS));

        assertThat(records).singleElement().satisfies(request -> {
            assertThat(request.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(request.attempts().unknown()).isZero();
        });
    }

    @Test
    void anErrorBeforeTheCommitWasSentMeansThatNothingWasCommitted() {
        SimulatedDatabase database = database().failsWith("08006");

        List<RequestRecord> records = run(database, Workloads.inLedger(TWO_WRITES), List.of(MS));

        assertThat(records).singleElement().satisfies(request -> {
            assertThat(request.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(request.attempts().isUnknown(1)).isFalse();
        });
    }

    /** L(p) = s + D − (1 − p) · T · (1 − ρ), where that exceeds s. */
    @ParameterizedTest
    @CsvSource({"0.50, 2", "0.95, 2", "0.96, 82", "0.97, 562", "0.98, 1042", "0.99, 1522", "0.999, 1954"})
    void knownStallGivesTheKnownResponses(double p, double expectedMillis) {
        List<RequestRecord> records = minute(stalledDatabase());

        assertThat(quantileMillis(records, RequestRecord::responseNanos, p)).isCloseTo(expectedMillis, within(4.0));
    }

    @Test
    void knownStallGivesTheKnownMeanAndShareOfRequests() {
        List<RequestRecord> records = minute(stalledDatabase());

        double stallSeconds = STALL_NANOS / 1e9;
        double affected =
                records.stream().filter(each -> each.responseNanos() > 3 * MS).count() / (double) records.size();
        assertThat(affected).isCloseTo(stallSeconds / (WINDOW_SECONDS * FREE), within(0.001));
        assertThat(meanMillis(records, RequestRecord::responseNanos))
                .isCloseTo(2 + 1000 * stallSeconds * stallSeconds / (2 * WINDOW_SECONDS * FREE), within(0.5));
    }

    @Test
    void clockThatStartsAtTheConnectionWouldNotSeeTheStall() {
        List<RequestRecord> records = minute(stalledDatabase());

        assertThat(quantileMillis(records, RequestRunnerTest::service, 0.999)).isEqualTo(2);
        assertThat(meanMillis(records, RequestRunnerTest::service)).isLessThan(3);
    }

    @Test
    void clockThatStartsWhenPickedUpWouldNotSeeAStalledGenerator() {
        List<RequestRecord> records = minute(database().generatorStalls(STALL_FROM, STALL_FROM + STALL_NANOS));

        double expected = 2 + 1000 * (STALL_NANOS / 1e9) * (STALL_NANOS / 1e9) / (2 * WINDOW_SECONDS * FREE);
        assertThat(meanMillis(records, RequestRecord::responseNanos)).isCloseTo(expected, within(1.0));
        assertThat(meanMillis(records, RequestRunnerTest::sincePickedUp)).isLessThan(expected / 2);
        assertThat(quantileMillis(records, RequestRecord::responseNanos, 0.99)).isCloseTo(1522, within(4.0));
        assertThat(quantileMillis(records, RequestRunnerTest::sincePickedUp, 0.99))
                .isLessThan(500);
    }
}
