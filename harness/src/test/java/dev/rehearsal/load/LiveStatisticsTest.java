package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LiveStatisticsTest {
    private final LiveStatistics statistics =
            new LiveStatistics(List.of(new OperationKey("shop", "read", "v1", false, false)));

    @Test
    void tellsWhenAllHaveFinishedThatHadArrived() {
        finished(10, 20);

        CompletableFuture<Void> over = statistics.finished(100, 3);

        finished(90, 110);
        // It came later, and says nothing of those before.
        finished(105, 115);
        assertThat(over).isNotDone();
        finished(30, 120);
        assertThat(over).isCompleted();
    }

    @Test
    void nobodyIsWaitedForWhereNobodyIsUnderWay() {
        finished(10, 20);

        assertThat(statistics.finished(100, 1)).isCompleted();
    }

    private void finished(long t0Nanos, long t3Nanos) {
        statistics.record(new RequestRecord(0, Outcome.SUCCEEDED, -1, 1, t0Nanos, t0Nanos, t0Nanos, t3Nanos, ""));
    }
}
