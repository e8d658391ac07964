package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.compare.SafeHours;
import dev.rehearsal.compare.SafeHours.Hour;
import dev.rehearsal.compare.SafeHours.Safety;
import dev.rehearsal.compare.Sweep;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class SweepReportTest {
    private static Sweep.Point point(double rate, Status verdict) {
        return new Sweep.Point(
                rate,
                1,
                "rate-" + rate + "x-scale-1",
                400 * rate,
                "orders",
                2000,
                verdict,
                Optional.empty(),
                Optional.of(3_200_000_000L),
                Optional.of(40_000_000L));
    }

    /** Safe but for four hours from 12:00 and one that nobody knows. */
    static SweepReport report() {
        SafeHours safe = new SafeHours(
                "traffic.csv",
                OptionalDouble.of(0.5),
                OptionalDouble.of(0.8),
                3_200_000_000L,
                IntStream.range(0, 24)
                        .mapToObj(hour -> hour >= 12 && hour < 16
                                ? new Hour(hour, 400, 1, Safety.UNSAFE)
                                : hour == 16
                                        ? new Hour(hour, 260, 0.65, Safety.UNKNOWN)
                                        : new Hour(hour, 100, 0.25, Safety.SAFE))
                        .toList());
        return new SweepReport(
                new Sweep("orders", List.of(point(0.5, Status.PASSED), point(0.8, Status.FAILED))),
                OptionalLong.empty(),
                Optional.of(safe));
    }

    @Test
    void tellsInWhichHoursItWouldBeSafe() {
        assertThat(report().sentences())
                .containsExactly(
                        "Its objectives hold up to 0.50 times the day's highest rate (200/s), and no longer at 0.80 times: no headroom.",
                        "By the day of traffic.csv the objectives hold in 19 of 24 hours, from 17:00 to 12:00; the migration took"
                                + " 3.20 s. Of 1 hour nobody knows: its highest rate lies beyond those that were tried, or between one that"
                                + " holds and one that does not.");
    }

    @Test
    void listsTheHoursAtTheTerminal() {
        assertThat(report().forTerminal().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .contains(
                        "By the hour highest rate of the day's highest holds up to safe?",
                        "11:00 100/s 25 % 50 % safe",
                        "12:00 400/s 100 % 50 % not safe",
                        "16:00 260/s 65 % 50 % not tried");
    }

    @Test
    void sweepJsonHasTheHours() {
        JsonNode hours = new ObjectMapper().readTree(report().json()).get("hours");

        assertThat(hours).hasSize(24);
        assertThat(hours.get(12).toString())
                .isEqualTo(
                        "{\"from\":\"12:00\",\"arrivalsPerSecond\":400.0,\"timesHighest\":1.0,\"safety\":\"not safe\"}");
    }

    @Test
    void pageHasTheHours() {
        assertThat(report().html()).contains("By the hour", "12:00", "not safe", "from 17:00 to 12:00");
    }
}
