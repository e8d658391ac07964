package dev.rehearsal.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.FaultEnded;
import dev.rehearsal.run.RunEvent.FaultStarted;
import dev.rehearsal.run.RunEvent.ServerSampled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RightNowTest {
    private final List<RunEvent> journal = new ArrayList<>();
    private final RightNow now = new RightNow(journal::add);

    @Test
    void remembersTheLastSampleAndTheFaultsInForce() {
        assertThat(now.waitingForLocks()).isEmpty();
        now.record(new ServerSampled(1, 9, 4, 0, 0, 0.5, 0.5));
        now.record(new ServerSampled(2, 9, 7, 0, 0, 0.5, 0.5));
        now.record(new FaultStarted(3, 1, "latency", "Bytes to primary are delayed by 50 ms."));
        now.record(new FaultStarted(4, 0, "blocker", "A transaction of somebody else's."));

        assertThat(now.waitingForLocks()).hasValue(7);
        assertThat(now.faults()).containsExactly("blocker", "latency");

        now.record(new FaultEnded(5, 0, "It held for 5 s.", true));
        // One whose cue never came only ends.
        now.record(new FaultEnded(6, 2, "Its cue never came.", false));

        assertThat(now.faults()).containsExactly("latency");
        assertThat(journal).hasSize(6);
    }
}
