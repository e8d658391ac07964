package dev.rehearsal.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.compare.Trend.ChangePoint;
import dev.rehearsal.compare.Trend.Point;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class TrendTest {
    private static final String FIGURE = "response p99 during the migration";
    private static final Map<String, String> CONDITIONS = Map.of("dataset", "shop", "processors", "2");

    private static Point point(int number, Map<String, String> conditions, double value) {
        return new Point(
                Instant.parse("2026-11-01T00:00:00Z").plusSeconds(86_400L * number),
                "orders/" + number,
                conditions,
                "passed",
                Map.of(FIGURE, value));
    }

    private static List<Point> series(int runs, long seed, IntToDoubleFunction level) {
        Random random = new Random(seed);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            points.add(point(i, CONDITIONS, level.applyAsDouble(i) * Math.exp(0.2 * random.nextGaussian())));
        }
        return points;
    }

    @Test
    void findsWhereTheLevelChanged() {
        Trend trend = Trend.of("orders", series(24, 7, i -> i < 14 ? 40 : 120));

        assertThat(trend.changePoints()).hasSize(1);
        ChangePoint change = trend.changePoints().getFirst();
        assertThat(change.figure()).isEqualTo(FIGURE);
        assertThat(change.point()).isEqualTo(14);
        assertThat(change.before()).isBetween(30.0, 50.0);
        assertThat(change.after()).isBetween(90.0, 150.0);
        assertThat(change.probability()).isLessThan(0.01);
    }

    @Test
    void findsTwoChanges() {
        Trend trend = Trend.of("orders", series(45, 3, i -> i < 15 ? 40 : i < 30 ? 120 : 40));

        assertThat(trend.changePoints()).extracting(ChangePoint::point).containsExactly(15, 30);
    }

    @Test
    void seldomTakesChanceForAChange() {
        long found = 0;
        for (int seed = 0; seed < 100; seed++) {
            found +=
                    Trend.of("orders", series(20, seed, i -> 40)).changePoints().size();
        }

        assertThat(found).isLessThanOrEqualTo(4);
    }

    @Test
    void oneOddRunIsNoChange() {
        assertThat(Trend.of("orders", series(20, 5, i -> i == 11 ? 4000 : 40)).changePoints())
                .isEmpty();
    }

    @Test
    void tooFewRunsShowNoChange() {
        assertThat(Trend.of("orders", series(7, 5, i -> i < 4 ? 40 : 4000)).changePoints())
                .isEmpty();
    }

    @Test
    void beginsAnewWhereTheConditionsChanged() {
        List<Point> points = new ArrayList<>(series(12, 1, i -> 40));
        for (int i = 12; i < 24; i++) {
            points.add(point(i, Map.of("dataset", "shop", "processors", "8"), 400 + i));
        }
        Collections.shuffle(points, new Random(1));

        Trend trend = Trend.of("orders", points);

        assertThat(trend.points()).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
        assertThat(trend.conditionsChanged()).containsExactly(12);
        assertThat(trend.conditionsChangedTo(12)).isEqualTo("processors 2 → 8");
        assertThat(trend.changePoints()).noneMatch(change -> change.point() == 12);
    }
}
