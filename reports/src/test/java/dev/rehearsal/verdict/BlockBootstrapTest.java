package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.READ;
import static dev.rehearsal.verdict.RunBuilder.latency;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.verdict.Verdict.Status;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A few runs each; {@link RegressionSeriesTest} has the long series. */
class BlockBootstrapTest {
    private static final int RUNS = 5;

    @Test
    void runsThatChangeNothingPassWhereTwiceAsMuchIsAllowed() {
        assertThat(FluctuatingRun.ended(RUNS, 1, 2)).containsOnlyKeys(Status.PASSED);
    }

    @Test
    void doubledResponsesFailWhereAFifthIsAllowed() {
        assertThat(FluctuatingRun.ended(RUNS, 2, 1.2)).containsOnlyKeys(Status.FAILED);
    }

    @Test
    void whatLiesOnBothSidesOfTheLimitIsInconclusiveAndSaysWhatWouldDo() {
        Finding finding = FluctuatingRun.finding(FluctuatingRun.of(3, 1, 1).build());

        assertThat(finding.status()).isEqualTo(Status.INCONCLUSIVE);
        assertThat(finding.message())
                .endsWith(
                        "(99 % confidence), on both sides of the limit; lengthen the baseline and the stage, or raise the rate.");
    }

    @Test
    void sameRunHasTheSameInterval() {
        Finding one = FluctuatingRun.finding(FluctuatingRun.of(7, 1.2, 1.2).build());
        Finding other = FluctuatingRun.finding(FluctuatingRun.of(7, 1.2, 1.2).build());

        assertThat(one).isEqualTo(other);
        assertThat(one.interval()).isPresent();
        assertThat(one.observed().orElseThrow())
                .isBetween(
                        one.interval().orElseThrow().low(),
                        one.interval().orElseThrow().high());
    }

    @Test
    void aStallInASteadyRunFailsThoughItIsInThreeSecondsOnly() {
        RunBuilder stalled = new RunBuilder().objective(latency(95, Optional.empty(), Optional.of(3.0)));
        for (int second = 10; second < 70; second++) {
            for (int i = 0; i < FluctuatingRun.PER_SECOND; i++) {
                boolean waits = second >= 50 && second < 53;
                stalled.request(
                        READ, 1000.0 * second + 1000.0 * i / FluctuatingRun.PER_SECOND, waits ? 900 : 5 + i % 7);
            }
        }

        assertThat(FluctuatingRun.finding(stalled.build()).status()).isEqualTo(Status.FAILED);
    }
}
