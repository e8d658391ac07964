package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.HttpService;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Simulation;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Pool;
import dev.rehearsal.scenario.Workload.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a clock that stands still until told; users arrive each 100 ms. */
class HttpTrafficTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final List<RequestRecord> records = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final StopPoint stop = new StopPoint();
    private long nowNanos;
    private final Timekeeper clock = new Timekeeper() {
        @Override
        public long nowNanos() {
            return nowNanos;
        }

        @Override
        public void parkUntil(long instantNanos) {
            nowNanos = Math.max(nowNanos, instantNanos);
        }
    };
    private final InFlight inFlight = new InFlight(records::add, operation -> false);
    private final PlanStart planStart = new PlanStart();
    private final HttpTraffic traffic = traffic();

    /** Asked for in the midst of each count of what is planned: something else may happen there, once. */
    private static final class PlanStart extends CompletableFuture<Long> {
        private Runnable meanwhile = () -> {};

        PlanStart() {
            complete(0L);
        }

        @Override
        public Long join() {
            Runnable happens = meanwhile;
            meanwhile = () -> {};
            happens.run();
            return super.join();
        }
    }

    private HttpTraffic traffic() {
        Service shop = new Service(
                "shop",
                new Rate.Steady(10),
                new Pool(8, Duration.ofSeconds(2)),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                Optional.of(new Simulation(
                        "Visits",
                        Simulation.Form.SOURCE,
                        Path.of("load"),
                        List.of(
                                new Simulation.Transaction("read", 1, false),
                                new Simulation.Transaction("pay", 1, true)),
                        Optional.of(new HttpService(
                                List.of("shop"),
                                Path.of("."),
                                Map.of(),
                                "http://127.0.0.1/",
                                Duration.ofSeconds(1),
                                Map.of())))));
        return new HttpTraffic(
                new SimulatedRequests(0, 5, shop, inFlight, failed -> broken.add(failed.message())),
                new UserArrivals(Slice.WHOLE, new ArrivalPlan(42, Arrivals.CONSTANT, shop), planStart),
                clock,
                stop);
    }

    private void answered(String request, long startMillis, long endMillis) {
        traffic.answered(new HttpTraffic.Answer(
                request, startMillis * MILLI, endMillis * MILLI, true, Optional.of("200"), Optional.empty()));
    }

    @Test
    void aRequestIsWhatGatlingTellsOfItAndNothingElse() {
        answered("pay", 250, 257);

        assertThat(records)
                .containsExactly(new RequestRecord(
                        6,
                        Outcome.SUCCEEDED,
                        -1,
                        0,
                        250 * MILLI,
                        RequestRecord.NEVER,
                        RequestRecord.NEVER,
                        257 * MILLI,
                        ""));
    }

    @ParameterizedTest
    @CsvSource({
        "503, 'status.find.in(200), found 503', FAILED, H503",
        "404, '', FAILED, H404",
        "200, 'jsonPath($.status).find.exists, found nothing', FAILED, CHECK",
        "'', 'i.n.c.ConnectTimeoutException: connection timed out', TIMED_OUT, ''",
        "'', 'i.g.h.c.i.RequestTimeoutException: Request timeout to localhost after 60000 ms', TIMED_OUT, ''",
        "'', 'j.n.ConnectException: Connection refused', FAILED, HTTP"
    })
    void aFailureIsToldByWhatTheServiceSaid(String status, String message, Outcome outcome, String code) {
        traffic.answered(new HttpTraffic.Answer(
                "read",
                MILLI,
                2 * MILLI,
                false,
                Optional.of(status).filter(text -> !text.isEmpty()),
                Optional.of(message)));

        assertThat(records).singleElement().satisfies(record -> {
            assertThat(record.outcome()).isEqualTo(outcome);
            assertThat(record.sqlState()).isEqualTo(code);
        });
    }

    @Test
    void aRequestThatTheScenarioDoesNotNameEndsTheRun() {
        answered("read Redirect 1", 1, 2);
        traffic.unmade("pay", "no attribute named 'order' is defined");

        assertThat(records).isEmpty();
        assertThat(broken)
                .containsExactly(
                        "the simulation Visits of service shop has a request 'read Redirect 1', which is not among the"
                                + " service's transactions",
                        "the simulation Visits of service shop could not make its request 'pay': no attribute named 'order'"
                                + " is defined");
    }

    @Test
    void whatWasSentAfterTheStopIsNoPartOfTheRun() {
        nowNanos = 300 * MILLI;
        long stopped = stop.decide(() -> nowNanos, 5 * MILLI) / MILLI;

        answered("read", stopped - 1, stopped + 50);
        answered("read", stopped, stopped + 50);

        assertThat(records).hasSize(1);
    }

    /** One is asking, one thinks until after the stop, one has left, and one arrives after it. */
    @Test
    void theDrainWaitsForThoseWhoMayHaveAsked() {
        ArrivingUsers.User asking = traffic.arrive();
        ArrivingUsers.User thinking = traffic.arrive();
        ArrivingUsers.User gone = traffic.arrive();
        ArrivingUsers.User late = traffic.arrive();
        long stopNanos = late.beginNanos() - 10 * MILLI;
        nowNanos = gone.beginNanos() + MILLI;
        answered("read", 200, 230);
        answered("read", 300, 301);
        gone.left();
        thinking.pauses(60_000);

        assertThat(traffic.isCertainBefore(stopNanos)).isFalse();
        assertThat(traffic.plannedBefore(stopNanos)).isEqualTo(2 + 1);

        answered("read", 100, 340);
        asking.left();

        assertThat(traffic.isCertainBefore(stopNanos)).isTrue();
        assertThat(traffic.plannedBefore(stopNanos)).isEqualTo(records.size());
    }

    /** It counts for the answer, and once more until it is seen to leave: a count that moves while it is read. */
    @Test
    void whoLeavesWhileTheDrainBeginsIsNotWaitedForAnyMore() {
        ArrivingUsers.User visitor = traffic.arrive();
        nowNanos = 50 * MILLI;
        answered("read", 1, 40);
        planStart.meanwhile = visitor::left;

        Frame.Drained drained = drained(50 * MILLI);

        assertThat(drained).isEqualTo(new Frame.Drained(50 * MILLI, 1, 1));
        assertThat(nowNanos).isEqualTo(50 * MILLI);
    }

    @Test
    void whoHasNoAnswerWhenTheDrainGivesUpWasPlannedAndIsNotRecorded() {
        traffic.arrive();
        nowNanos = 50 * MILLI;

        Frame.Drained drained = drained(50 * MILLI);

        assertThat(drained).isEqualTo(new Frame.Drained(50 * MILLI, 1, 0));
        assertThat(nowNanos).isEqualTo(50 * MILLI + LIMIT_NANOS);
    }

    private Frame.Drained drained(long stopNanos) {
        return new Drain(List.of(traffic), inFlight, clock).drained(stopNanos, LIMIT_NANOS);
    }

    /** Its first request goes out when it is due, and Gatling cuts that to the millisecond before. */
    @Test
    void theDrainWaitsForWhoSeemsToHaveAskedBeforeTheStop() {
        ArrivingUsers.User first = traffic.arrive();
        long stopNanos = first.beginNanos() - MILLI / 2;

        assertThat(traffic.isCertainBefore(stopNanos)).isFalse();
    }
}
