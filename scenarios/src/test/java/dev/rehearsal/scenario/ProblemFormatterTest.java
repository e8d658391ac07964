package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProblemFormatterTest {
    private static final SourceLocation PLACE = new SourceLocation("scenario.yaml", 14, 13);

    @Test
    void drawsACaretUnderTheText() {
        Problem problem = new Problem(
                PLACE,
                "workload.services[0].rate",
                "must be positive, got -5; write arrivals per second, e.g. 200/s",
                "      rate: -5");

        assertThat(ProblemFormatter.format(problem)).isEqualTo("""
                        scenario.yaml:14:13: workload.services[0].rate: must be positive, got -5; write arrivals per second, e.g. 200/s
                              rate: -5
                                    ^
                        """);
    }

    @Test
    void leavesOutWhatThereIsNot() {
        Problem problem = new Problem(new SourceLocation("no.yaml", 1, 1), "", "scenario file does not exist", "");

        assertThat(ProblemFormatter.format(problem)).isEqualTo("no.yaml:1:1: scenario file does not exist\n");
    }

    @Test
    void drawsOneBelowTheOther() {
        Problem first = new Problem(new SourceLocation("a", 1, 1), "x", "one", "x: 1");
        Problem second = new Problem(new SourceLocation("a", 2, 4), "y", "two", "y: 2");

        assertThat(ProblemFormatter.format(List.of(first, second))).isEqualTo("""
                        a:1:1: x: one
                        x: 1
                        ^
                        a:2:4: y: two
                        y: 2
                           ^
                        """);
    }

    static List<Arguments> lines() {
        return List.of(
                Arguments.of("a: b", 4, "a: b\n   ^\n"),
                Arguments.of("a:", 3, "a:\n  ^\n"),
                Arguments.of("a:", 99, "a:\n  ^\n"),
                Arguments.of("\ta:\tb", 5, "\ta:\tb\n\t  \t^\n"),
                Arguments.of("名前: b", 5, "名前: b\n      ^\n"),
                Arguments.of("e\u0301: b", 5, "e\u0301: b\n   ^\n"),
                Arguments.of("😀: b", 4, "😀: b\n    ^\n"),
                Arguments.of("a\u001b[31m: b", 9, "a\ufffd[31m: b\n        ^\n"));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void placesTheCaretByWhatATerminalShows(String line, int column, String excerpt) {
        Problem problem = new Problem(new SourceLocation("f", 1, column), "", "m", line);

        assertThat(ProblemFormatter.format(problem)).isEqualTo("f:1:" + column + ": m\n" + excerpt);
    }

    @Test
    void cutsALongLineAroundTheCaret() {
        String line = "a".repeat(1000) + "X" + "b".repeat(1000);
        Problem problem = new Problem(new SourceLocation("f", 1, 1001), "", "m", line);

        assertThat(ProblemFormatter.format(problem))
                .isEqualTo("f:1:1001: m\n…" + "a".repeat(60) + "X" + "b".repeat(59) + "…\n" + " ".repeat(61) + "^\n");
    }
}
