package dev.rehearsal.load;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Attempts;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestRunnerTest {
    private static final long MS = MILLISECONDS.toNanos(1);
    private static final Operation READ = Workloads.operation("read", 1, Map.of(), "select 1");
    private static final Operation TWO_WRITES = Workloads.operation("write", 1, Map.of(), "update a", "update b");

    private static SimulatedDatabase database() {
        return new SimulatedDatabase(10, 2 * MS, Long.MAX_VALUE, Long.MAX_VALUE);
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
}
