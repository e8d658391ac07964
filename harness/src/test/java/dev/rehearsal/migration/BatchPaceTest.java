package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.Backfill.BatchSize;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchPaceTest {
    private static final BatchSize ADAPTIVE = new BatchSize.Adaptive(Duration.ofMillis(100), 1000, 5000);

    @ParameterizedTest
    @CsvSource({"100, 1000", "80, 1250", "200, 500", "1, 2000", "10000, 500", "0, 2000"})
    void theNextBatchIsAsLongAsTheTargetButNoMoreThanTwiceOrHalfTheLast(long tookMillis, int next) {
        BatchPace pace = new BatchPace(ADAPTIVE);

        pace.took(Duration.ofMillis(tookMillis));

        assertThat(pace.keys()).isEqualTo(next);
    }

    @Test
    void comesToWhatTheServerDoesInTheTarget() {
        BatchPace pace = new BatchPace(ADAPTIVE);

        // 30 microseconds a row.
        IntStream.range(0, 10).forEach(i -> pace.took(Duration.ofNanos(pace.keys() * 30_000L)));

        assertThat(pace.keys()).isBetween(3300, 3340);
    }

    @Test
    void staysWithinItsBounds() {
        BatchPace pace = new BatchPace(ADAPTIVE);

        IntStream.range(0, 10).forEach(i -> pace.took(Duration.ofMillis(1)));
        int most = pace.keys();
        IntStream.range(0, 30).forEach(i -> pace.took(Duration.ofHours(1)));

        assertThat(most).isEqualTo(5000);
        assertThat(pace.keys()).isEqualTo(1);
    }

    @Test
    void beginsAgainWithLessWhenItWasHeldUp() {
        BatchPace pace = new BatchPace(ADAPTIVE);

        pace.heldUp();

        assertThat(pace.keys()).isEqualTo(500);
    }

    @Test
    void aFixedSizeStays() {
        BatchPace pace = new BatchPace(new BatchSize.Fixed(70));

        pace.took(Duration.ofHours(1));
        pace.heldUp();

        assertThat(pace.keys()).isEqualTo(70);
    }
}
