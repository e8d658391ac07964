package dev.rehearsal.load;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thousand a second, 2 ms each, 10 connections: a fifth of the capacity is used. In a minute of it something stands still for 2 s, and what
 * must be felt of that is known by a formula. A {@link Liar} tells less of the same minute, as other load generators do; the same assertions
 * fail on it. {@code LoadTest} has stalls of a real server and a real line.
 */
class KnownStallTest {
    private static final long MS = MILLISECONDS.toNanos(1);
    private static final Operation READ = Workloads.operation("read", 1, Map.of(), "select 1");
    private static final double RATE = 1000;
    private static final int CONNECTIONS = 10;
    private static final double SERVICE_MILLIS = 2;
    private static final int WINDOW_SECONDS = 60;
    private static final long END = SECONDS.toNanos(WINDOW_SECONDS);
    private static final double STALL_SECONDS = 2;
    private static final long STALL_NANOS = SECONDS.toNanos(2);
    private static final long STALL_FROM = SECONDS.toNanos(20);
    private static final double FREE = 1 - RATE * SERVICE_MILLIS / 1000 / CONNECTIONS;
    private static final long DRAIN_NANOS = SECONDS.toNanos(10);

    /** Nobody changes them. */
    private static final Map<Stall, List<RequestRecord>> MINUTES = new ConcurrentHashMap<>();

    /** What stands still, and when. */
    private enum Stall {
        SERVER,
        GENERATOR,
        /** The last 2 s, and 2 s more in which nothing arrives: those that wait for it are in flight when the load is told to stop. */
        SERVER_AT_THE_STOP,
        /** The last 2 s, and it never goes on: what arrives in them is never begun. */
        GENERATOR_UNTIL_THE_END
    }

    /** What another load generator would have recorded of the same requests. */
    private enum Liar {
        STAMPS_WHEN_PICKED_UP,
        STAMPS_WHEN_CONNECTED,
        DROPS_WHAT_NEVER_BEGAN,
        ABANDONS_AT_THE_STOP;

        List<RequestRecord> tells(List<RequestRecord> records) {
            return switch (this) {
                case STAMPS_WHEN_PICKED_UP ->
                    records.stream()
                            .map(request -> plannedAt(request, begun(request)))
                            .toList();
                case STAMPS_WHEN_CONNECTED ->
                    records.stream()
                            .map(request -> plannedAt(request, connected(request) ? request.t2Nanos() : begun(request)))
                            .toList();
                case DROPS_WHAT_NEVER_BEGAN ->
                    records.stream()
                            .filter(request -> request.t1Nanos() != RequestRecord.NEVER)
                            .toList();
                case ABANDONS_AT_THE_STOP ->
                    records.stream()
                            .map(request -> request.t3Nanos() > END ? abandoned(request) : request)
                            .toList();
            };
        }

        private static boolean connected(RequestRecord request) {
            return request.t2Nanos() != RequestRecord.NEVER;
        }

        private static long begun(RequestRecord request) {
            return request.t1Nanos() != RequestRecord.NEVER ? request.t1Nanos() : request.t3Nanos();
        }

        private static RequestRecord plannedAt(RequestRecord request, long t0Nanos) {
            return new RequestRecord(
                    request.operation(),
                    request.outcome(),
                    request.failedStatement(),
                    request.backendPid(),
                    t0Nanos,
                    request.t1Nanos(),
                    request.t2Nanos(),
                    request.t3Nanos(),
                    request.sqlState(),
                    request.attempts());
        }

        private static RequestRecord abandoned(RequestRecord request) {
            return new RequestRecord(
                    request.operation(),
                    Outcome.ABANDONED,
                    -1,
                    request.backendPid(),
                    request.t0Nanos(),
                    request.t1Nanos(),
                    request.t2Nanos(),
                    END,
                    "",
                    request.attempts());
        }
    }

    private static SimulatedDatabase stalledFrom(long fromNanos) {
        return new SimulatedDatabase(CONNECTIONS, 2 * MS, fromNanos, fromNanos + STALL_NANOS);
    }

    private static SimulatedDatabase database() {
        return stalledFrom(Long.MAX_VALUE - STALL_NANOS);
    }

    /** A minute of constant arrivals, as our own load generator records it. */
    private static List<RequestRecord> minute(Stall stall) {
        return MINUTES.computeIfAbsent(stall, KnownStallTest::simulated);
    }

    private static List<RequestRecord> simulated(Stall stall) {
        return switch (stall) {
            case SERVER -> minute(stalledFrom(STALL_FROM), Long.MAX_VALUE);
            case GENERATOR -> minute(database().generatorStalls(STALL_FROM, STALL_FROM + STALL_NANOS), Long.MAX_VALUE);
            case SERVER_AT_THE_STOP -> minute(stalledFrom(END - STALL_NANOS), Long.MAX_VALUE);
            case GENERATOR_UNTIL_THE_END -> minute(database(), END - STALL_NANOS);
        };
    }

    /** @param generatorEndsNanos what arrives from then on is handed over, and nobody begins it */
    private static List<RequestRecord> minute(SimulatedDatabase database, long generatorEndsNanos) {
        List<RequestRecord> records = new ArrayList<>();
        InFlight inFlight = new InFlight(records::add, number -> false);
        RequestRunner runner = new RequestRunner(
                database, new StopPoint(), new Pools.OfService(database.pool(), List.of()), Optional.empty());
        Transaction transaction = new Transaction(READ, 0, Map.of());
        long[] instants = instants();
        for (int i = 0; i < instants.length; i++) {
            InFlight.Request request = inFlight.begun(new Arrival(0, 0, i, i, instants[i]), 0);
            if (instants[i] < generatorEndsNanos) {
                runner.run(request, transaction, new Object[0]);
            }
        }
        inFlight.abandon(END, END + DRAIN_NANOS);
        return records;
    }

    private static long[] instants() {
        ArrivalPlan plan = new ArrivalPlan(
                1,
                Arrivals.CONSTANT,
                Workloads.service("shop", RATE, Workloads.pool(CONNECTIONS, Duration.ofSeconds(30)), READ));
        LongStream.Builder instants = LongStream.builder();
        for (int slot = 0; slot < WINDOW_SECONDS; slot++) {
            LongStream.of(plan.offsets(slot)).forEach(instants);
        }
        return instants.build().toArray();
    }

    /** What must be felt, whoever tells it. */
    private static void assertTold(Stall stall, List<RequestRecord> told) {
        assertThat(told).as("every planned arrival, once").hasSize(instants().length);
        assertThat(told.stream().mapToLong(RequestRecord::t0Nanos).sorted().toArray())
                .isEqualTo(instants());
        switch (stall) {
            case SERVER, GENERATOR -> {
                assertThat(told).allMatch(request -> !request.failed());
                assertThat(shareSlower(told)).isCloseTo(STALL_SECONDS / (WINDOW_SECONDS * FREE), within(0.001));
                assertThat(meanMillis(told, RequestRecord::responseNanos))
                        .isCloseTo(
                                SERVICE_MILLIS + 1000 * STALL_SECONDS * STALL_SECONDS / (2 * WINDOW_SECONDS * FREE),
                                within(1.0));
            }
            case SERVER_AT_THE_STOP -> {
                assertThat(told).allMatch(request -> !request.failed());
                // They wait for the stall's end, then for those before them: the last one for 2 s of arrivals, served
                // at five times the rate.
                assertThat(quantileMillis(told, RequestRecord::responseNanos, 1))
                        .isCloseTo(1000 * STALL_SECONDS + SERVICE_MILLIS, within(4.0));
                assertThat(meanMillis(inTheStall(told), RequestRecord::responseNanos))
                        .isCloseTo(SERVICE_MILLIS + 1000 * STALL_SECONDS * (1 - FREE / 2), within(4.0));
            }
            case GENERATOR_UNTIL_THE_END -> {
                assertThat(told.stream().filter(RequestRecord::failed))
                        .hasSize((int) (RATE * STALL_SECONDS))
                        .allMatch(request -> request.outcome() == Outcome.ABANDONED);
                assertThat(quantileMillis(told, RequestRecord::responseNanos, 1))
                        .isEqualTo(1000 * STALL_SECONDS + DRAIN_NANOS / 1e6);
            }
        }
    }

    private static List<RequestRecord> inTheStall(List<RequestRecord> told) {
        return told.stream()
                .filter(request -> request.t0Nanos() >= END - STALL_NANOS)
                .toList();
    }

    private static double shareSlower(List<RequestRecord> told) {
        return told.stream().filter(each -> each.responseNanos() > 3 * MS).count() / (double) told.size();
    }

    private static double quantileMillis(List<RequestRecord> records, ToLongFunction<RequestRecord> time, double p) {
        long[] sorted = records.stream().mapToLong(time).sorted().toArray();
        return sorted[(int) Math.ceil(p * sorted.length) - 1] / 1e6;
    }

    private static double meanMillis(List<RequestRecord> records, ToLongFunction<RequestRecord> time) {
        return records.stream().mapToLong(time).average().orElseThrow() / 1e6;
    }

    private static long lag(RequestRecord request) {
        return request.t1Nanos() - request.t0Nanos();
    }

    private static long poolWait(RequestRecord request) {
        return request.t2Nanos() - request.t1Nanos();
    }

    private static long service(RequestRecord request) {
        return request.t3Nanos() - request.t2Nanos();
    }

    @ParameterizedTest
    @EnumSource
    void whatWasFeltIsTold(Stall stall) {
        assertTold(stall, minute(stall));
    }

    /** Whoever stamps late may be right about a stall that its clock includes; the column says which give it away. */
    @ParameterizedTest
    @CsvSource({
        "STAMPS_WHEN_PICKED_UP, GENERATOR",
        "STAMPS_WHEN_PICKED_UP, GENERATOR_UNTIL_THE_END",
        "STAMPS_WHEN_CONNECTED, SERVER",
        "STAMPS_WHEN_CONNECTED, GENERATOR",
        "STAMPS_WHEN_CONNECTED, SERVER_AT_THE_STOP",
        "STAMPS_WHEN_CONNECTED, GENERATOR_UNTIL_THE_END",
        "DROPS_WHAT_NEVER_BEGAN, GENERATOR_UNTIL_THE_END",
        "ABANDONS_AT_THE_STOP, SERVER_AT_THE_STOP"
    })
    void whoTellsLessIsCaught(Liar liar, Stall stall) {
        List<RequestRecord> told = liar.tells(minute(stall));

        assertThatThrownBy(() -> assertTold(stall, told)).isInstanceOf(AssertionError.class);
    }

    /** Beside the times that they move, the response itself is too short: a count of arrivals alone would not be enough. */
    @Test
    void aClockThatStartsLateSeesNextToNothing() {
        List<RequestRecord> server = Liar.STAMPS_WHEN_CONNECTED.tells(minute(Stall.SERVER));
        List<RequestRecord> generator = Liar.STAMPS_WHEN_PICKED_UP.tells(minute(Stall.GENERATOR));

        assertThat(quantileMillis(server, RequestRecord::responseNanos, 0.999)).isEqualTo(SERVICE_MILLIS);
        assertThat(meanMillis(server, RequestRecord::responseNanos)).isLessThan(3);
        assertThat(quantileMillis(generator, RequestRecord::responseNanos, 0.99))
                .isLessThan(500);
        assertThat(meanMillis(generator, RequestRecord::responseNanos)).isLessThan(22);
    }

    /** L(p) = s + D − (1 − p) · T · (1 − ρ), where that exceeds s. */
    @ParameterizedTest
    @CsvSource({"0.50, 2", "0.95, 2", "0.96, 82", "0.97, 562", "0.98, 1042", "0.99, 1522", "0.999, 1954"})
    void responsesHaveTheKnownQuantiles(double p, double expectedMillis) {
        assertThat(quantileMillis(minute(Stall.SERVER), RequestRecord::responseNanos, p))
                .isCloseTo(expectedMillis, within(4.0));
        assertThat(quantileMillis(minute(Stall.GENERATOR), RequestRecord::responseNanos, p))
                .isCloseTo(expectedMillis, within(4.0));
    }

    @Test
    void aStallOfTheServerIsPoolWaitAndServiceOfThoseThatHadAConnection() {
        List<RequestRecord> records = minute(Stall.SERVER);

        assertThat(records).allMatch(request -> lag(request) == 0);
        assertThat(records)
                .filteredOn(request -> service(request) > 2 * MS)
                .hasSizeBetween(1, CONNECTIONS)
                .allMatch(request -> service(request) <= STALL_NANOS + 2 * MS);
        // Those had the longest responses, so that each pool wait has a rank that is higher by as many.
        assertThat(quantileMillis(records, KnownStallTest::poolWait, 0.99))
                .isCloseTo(1520 - 1000 * FREE * CONNECTIONS / RATE, within(4.0));
        assertThat(records)
                .allMatch(request -> lag(request) + poolWait(request) + service(request) == request.responseNanos());
    }

    @Test
    void aStallOfTheGeneratorIsLagAndThenPoolWait() {
        List<RequestRecord> records = minute(Stall.GENERATOR);

        assertThat(records).allMatch(request -> service(request) == 2 * MS);
        assertThat(quantileMillis(records, KnownStallTest::lag, 1)).isCloseTo(2000, within(1.0));
        // Those who arrived in the stall lag for the rest of it, and nobody else does.
        assertThat(meanMillis(records, KnownStallTest::lag))
                .isCloseTo(1000 * STALL_SECONDS * STALL_SECONDS / (2 * WINDOW_SECONDS), within(0.1));
        assertThat(records)
                .allMatch(request -> lag(request) + poolWait(request) + service(request) == request.responseNanos());
    }
}
