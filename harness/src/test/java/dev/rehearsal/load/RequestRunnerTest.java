package dev.rehearsal.load;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        List<RequestRecord> records = new ArrayList<>();
        InFlight inFlight = new InFlight(records::add);
        RequestRunner runner =
                new RequestRunner(database, new StopPoint(), new Pools.OfService(database.pool(), List.of()));
        Transaction transaction = new Transaction(operation, Map.of());
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
                        new RequestRecord(0, Outcome.SUCCEEDED, -1, 100, 9 * MS, 9 * MS, 9 * MS, 14 * MS, ""),
                        new RequestRecord(0, Outcome.SUCCEEDED, -1, 100, 10 * MS, 12 * MS, 14 * MS, 19 * MS, ""));
    }

    @Test
    void namesTheStatementThatFailedAndItsSqlState() {
        SimulatedDatabase database = database().failsWith("42703");

        List<RequestRecord> records = run(database, TWO_WRITES, List.of(MS));

        assertThat(records).containsExactly(new RequestRecord(0, Outcome.FAILED, 0, 100, MS, MS, MS, 3 * MS, "42703"));
    }

    @Test
    void cancelledStatementIsATimeout() {
        SimulatedDatabase database = database().failsWith("57014");

        List<RequestRecord> records = run(database, READ, List.of(MS));

        assertThat(records)
                .containsExactly(new RequestRecord(0, Outcome.TIMED_OUT, 0, 100, MS, MS, MS, 3 * MS, "57014"));
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
