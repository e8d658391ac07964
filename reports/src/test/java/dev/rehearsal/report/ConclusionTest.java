package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.compare.ComparedRun;
import dev.rehearsal.compare.Sweep;
import dev.rehearsal.compare.Trend;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.verdict.Verdict.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConclusionTest {
    @Test
    void saysWhichOfTwoWaysToTake() {
        assertThat(Conclusion.of(ComparedRun.comparison(
                        ComparedRun.PLAIN.named("direct").migrating(40, 5700),
                        ComparedRun.PLAIN.seeded(2).named("phased"))))
                .isEqualTo(
                        new Conclusion(
                                "Take phased: users waited at most 3.07 s in direct, 60 ms in phased.",
                                "Of 10 figures beside direct, 5 are better (p50 of read-order, migration; p99 of read-order, migration; AccessExclusive held on orders; and 2 more)."));
    }

    @Test
    void speaksForNoneOfTwoRunsOfTheSame() {
        assertThat(Conclusion.of(ComparedRun.comparison(
                        ComparedRun.PLAIN.named("first"),
                        ComparedRun.PLAIN.seeded(2).named("second"))))
                .isEqualTo(new Conclusion(
                        "Nothing here speaks for one of first and second rather than another: users waited at most 77 ms in first, 60 ms in second.",
                        "Of 10 figures beside first, none differs by more than chance explains."));
    }

    @Test
    void decidesNothingUnderOtherConditions() {
        assertThat(Conclusion.of(ComparedRun.comparison(
                        ComparedRun.PLAIN.named("direct").migrating(40, 5700),
                        ComparedRun.PLAIN
                                .seeded(2)
                                .named("phased")
                                .over("00000000000000aa")
                                .atRate(51))))
                .isEqualTo(
                        new Conclusion(
                                "Decide nothing by this page: what differs between direct and phased may come from the conditions and not from the migration.",
                                "Run them again with the same dataset, arrival rate of checkout and operations of checkout; until then the figures only describe each run alone."));
    }

    private static Trend trend(int runs, IntToDoubleFunction millis) {
        return Trend.of(
                "orders",
                IntStream.range(0, runs)
                        .mapToObj(number -> new Trend.Point(
                                Instant.parse("2026-11-01T00:00:00Z").plusSeconds(86_400L * number),
                                "orders/" + number,
                                Map.of("processors", number < 10 && runs == 12 ? "2" : "8"),
                                millis.applyAsDouble(number) > 200 ? "failed" : "passed",
                                Map.of("slowest response during the migration", millis.applyAsDouble(number))))
                        .toList());
    }

    @Test
    void pointsToTheRunsBetweenWhichTheLevelChanged() {
        assertThat(Conclusion.of(trend(20, number -> (number < 12 ? 100 : 300) + number)))
                .isEqualTo(
                        new Conclusion(
                                "The latest of 20 runs failed (12 passed in all), and since 2026-11-13 00:00:00 UTC it is worse than before: slowest response during the migration is 2.9 times as long.",
                                "Look for what changed between orders/11 and orders/12: 1 figure changed level there, under the same conditions."));
    }

    @Test
    void saysThatNothingChanged() {
        assertThat(Conclusion.of(trend(20, number -> 100 + number % 3)))
                .isEqualTo(
                        new Conclusion(
                                "The latest of 20 runs passed (20 passed in all); no lasting change can be told.",
                                "All of 20 runs were made under the same conditions, and in none of their figures does the level change by more than chance explains."));
    }

    @Test
    void countsOnlyRunsUnderThePresentConditions() {
        assertThat(Conclusion.of(trend(12, number -> 100 + number % 3)))
                .isEqualTo(
                        new Conclusion(
                                "The latest of 12 runs passed (12 passed in all); no lasting change can be told.",
                                "Only the last 2 runs, since orders/10, were made under the present conditions (processors 2 → 8); a change of level can be told from 8 on."));
    }

    private static Sweep.Point point(double rate, double scale, long holdMillis, Status verdict) {
        long rows = Math.round(1_000_000 * scale);
        return new Sweep.Point(
                rate,
                scale,
                "rate-" + rate + "x-scale-" + scale,
                400 * rate,
                "orders",
                rows,
                verdict,
                Optional.of(new LockHeld("orders", "AccessExclusive", 0, 0, holdMillis * 1_000_000, 500_000, false)),
                Optional.of(holdMillis * 1_100_000),
                Optional.of(40_000_000L));
    }

    @Test
    void saysWhatToExpectAtASizeAndHowFarThatIsTested() {
        Sweep sweep = new Sweep(
                "orders",
                List.of(
                        point(1, 0.5, 500, Status.PASSED),
                        point(1, 1, 1010, Status.PASSED),
                        point(1, 2, 1990, Status.FAILED)));

        assertThat(Conclusion.of(sweep, OptionalLong.of(8_000_000)))
                .isEqualTo(
                        new Conclusion(
                                "Expect writes to stand still for about 8.01 s at 8,000,000 rows, and be ready for 8.32 s.",
                                "The hold is taken as linear from 3 runs that scatter by 0.76 %, 4.0 times beyond the largest size, and the smaller sizes foretell the largest within the interval."));
        assertThat(Conclusion.of(sweep, OptionalLong.empty()).forManager())
                .isEqualTo("Each doubling of the table makes users wait about 2.0 times as long.");
    }

    @Test
    void saysUpToWhichLoadItIsSafe() {
        assertThat(Conclusion.of(
                        new Sweep(
                                "orders",
                                List.of(
                                        point(0.5, 1, 40, Status.PASSED),
                                        point(1.5, 1, 40, Status.PASSED),
                                        point(2, 1, 40, Status.FAILED))),
                        OptionalLong.empty()))
                .isEqualTo(new Conclusion(
                        "It is safe at the planned load, and up to 1.5 times it.",
                        "3 rates were tried, and the objectives fail first at 2.0 times, in rate-2.0x-scale-1.0."));
        assertThat(Conclusion.of(
                        new Sweep("orders", List.of(point(0.5, 1, 40, Status.PASSED), point(1, 1, 40, Status.FAILED))),
                        OptionalLong.empty()))
                .isEqualTo(new Conclusion(
                        "It is not shown to be safe at the planned load: wait for an hour with 50 % of it or less.",
                        "2 rates were tried, and the objectives fail first at 1.0 times, in rate-1.0x-scale-1.0."));
    }
}
