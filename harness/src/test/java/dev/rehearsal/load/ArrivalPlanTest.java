package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.distribution.ExponentialDistribution;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalPlanTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Operation READ = Workloads.operation("read", 7, Map.of(), "select 1");
    private static final Operation WRITE = Workloads.operation("write", 3, Map.of(), "update a");

    private static Service service(String name, double rate) {
        return Workloads.service(name, rate, Workloads.pool(1, Duration.ofSeconds(1)), READ, WRITE);
    }

    private static ArrivalPlan plan(long seed, Arrivals arrivals, double rate) {
        return new ArrivalPlan(seed, arrivals, service("shop", rate));
    }

    private static long[] offsets(ArrivalPlan plan, int slots) {
        return IntStream.range(0, slots)
                .mapToObj(plan::offsets)
                .flatMapToLong(LongStream::of)
                .toArray();
    }

    @ParameterizedTest
    @EnumSource(Arrivals.class)
    void sameSeedGivesTheSamePlan(Arrivals arrivals) {
        ArrivalPlan one = plan(42, arrivals, 123.4);
        ArrivalPlan other = plan(42, arrivals, 123.4);

        assertThat(offsets(one, 20)).isEqualTo(offsets(other, 20));
        assertThat(IntStream.range(0, 1000).map(one::operation).toArray())
                .isEqualTo(IntStream.range(0, 1000).map(other::operation).toArray());
        assertThat(one.values(77).nextLong()).isEqualTo(other.values(77).nextLong());
    }

    @Test
    void otherSeedsAndServicesGiveOtherPlans() {
        long[] plan = offsets(plan(42, Arrivals.POISSON, 100), 5);

        assertThat(offsets(plan(43, Arrivals.POISSON, 100), 5)).isNotEqualTo(plan);
        assertThat(offsets(new ArrivalPlan(42, Arrivals.POISSON, service("pay", 100)), 5))
                .isNotEqualTo(plan);
    }

    @ParameterizedTest
    @EnumSource(Arrivals.class)
    void slotAloneIsThePartOfTheWhole(Arrivals arrivals) {
        ArrivalPlan plan = plan(1, arrivals, 333.3);
        long[] whole = offsets(plan, 30);

        long[] alone = plan(1, arrivals, 333.3).offsets(17);

        assertThat(alone)
                .isEqualTo(LongStream.of(whole)
                        .filter(offset -> offset / SECOND == 17)
                        .toArray())
                .hasSize(plan.count(17))
                .isSorted();
        assertThat(plan.countBefore(17 * SECOND) + alone.length).isEqualTo(plan.countBefore(18 * SECOND));
    }

    @ParameterizedTest
    @EnumSource(Arrivals.class)
    void countsArrivalsBeforeAnInstantAsListingThemDoes(Arrivals arrivals) {
        ArrivalPlan plan = plan(5, arrivals, 12.5);
        long[] whole = offsets(plan, 30);
        ArrivalPlan.Counter counter = plan.new Counter();

        for (long instant = -SECOND; instant < 29 * SECOND; instant += 123_456_789) {
            long until = instant;
            long listed = LongStream.of(whole).filter(offset -> offset < until).count();
            assertThat(plan.countBefore(instant)).isEqualTo(listed);
            assertThat(counter.countBefore(instant)).isEqualTo(listed);
        }
        assertThat(plan.countBefore(whole[40])).isEqualTo(40);
        assertThat(plan.countBefore(whole[40] + 1)).isEqualTo(41);
    }

    /** With a right generator each seed fails once in a thousand; these seeds are fixed. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42})
    void poissonArrivalsHaveExponentialTimesBetweenThem(long seed) {
        long[] offsets = offsets(plan(seed, Arrivals.POISSON, 200), 60);
        double[] between = IntStream.range(1, offsets.length)
                .mapToDouble(i -> (offsets[i] - offsets[i - 1]) / 1e9)
                .toArray();

        double p = KolmogorovSmirnovTest.withDefaults()
                .test(between, ExponentialDistribution.of(1 / 200.0)::cumulativeProbability)
                .getPValue();

        assertThat(p).isGreaterThan(0.001);
    }

    @Test
    void poissonCountsHaveTheRateAsMeanAndVariance() {
        ArrivalPlan plan = plan(9, Arrivals.POISSON, 50);
        double[] counts = IntStream.range(0, 4000).mapToDouble(plan::count).toArray();

        double mean = IntStream.range(0, counts.length)
                .mapToDouble(i -> counts[i])
                .average()
                .orElseThrow();
        double variance = IntStream.range(0, counts.length)
                .mapToDouble(i -> (counts[i] - mean) * (counts[i] - mean))
                .average()
                .orElseThrow();

        assertThat(mean).isCloseTo(50, within(0.5));
        assertThat(variance).isCloseTo(50, within(5.0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1, 7, 333.3, 1000})
    void constantArrivalsAreEvenlySpaced(double rate) {
        long[] offsets = offsets(plan(1, Arrivals.CONSTANT, rate), 60);

        assertThat(offsets).hasSize((int) Math.ceil(60 * rate));
        for (int k = 0; k < offsets.length; k++) {
            assertThat(offsets[k]).isEqualTo((long) (k / rate * SECOND));
        }
    }

    private static ArrivalPlan changing(long seed, Arrivals arrivals, Rate rate) {
        return new ArrivalPlan(
                seed, arrivals, Workloads.service("shop", rate, Workloads.pool(1, Duration.ofSeconds(1)), READ, WRITE));
    }

    private static Rate.Point point(double seconds, double perSecond) {
        return new Rate.Point(Duration.ofNanos(Math.round(seconds * 1e9)), perSecond);
    }

    /** Up, and down again within a second: 100/s to 400/s over the first minute, with a jump at 90.5 s. */
    private static Rate curve() {
        return new Rate.Curve(List.of(point(0, 100), point(60, 400), point(90.5, 400), point(90.6, 50)));
    }

    /** A day in 96 s that is busiest at noon. */
    private static Rate day() {
        return new Rate.Day(
                Path.of("traffic.csv"),
                List.of(
                        new Rate.Point(Duration.ofHours(4), 20),
                        new Rate.Point(Duration.ofHours(12), 420),
                        new Rate.Point(Duration.ofHours(20), 220)),
                900,
                Duration.ofHours(6));
    }

    static Stream<Rate> changingRates() {
        return Stream.of(curve(), day());
    }

    @ParameterizedTest
    @MethodSource("changingRates")
    void plansOfAChangingRateAreTheSameBySeedAndSecondBySecond(Rate rate) {
        for (Arrivals arrivals : Arrivals.values()) {
            ArrivalPlan plan = changing(1, arrivals, rate);
            long[] whole = offsets(plan, 200);

            long[] alone = changing(1, arrivals, rate).offsets(97);

            assertThat(whole).isSorted().isEqualTo(offsets(changing(1, arrivals, rate), 200));
            assertThat(alone)
                    .isEqualTo(LongStream.of(whole)
                            .filter(offset -> offset / SECOND == 97)
                            .toArray())
                    .hasSize(plan.count(97));
            assertThat(plan.countBefore(97 * SECOND) + alone.length).isEqualTo(plan.countBefore(98 * SECOND));
        }
        assertThat(offsets(changing(2, Arrivals.POISSON, rate), 5))
                .isNotEqualTo(offsets(changing(1, Arrivals.POISSON, rate), 5));
    }

    @ParameterizedTest
    @MethodSource("changingRates")
    void constantArrivalsOfAChangingRateAreWhereTheExpectedNumberIsWhole(Rate rate) {
        long[] offsets = offsets(changing(1, Arrivals.CONSTANT, rate), 200);

        assertThat(offsets).hasSize((int) Math.ceil(rate.expected().before(200)));
        for (int k = 0; k < offsets.length; k++) {
            assertThat(rate.expected().before(offsets[k] / 1e9)).isCloseTo(k, within(1e-5));
        }
    }

    /** The integral of the rate up to each arrival is a Poisson process of rate 1. As above, each seed would fail once in a thousand. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42})
    void inTheTimeOfItsOwnExpectationAChangingRateHasExponentialTimesBetweenArrivals(long seed) {
        for (Rate rate : changingRates().toList()) {
            double[] passed = LongStream.of(offsets(changing(seed, Arrivals.POISSON, rate), 200))
                    .mapToDouble(offset -> rate.expected().before(offset / 1e9))
                    .toArray();
            double[] between = IntStream.range(1, passed.length)
                    .mapToDouble(i -> passed[i] - passed[i - 1])
                    .toArray();

            double p = KolmogorovSmirnovTest.withDefaults()
                    .test(between, ExponentialDistribution.of(1)::cumulativeProbability)
                    .getPValue();

            assertThat(p).isGreaterThan(0.001);
        }
    }

    /** The same arrivals are no Poisson process of the mean rate: the test above can tell. */
    @Test
    void aChangingRateIsNoSteadyOne() {
        double mean = curve().expected().mean(0, 200);
        long[] offsets = offsets(changing(1, Arrivals.POISSON, curve()), 200);
        double[] between = IntStream.range(1, offsets.length)
                .mapToDouble(i -> (offsets[i] - offsets[i - 1]) / 1e9)
                .toArray();

        double p = KolmogorovSmirnovTest.withDefaults()
                .test(between, ExponentialDistribution.of(1 / mean)::cumulativeProbability)
                .getPValue();

        assertThat(p).isLessThan(1e-6);
    }

    @Test
    void operationsComeByTheirWeights() {
        ArrivalPlan plan = plan(3, Arrivals.POISSON, 100);

        long writes = LongStream.range(0, 100_000)
                .filter(arrival -> plan.operation(arrival) == 1)
                .count();

        assertThat(writes / 100_000.0).isCloseTo(0.3, within(0.01));
    }
}
