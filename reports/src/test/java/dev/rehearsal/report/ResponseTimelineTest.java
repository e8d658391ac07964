package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.report.ReportData.Level;
import dev.rehearsal.report.ReportData.OperationSeries;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Stage;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseTimelineTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @CsvSource({"10, 250", "120, 250", "121, 500", "240, 500", "480, 1000", "481, 2000", "7200, 30000", "90000, 300000"
    })
    void choosesTheNarrowestBucketsThatAreNotTooMany(long seconds, double widthMillis) {
        ResponseTimeline timeline = new ResponseTimeline(new TimeAxis(0, 0, seconds * SECOND), 1);

        assertThat(timeline.widthMillis()).isEqualTo(widthMillis);
    }

    @Test
    void alignsBucketsWithTheStartOfTheMigration() {
        ResponseTimeline timeline = new ResponseTimeline(new TimeAxis(1_100_000_000L, 1_000_000_000L, 2 * SECOND), 1);

        timeline.add(0, 1_099_999_999L, 5, false);
        timeline.add(0, 1_100_000_000L, 7, false);
        OperationSeries series = timeline.series(0, "s", "o", false, List.of());

        assertThat(timeline.startMillis()).isEqualTo(-250);
        assertThat(series.max().subList(0, 2)).containsExactly(OptionalDouble.of(5), OptionalDouble.of(7));
    }

    @Test
    void keepsTheMaximumAndLeavesEmptyBucketsEmpty() {
        ResponseTimeline timeline = new ResponseTimeline(new TimeAxis(0, 0, SECOND), 1);

        timeline.add(0, 0, 1, false);
        timeline.add(0, 1, 900, false);
        timeline.add(0, 2, 2, false);
        timeline.add(0, 3 * SECOND / 4, 3, true);
        OperationSeries series = timeline.series(0, "s", "o", true, List.of());

        assertThat(series.max())
                .containsExactly(
                        OptionalDouble.of(900), OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.of(3));
        assertThat(series.p50().getFirst()).hasValue(2);
        assertThat(timeline.load())
                .isEqualTo(new ReportData.Load(List.of(12.0, 0.0, 0.0, 4.0), List.of(0.0, 0.0, 0.0, 4.0)));
    }

    @Test
    void takesAP99OfTheShortestWindowThatHasTheRequests() {
        ResponseTimeline timeline = new ResponseTimeline(new TimeAxis(0, 0, 2 * SECOND), 1);

        for (int i = 0; i < 600; i++) {
            timeline.add(0, i * (2 * SECOND / 600), i % 150 + 1, false);
        }
        OperationSeries series = timeline.series(0, "s", "o", false, List.of(stage(0, 2 * SECOND)));

        assertThat(series.p99())
                .containsExactly(
                        new Level(0, 500, 149),
                        new Level(500, 1000, 149),
                        new Level(1000, 1500, 149),
                        new Level(1500, 2000, 149));
    }

    @Test
    void neverMixesStagesInAP99() {
        ResponseTimeline timeline = new ResponseTimeline(new TimeAxis(0, 0, 20 * SECOND), 1);

        for (int i = 0; i < 400; i++) {
            timeline.add(0, i * (20 * SECOND / 400), i < 200 ? 1 : 1000, false);
        }
        OperationSeries series =
                timeline.series(0, "s", "o", false, List.of(stage(0, 10 * SECOND), stage(10 * SECOND, 20 * SECOND)));

        assertThat(series.p99()).containsExactly(new Level(0, 10_000, 1), new Level(10_000, 20_000, 1000));
    }

    @Test
    void hasNoP99OfAStageWithTooFewRequests() {
        ResponseTimeline timeline = new ResponseTimeline(new TimeAxis(0, 0, 10 * SECOND), 1);

        for (int i = 0; i < 99; i++) {
            timeline.add(0, i, 1, false);
        }

        assertThat(timeline.series(0, "s", "o", false, List.of(stage(0, 10 * SECOND)))
                        .p99())
                .isEmpty();
    }

    @Test
    void leavesOutWhatArrivedBeforeOrAfterTheAxis() {
        ResponseTimeline timeline = new ResponseTimeline(new TimeAxis(0, 0, SECOND), 1);

        timeline.add(0, -1, 5, false);
        timeline.add(0, SECOND, 5, false);

        assertThat(timeline.load().arrivalsPerSecond()).containsOnly(0.0);
    }

    private static StageSpan stage(long from, long to) {
        return new StageSpan(Stage.MIGRATION, from, to, true);
    }
}
