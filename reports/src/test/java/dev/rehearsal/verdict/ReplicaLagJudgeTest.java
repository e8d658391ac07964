package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.PLACE_IN_FILE;
import static dev.rehearsal.verdict.RunBuilder.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.ReplicaSampled;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.verdict.Verdict.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaLagJudgeTest {
    private static final Objective LAG = new Objective.ReplicaLag(PLACE_IN_FILE, Duration.ofSeconds(5));

    private static ReplicaSampled sample(double atMillis, String replica, long bytes, double millis, double error) {
        return new ReplicaSampled(nanos(atMillis), replica, bytes, nanos(millis), nanos(error));
    }

    private static Finding judged(ReplicaSampled... samples) {
        RunBuilder run = new RunBuilder().objective(LAG);
        List.of(samples).forEach(run::event);
        return run.judged().findings().getFirst();
    }

    @Test
    void theWorstReplicaIsJudgedFromTheBaselineOn() {
        Finding finding = judged(
                sample(5_000, "replica-1", 9_000_000, 60_000, 50),
                sample(41_000, "replica-1", 2_000, 120, 50),
                sample(41_000, "replica-2", 3_400_000, 1_200, 50));

        assertThat(finding.status()).isEqualTo(Status.PASSED);
        assertThat(finding.subject()).isEqualTo("longest lag of a replica");
        assertThat(finding.message())
                .isEqualTo("replica-2 was behind its primary by 1.20 s ± 50 ms at most, by 3.40 MB of write-ahead log,"
                        + " during the migration; the limit is 5.00 s.");
        assertThat(finding.observed()).hasValue(1200);
    }

    @Test
    void aLagBeyondTheLimitFailsAndOneWithinTheErrorIsInconclusive() {
        assertThat(judged(sample(41_000, "replica-1", 1, 5_100, 50)).status()).isEqualTo(Status.FAILED);
        Finding close = judged(sample(41_000, "replica-1", 1, 4_990, 50));
        assertThat(close.status()).isEqualTo(Status.INCONCLUSIVE);
        assertThat(close.message()).endsWith("The limit lies within the error.");
        assertThat(judged(sample(41_000, "replica-1", 1, 4_940, 50)).status()).isEqualTo(Status.PASSED);
    }

    @Test
    void withoutASampleNothingIsKnown() {
        assertThat(judged().status()).isEqualTo(Status.INCONCLUSIVE);
        assertThat(judged(sample(5_000, "replica-1", 0, 0, 1)).status()).isEqualTo(Status.INCONCLUSIVE);
    }

    @Test
    void tellsTheMostOfEachReplicaInASpan() {
        var run = new RunBuilder()
                .event(sample(41_000, "replica-1", 500, 10, 1))
                .event(sample(42_000, "replica-1", 200, 30, 1))
                .event(sample(43_000, "replica-2", 100, 5, 1))
                .event(sample(71_000, "replica-1", 9_000, 900, 1))
                .build();

        assertThat(ReplicaLag.between(run, nanos(40_000), nanos(70_000)))
                .extracting(ReplicaLag::words)
                .containsExactly("replica-1 30 ms ± 1.0 ms (500 B)", "replica-2 5.0 ms ± 1.0 ms (100 B)");
    }
}
