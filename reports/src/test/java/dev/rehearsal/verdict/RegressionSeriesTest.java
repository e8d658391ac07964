package dev.rehearsal.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.verdict.Verdict.Status;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How often the rule for regressions is wrong: the same hundreds of made-up runs each time. */
class RegressionSeriesTest {
    private static final int RUNS = 200;

    @Test
    void atMostOneInTwentyRunsThatChangeNothingFailsEvenWhereNothingIsAllowed() {
        assertThat(FluctuatingRun.ended(RUNS, 1, 1).getOrDefault(Status.FAILED, 0L))
                .isLessThanOrEqualTo(RUNS / 20);
    }

    @Test
    void runsThatChangeNothingPassWhereHalfAsMuchAgainIsAllowed() {
        Map<Status, Long> ended = FluctuatingRun.ended(RUNS, 1, 1.5);

        assertThat(ended).doesNotContainKey(Status.FAILED);
        assertThat(ended.getOrDefault(Status.PASSED, 0L)).isGreaterThanOrEqualTo(RUNS * 9 / 10);
    }

    @Test
    void halfAsSlowAgainIsFoundInNineOfTenRunsWhereNothingIsAllowed() {
        Map<Status, Long> ended = FluctuatingRun.ended(RUNS, 1.5, 1);

        assertThat(ended).doesNotContainKey(Status.PASSED);
        assertThat(ended.getOrDefault(Status.FAILED, 0L))
                .as("half as slow again: %s", ended)
                .isGreaterThanOrEqualTo(RUNS * 9 / 10);
    }

    @Test
    void halfAsSlowAgainNeverPassesWhereAFifthIsAllowed() {
        Map<Status, Long> ended = FluctuatingRun.ended(RUNS, 1.5, 1.2);

        assertThat(ended).as("half as slow again: %s", ended).doesNotContainKey(Status.PASSED);
        assertThat(ended.getOrDefault(Status.FAILED, 0L)).isGreaterThanOrEqualTo(RUNS / 2);
    }
}
