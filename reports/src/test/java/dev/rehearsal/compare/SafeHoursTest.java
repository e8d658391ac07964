package dev.rehearsal.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.compare.SafeHours.Hour;
import dev.rehearsal.compare.SafeHours.Safety;
import dev.rehearsal.compare.SafeHours.Window;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Pool;
import dev.rehearsal.scenario.Workload.Service;
import dev.rehearsal.verdict.Verdict.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SafeHoursTest {
    private static final long SECOND = 1_000_000_000L;

    /** From midnight on 100/s, from 8:00 to 20:00 up to 400/s at 14:00. */
    private static final Rate.Day DAY = new Rate.Day(
            Path.of("/data/traffic.csv"),
            List.of(hour(0, 100), hour(8, 100), hour(14, 400), hour(20, 100)),
            96,
            Duration.ZERO);

    private static Rate.Point hour(long hour, double perSecond) {
        return new Rate.Point(Duration.ofHours(hour), perSecond);
    }

    private static Workload workload(Rate... rates) {
        return new Workload(
                Arrivals.POISSON,
                List.of(rates).stream()
                        .map(rate -> new Service(
                                "shop",
                                rate,
                                new Pool(10, Duration.ofSeconds(2)),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                Map.of()))
                        .toList());
    }

    private static Sweep.Point point(double rate, double scale, Status verdict, long migrationNanos) {
        return new Sweep.Point(
                rate,
                scale,
                "rate-" + rate,
                400 * rate,
                "orders",
                1000,
                verdict,
                Optional.empty(),
                Optional.of(migrationNanos),
                Optional.empty());
    }

    private static SafeHours of(Workload workload, Sweep.Point... points) {
        return SafeHours.of(new Sweep("orders", List.of(points)), workload).orElseThrow();
    }

    @Test
    void anHourIsSafeWhoseHighestRateHolds() {
        SafeHours safe = of(
                workload(DAY, new Rate.Steady(1000)),
                point(0.5, 1, Status.PASSED, 3 * SECOND),
                point(0.8, 1, Status.FAILED, 9 * SECOND));

        assertThat(safe.file()).isEqualTo("traffic.csv");
        assertThat(safe.migrationNanos()).isEqualTo(3 * SECOND);
        // At 9:00 it is 150/s and climbs by 50/s an hour; 3 s more of that are 0.04/s.
        assertThat(safe.hours().get(9).perSecond()).isBetween(200.04, 200.05);
        assertThat(safe.hours().get(9).safety()).isEqualTo(Safety.UNKNOWN);
        assertThat(safe.hours().get(8).safety()).isEqualTo(Safety.SAFE);
        assertThat(safe.hours().get(13)).isEqualTo(new Hour(13, 400, 1, Safety.UNSAFE));
        assertThat(safe.hours().get(3)).isEqualTo(new Hour(3, 100, 0.25, Safety.SAFE));
        assertThat(safe.windows()).containsExactly(new Window(18, 15));
        assertThat(safe.windows().getFirst().end()).isEqualTo(9);
        assertThat(safe.count(Safety.SAFE)).isEqualTo(15);
        assertThat(safe.count(Safety.UNKNOWN)).isEqualTo(5);
        assertThat(safe.count(Safety.UNSAFE)).isEqualTo(4);
    }

    /** Begun at 6:59 it would still run at 9:00, when there are 150/s. */
    @Test
    void anHourCountsWithAllThatAMigrationBegunInItMeets() {
        SafeHours safe = of(
                workload(DAY), point(0.3, 1, Status.PASSED, 2 * 3600 * SECOND), point(0.35, 1, Status.FAILED, SECOND));

        assertThat(safe.hours().get(6).perSecond()).isEqualTo(150);
        assertThat(safe.hours().get(6).safety()).isEqualTo(Safety.UNSAFE);
        assertThat(safe.hours().get(5)).isEqualTo(new Hour(5, 100, 0.25, Safety.SAFE));
        assertThat(safe.windows()).containsExactly(new Window(20, 10));
    }

    @Test
    void theLargestSizeDecides() {
        SafeHours safe = of(
                workload(DAY),
                point(0.3, 1, Status.PASSED, SECOND),
                point(1, 1, Status.PASSED, SECOND),
                point(0.3, 2, Status.PASSED, 2 * SECOND),
                point(1, 2, Status.FAILED, SECOND));

        assertThat(safe.holds()).hasValue(0.3);
        assertThat(safe.fails()).hasValue(1);
        assertThat(safe.migrationNanos()).isEqualTo(2 * SECOND);
    }

    @Test
    void ofSeveralDaysTheWorstDecides() {
        Rate.Day night = new Rate.Day(
                Path.of("night.csv"), List.of(hour(0, 80), hour(4, 80), hour(5, 8), hour(23, 8)), 1, Duration.ZERO);
        SafeHours safe = of(workload(DAY, night), point(0.5, 1, Status.PASSED, 0), point(1, 1, Status.FAILED, 0));

        assertThat(safe.hours().get(2)).isEqualTo(new Hour(2, 180, 1, Safety.UNSAFE));
        assertThat(safe.hours().get(6)).isEqualTo(new Hour(6, 108, 0.25, Safety.SAFE));
    }

    @Test
    void nothingIsSafeWhereNothingHolds() {
        SafeHours safe =
                of(workload(DAY), point(0.5, 1, Status.FAILED, SECOND), point(1, 1, Status.INCONCLUSIVE, SECOND));

        assertThat(safe.holds()).isEmpty();
        assertThat(safe.windows()).isEmpty();
        assertThat(safe.hours().get(3).safety()).isEqualTo(Safety.UNKNOWN);
        assertThat(safe.hours().get(12).safety()).isEqualTo(Safety.UNSAFE);
    }

    @Test
    void everythingIsSafeWhereTheHighestHolds() {
        SafeHours safe = of(workload(DAY), point(0.5, 1, Status.PASSED, SECOND), point(1, 1, Status.PASSED, SECOND));

        assertThat(safe.windows()).containsExactly(new Window(0, 24));
    }

    @Test
    void steadyTrafficHasNoHours() {
        Sweep sweep =
                new Sweep("orders", List.of(point(0.5, 1, Status.PASSED, SECOND), point(1, 1, Status.PASSED, SECOND)));

        assertThat(SafeHours.of(sweep, workload(new Rate.Steady(100)))).isEmpty();
        assertThat(SafeHours.of(new Sweep("orders", sweep.points().subList(0, 1)), workload(DAY)))
                .isEmpty();
    }
}
