package dev.rehearsal.load;

import static dev.rehearsal.load.Workloads.operation;
import static dev.rehearsal.load.Workloads.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.collection.Iterator;
import scala.concurrent.duration.FiniteDuration;

/** Several injectors make the very process that one makes: the same arrivals, each once, of the same operations with the same values. */
class SliceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PLAN_START = 7 * SECOND;
    private static final Service SHOP = new Service(
            "shop",
            new Rate.Curve(List.of(new Rate.Point(Duration.ZERO, 3), new Rate.Point(Duration.ofSeconds(20), 80))),
            pool(7, Duration.ofSeconds(1)),
            Optional.empty(),
            Optional.empty(),
            List.of(
                    operation("read", 7, Map.of(), "select 1"),
                    operation("write", 2, Map.of(), "update a"),
                    operation("pay", 1, Map.of(), "update b")),
            Map.of(
                    "v2",
                    List.of(operation("read", 7, Map.of(), "select 2"), operation("new", 3, Map.of(), "select 3"))));

    private static ArrivalSequence sequence(Arrivals arrivals, Slice slice) {
        return new ArrivalSequence(
                0, SHOP, slice, new ArrivalPlan(42, arrivals, SHOP), CompletableFuture.completedFuture(PLAN_START));
    }

    /** Those before {@code untilNanos}, with a deployment of v2 over ten seconds that all slices are told of at the same moment. */
    private static List<Arrival> arrivals(Arrivals arrivals, Slice slice, long untilNanos) {
        ArrivalSequence sequence = sequence(arrivals, slice);
        long deployed = PLAN_START + 5 * SECOND;
        List<Arrival> taken = new ArrayList<>();
        Arrival next = sequence.next();
        while (next.t0Nanos() < deployed) {
            taken.add(next);
            next = sequence.next();
        }
        // One too many was taken; begin again, and deploy before it.
        sequence = sequence(arrivals, slice);
        for (int i = 0; i < taken.size(); i++) {
            taken.set(i, sequence.next());
        }
        sequence.deployAt(1, deployed, 10 * SECOND);
        for (next = sequence.next(); next.t0Nanos() < untilNanos; next = sequence.next()) {
            taken.add(next);
        }
        return taken;
    }

    static Stream<Arguments> plans() {
        return Stream.of(Arrivals.values())
                .flatMap(arrivals -> Stream.of(1, 2, 3, 7).map(of -> Arguments.of(arrivals, of)));
    }

    @ParameterizedTest
    @MethodSource("plans")
    void slicesTogetherAreTheWholePlanToTheLastDrawOfIt(Arrivals arrivals, int of) {
        long until = PLAN_START + 30 * SECOND;
        List<Arrival> whole = arrivals(arrivals, Slice.WHOLE, until);

        List<List<Arrival>> parts = Slice.all(of).stream()
                .map(slice -> arrivals(arrivals, slice, until))
                .toList();

        assertThat(parts.stream()
                        .flatMap(List::stream)
                        .sorted(Comparator.comparingLong(Arrival::index))
                        .toList())
                .isEqualTo(whole);
        assertThat(whole).hasSizeGreaterThan(1000);
        assertThat(whole.stream().map(Arrival::operation).distinct()).hasSizeGreaterThan(4);
        parts.forEach(part -> assertThat(part.size() - whole.size() / of).isBetween(0, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4})
    void slicesCountWhatIsTheirs(int of) {
        for (Slice slice : Slice.all(of)) {
            for (long arrivals = 0; arrivals < 20; arrivals++) {
                assertThat(slice.count(arrivals))
                        .isEqualTo(
                                LongStream.range(0, arrivals).filter(slice::has).count());
            }
        }
        long stop = PLAN_START + 11 * SECOND;
        assertThat(Slice.all(of).stream()
                        .mapToLong(slice -> sequence(Arrivals.POISSON, slice).countBefore(stop))
                        .sum())
                .isEqualTo(new ArrivalPlan(42, Arrivals.POISSON, SHOP).countBefore(11 * SECOND));
    }

    @Test
    void poolsAreSharedOutToTheLastConnection() {
        assertThat(Slice.all(3).stream().map(slice -> slice.part(SHOP.pool()).size()))
                .containsExactly(3, 2, 2);
        assertThat(Slice.WHOLE.part(SHOP.pool())).isEqualTo(SHOP.pool());
    }

    @Test
    void usersOfASliceAreDueAheadOfItsArrivals() {
        ArrivalPlan plan = new ArrivalPlan(42, Arrivals.POISSON, SHOP);
        ArrivalPlan.Instants all = plan.instants();
        List<Long> expected = new ArrayList<>();
        for (int arrival = 0; arrival < 200; arrival++) {
            long offset = all.next();
            if (arrival % 3 == 1 && arrival / 3 % 2 == 0) {
                expected.add(offset / 1_000_000);
            }
        }

        Iterator<FiniteDuration> due =
                new PlannedUsers(plan, new Slice(1, 3), 2, () -> 0L).chain(scala.collection.Iterator$.MODULE$.empty());

        for (long millis : expected) {
            assertThat(due.next().toMillis()).isEqualTo(millis);
        }
    }

    @Test
    void anInstantCanBeHeldUntilAnArrivalOfThenWasTaken() {
        ArrivalSequence sequence = sequence(Arrivals.CONSTANT, new Slice(1, 3));
        Arrival first = sequence.next();

        assertThat(sequence.hold(first.t0Nanos())).isFalse();
        assertThat(sequence.hold(first.t0Nanos() + 1)).isTrue();
    }

    @Test
    void refusesANumberThatIsNoSlice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Slice(3, 3))
                .withMessage("slice 3 is not among the 3 of this run, which are 0 to 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Slice(-1, 1))
                .withMessage("slice -1 is not among the 1 of this run, which are 0 alone");
    }
}
