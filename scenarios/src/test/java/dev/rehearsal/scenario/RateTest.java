package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.scenario.Rate.Point;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTest {
    private static final String RATE = "rate: 100/s";
    private static final Rate CURVE = new Rate.Curve(List.of(point(10, 100), point(20, 300), point(40, 200)));

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void write() {
        written = Written.in(folder);
    }

    private static Point point(long seconds, double perSecond) {
        return new Point(Duration.ofSeconds(seconds), perSecond);
    }

    private static Point hour(long hour, double perSecond) {
        return new Point(Duration.ofHours(hour), perSecond);
    }

    private static Rate.Day day(double compress, Duration from) {
        return new Rate.Day(Path.of("day.csv"), List.of(hour(6, 100), hour(18, 400)), compress, from);
    }

    private static String with(String rate) {
        return ScenarioLoaderTest.FULL.replace(RATE, "rate: " + rate);
    }

    private Rate read(String rate) throws InvalidScenarioException {
        return written.load(with(rate)).workload().services().getFirst().rate();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 500", "10, 1000", "15, 1750", "20, 3000", "30, 5750", "40, 8000", "50, 10000"})
    void expectsTheAreaUnderACurve(double seconds, double arrivals) {
        assertThat(CURVE.expected().before(seconds)).isEqualTo(arrivals);
        assertThat(CURVE.expected().secondsUntil(arrivals)).isCloseTo(seconds, within(1e-9));
        assertThat(CURVE.times(2).expected().before(seconds)).isEqualTo(2 * arrivals);
    }

    /** From 6 to 18 o'clock 100/s to 400/s, and back until 6: 250/s on average, so 250 × 86,400 in a day, which is 100 s long. */
    @ParameterizedTest
    @CsvSource({"0, 0", "50, 12500", "100, 25000", "150, 37500", "1000, 250000", "25, 4375", "1025, 254375"})
    void expectsADayThatGoesByFasterAgainAndAgain(double seconds, double arrivals) {
        Rate day = day(864, Duration.ofHours(6));

        assertThat(day.expected().before(seconds)).isCloseTo(arrivals, within(1e-6));
        assertThat(day.expected().secondsUntil(arrivals)).isCloseTo(seconds, within(1e-6));
    }

    @Test
    void aDayBeginsWhenItIsToldTo() {
        Rate midnight = day(864, Duration.ZERO);
        Rate evening = day(864, Duration.ofHours(18));

        // At midnight it is half-way from 400/s back to 100/s.
        assertThat(midnight.expected().mean(0, 0.001)).isCloseTo(250, within(0.1));
        assertThat(evening.expected().mean(0, 0.001)).isCloseTo(400, within(0.1));
        assertThat(midnight.expected().mean(0, 100)).isCloseTo(250, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 250",
        "5, 1, 125",
        "6, 1, 125",
        "17, 2, 400",
        "18, 1, 400",
        "23, 1, 275",
        "23, 3, 275",
        "3, 24, 400"
    })
    void knowsTheHighestRateOfAnHourAndWhatFollows(long hour, long hours, double highest) {
        assertThat(day(1, Duration.ZERO).highest(Duration.ofHours(hour), Duration.ofHours(hours)))
                .isCloseTo(highest, within(1e-9));
    }

    @Test
    void readsACurve() throws InvalidScenarioException {
        assertThat(read("{ curve: [ { at: 0s, rate: 100/s }, { at: 1m, rate: 400/s } ] }"))
                .isEqualTo(new Rate.Curve(List.of(point(0, 100), point(60, 400))));
    }

    @Test
    void readsTheDayOfAFile() throws InvalidScenarioException {
        Path file = written.file("day.csv", """
                time of day,arrivals per second
                06:00,100

                18:00:30, 24000/min
                """);

        assertThat(read("{ day: day.csv, compress: 96, from: 20:00 }"))
                .isEqualTo(new Rate.Day(
                        file.toAbsolutePath(),
                        List.of(hour(6, 100), point(18 * 3600 + 30, 400)),
                        96,
                        Duration.ofHours(20)));
        assertThat(read("{ day: day.csv }")).isInstanceOf(Rate.Day.class);
    }

    @Test
    void writesWhatItRead() throws InvalidScenarioException {
        written.file("day.csv", "00:00,100\n12:00,400\n");
        Scenario scenario = written.load(with("{ day: day.csv, compress: 96, from: 20:00 }"));
        Scenario curve = written.load(with("{ curve: [ { at: 0s, rate: 100/s }, { at: 1500ms, rate: 400/min } ] }"));

        assertThat(written.load(ScenarioWriter.write(scenario)).workload()).isEqualTo(scenario.workload());
        assertThat(written.load(ScenarioWriter.write(curve)).workload()).isEqualTo(curve.workload());
    }

    @Test
    void aSweepOfADayIsSteadyAtSoManyTimesItsPeak() throws InvalidScenarioException {
        written.file("day.csv", "00:00,100\n12:00,400\n");
        Scenario scenario = written.load(with("{ day: day.csv }"));

        assertThat(scenario.timesOfPeak(0.5, 1).workload().services().getFirst().rate())
                .isEqualTo(new Rate.Steady(200));
        assertThat(written.load(ScenarioLoaderTest.FULL)
                        .timesOfPeak(0.5, 1)
                        .workload()
                        .services()
                        .getFirst()
                        .rate())
                .isEqualTo(new Rate.Steady(100));
    }

    @Test
    void everythingWrongWithADaysFileIsSaidWithItsLine() {
        written.file("day.csv", """
                time,rate
                00:00,100
                01:00,-5
                02:00,0
                03:00,fast
                03:60,100
                08:00
                07:00,10,20
                07:00,100
                06:30,100
                """);

        assertThat(written.problems(with("{ day: day.csv }")))
                .containsExactly(
                        "day.csv:3:7: workload.services[0].rate.day: must be positive and at most 1,000,000/s, got -5",
                        "day.csv:4:7: workload.services[0].rate.day: must be positive and at most 1,000,000/s, got 0; write e.g. 0.1 for a time at which hardly anybody comes",
                        "day.csv:5:7: workload.services[0].rate.day: must be a rate, got fast; write a time of day and arrivals per second, e.g. 08:30,250",
                        "day.csv:6:1: workload.services[0].rate.day: must be a time of day from 00:00 to 23:59, got 03:60; write a time of day and arrivals per second, e.g. 08:30,250",
                        "day.csv:7:1: workload.services[0].rate.day: must have two columns, got 08:00; write a time of day and arrivals per second, e.g. 08:30,250",
                        "day.csv:8:1: workload.services[0].rate.day: must have two columns, got 07:00,10,20; write a time of day and arrivals per second, e.g. 08:30,250",
                        "day.csv:10:1: workload.services[0].rate.day: must be later than the line before, got 06:30; put the lines in the order of time");
    }

    @Test
    void aDayPassesAtMostInASecondAndBeginsAtATimeOfDay() {
        written.file("day.csv", "00:00,100\n12:00,400\n");

        assertThat(written.problems(with("{ day: day.csv, compress: 0, from: 24:00 }")))
                .containsExactly(
                        "scenario.yaml:6:39: workload.services[0].rate.compress: must be at least 1 and at most 86400, got 0",
                        "scenario.yaml:6:48: workload.services[0].rate.from: must be a time of day, got 24:00; write e.g. 20:00");
    }

    @Test
    void aDayNeedsTwoTimes() {
        written.file("day.csv", "time,rate\n");

        assertThat(written.problems(with("{ day: day.csv }")))
                .containsExactly(
                        "day.csv:1:1: workload.services[0].rate.day: has no time of day; a day needs two or more; write a time of day and arrivals per second, e.g. 08:30,250");
    }

    @Test
    void aDaysFileHasToBeThere() {
        assertThat(written.problems(with("{ day: nowhere.csv }")))
                .singleElement()
                .asString()
                .endsWith("nowhere.csv does not exist; check the path");
    }

    /** The night's requests are too few for a p99; those of the day that the stages have are enough. */
    @Test
    void percentilesCountWhatArrivesInTheirStage() {
        String busy = "{ curve: [ { at: 0s, rate: 40/s }, { at: 300s, rate: 40/s }, { at: 301s, rate: 1/s } ] }";
        String quiet = "{ curve: [ { at: 0s, rate: 40/s }, { at: 9s, rate: 40/s }, { at: 10s, rate: 1/s } ] }";
        String judged = ScenarioLoaderTest.FULL.substring(0, ScenarioLoaderTest.FULL.indexOf("timeline:"))
                + "timeline: { warmup: 10s, baseline: 20s, migration: 20s, settle: 1s, rollback: 1s }\n"
                + "objectives:\n  - { latency: { service: shop, percentile: 99, during: migration, max: 1s } }\n";

        assertThat(written.problems(judged.replace(RATE, "rate: " + busy))).isEmpty();
        assertThat(written.problems(judged.replace(RATE, "rate: " + quiet)))
                .singleElement()
                .asString()
                .endsWith("p99 of shop needs 200 requests; 1/s for 20s of migration gives 20:"
                        + " make timeline.migration at least 200s, or raise the rate");
    }
}
