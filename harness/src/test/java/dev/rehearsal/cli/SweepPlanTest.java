package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SweepPlanTest {
    @Test
    void readsRatesSizesAndRows() {
        assertThat(SweepPlan.of(List.of("rate=2x,0.5x,1x,1", "scale=.5,1,2"), "rows=500_000_000"))
                .isEqualTo(new SweepPlan(List.of(0.5, 1.0, 2.0), List.of(0.5, 1.0, 2.0), OptionalLong.of(500_000_000)));
        assertThat(SweepPlan.of(List.of("scale=1,4"), null))
                .isEqualTo(new SweepPlan(List.of(1.0), List.of(1.0, 4.0), OptionalLong.empty()));
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of(
                        List.of("rows=1,2"),
                        "rows=1",
                        "--sweep rows=1,2: sweeps rate or scale; write e.g. --sweep rate=0.5x,1x,2x or --sweep scale=0.5,1,2"),
                Arguments.of(
                        List.of("rate=1x,fast"),
                        "rows=1",
                        "--sweep rate=1x,fast: fast is not a factor above 0 and at most 1000; write e.g. 0.5x or 2"),
                Arguments.of(
                        List.of("scale=0"),
                        "rows=1",
                        "--sweep scale=0: 0 is not a factor above 0 and at most 1000; write e.g. 0.5x or 2"),
                Arguments.of(
                        List.of("scale=1,-2"),
                        "rows=1",
                        "--sweep scale=1,-2: -2 is not a factor above 0 and at most 1000; write e.g. 0.5x or 2"),
                Arguments.of(
                        List.of("scale=1,2"),
                        "rows=many",
                        "--predict rows=many: write the number of rows, e.g. --predict rows=500_000_000"),
                Arguments.of(
                        List.of("scale=1,2"),
                        "rows=99999999999999999999",
                        "--predict rows=99999999999999999999: no table has so many rows"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void refuses(List<String> sweeps, String predict, String message) {
        assertThatThrownBy(() -> SweepPlan.of(sweeps, predict))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void commandRefusesWhatDoesNotFitTogether() {
        String file = HarnessRun.example("01-add-column-volatile-default").toString();

        HarnessRun alone = HarnessRun.of("rehearse", file, "--predict", "rows=5");
        HarnessRun two = HarnessRun.of("rehearse", file, file, "--sweep", "scale=1,2");

        assertThat(alone.exitCode()).isEqualTo(ExitCode.WRONG_INPUT.number);
        assertThat(alone.err()).startsWith("--predict needs sizes to predict from: --sweep scale=0.5,1,2");
        assertThat(two.exitCode()).isEqualTo(ExitCode.WRONG_INPUT.number);
        assertThat(two.err()).startsWith("--sweep takes one scenario, got 2");
    }
}
