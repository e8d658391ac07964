package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Of the examples, what takes longer than others have patience for: replicas, and drills. */
@Timeout(300)
@Tag("proof")
class SlowExamplesTest {
    @TempDir
    private Path directory;

    @Test
    void aFailoverToAReplicaThatNobodyWaitedForLosesWhatWasAcknowledged() {
        HarnessRun run = asItIs("09-failover-asynchronous");

        JsonNode integrity = run.result().get("integrity");
        assertThat(integrity.get("lost").asLong()).as(run.told()).isPositive();
        assertThat(run.failed()).containsExactly("lostWrites acknowledged writes lost");
        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.out()).contains("FAILED", " acknowledged writes are lost; ");
        assertThat(happened(run)).containsExactly(true, true);
    }

    @Test
    void aFailoverToAReplicaThatEveryCommitWaitedForLosesNothing() {
        HarnessRun run = asItIs("10-failover-synchronous");

        JsonNode integrity = run.result().get("integrity");
        assertThat(integrity.get("lost").asLong()).as(run.told()).isZero();
        assertThat(integrity.get("verified").asBoolean()).as(run.told()).isTrue();
        assertThat(integrity.get("acknowledgedWrites").asLong()).isGreaterThan(100);
        assertThat(run.failed()).as(run.told()).isEmpty();
        assertThat(run.exitCode()).as(run.told()).isEqualTo(0);
        assertThat(happened(run)).containsExactly(true, true);
    }

    @Test
    void thePhasedColumnCanBeAppliedTwice() {
        HarnessRun run = HarnessRun.rehearse(
                HarnessRun.example("02-add-column-phased"), directory, "--scale", "0.05", "--set", "drills=[ rerun ]");

        assertThat(HarnessRun.stream(run.result().get("drills"))
                        .map(drill -> drill.get("name").asString() + " "
                                + drill.get("status").asString()))
                .as(run.told())
                .containsExactly("rerun passed");
        assertThat(run.err()).contains("drills at the end: rerun; on fresh clones, they run the migration about 2");
    }

    private static List<Boolean> happened(HarnessRun run) {
        Stream<JsonNode> faults = HarnessRun.stream(run.result().get("faults"));
        return faults.map(fault -> fault.get("happened").asBoolean()).toList();
    }

    private HarnessRun asItIs(String example) {
        HarnessRun run = HarnessRun.of(
                "rehearse",
                HarnessRun.example(example).toString(),
                "--runtime",
                "local",
                "--out",
                directory.resolve("run").toString());
        return new HarnessRun(run.exitCode(), run.out(), run.err(), directory.resolve("run"));
    }
}
