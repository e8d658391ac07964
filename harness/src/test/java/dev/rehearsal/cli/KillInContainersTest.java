package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.environment.InContainers;
import dev.rehearsal.environment.TestContainers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a rehearsal in containers leaves that is ended from outside: an engine does not end with who told it to begin. Any other rehearsal would sweep it. */
@Tag("proof")
@InContainers
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs env --default-signal of GNU coreutils")
class KillInContainersTest extends KilledRuns {
    @Test
    void aKillInContainersLeavesNothingBehindTheNextRunsStart() throws Exception {
        Process harness = start("killed", CACHE, "0.02", "containers");
        List<String> volumes;
        try {
            await().atMost(PATIENCE).until(() -> hasBegun("killed", "MIGRATION") || !harness.isAlive());
            assertThat(harness.isAlive()).as(errors("killed")).isTrue();
            volumes = TestContainers.volumesOf(harness.pid());
            kill(harness, "KILL");
        } finally {
            harness.destroyForcibly();
        }
        assertThat(TestContainers.madeBy(harness.pid()))
                .as("server, proxy and network outlive their harness")
                .hasSize(3);
        assertThat(volumes).isNotEmpty();

        Process next = start("next", CACHE, "0.02", "local");
        await().atMost(PATIENCE).until(() -> hasBegun("next", "WARMUP") || !next.isAlive());
        assertThat(TestContainers.madeBy(harness.pid())).isEmpty();
        for (String volume : volumes) {
            assertThat(TestContainers.volumeExists(volume)).isFalse();
        }
        assertThat(next.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertCameToItsEnd(next);
        assertThat(clonesLeft()).isEmpty();
    }

    @Test
    void anInterruptInContainersLeavesNothing() throws Exception {
        Process harness = start("killed", CACHE, "0.02", "containers");
        try {
            await().atMost(PATIENCE).until(() -> hasBegun("killed", "BASELINE") || !harness.isAlive());
            assertThat(TestContainers.madeBy(harness.pid())).hasSize(3);
            kill(harness, "INT");
        } finally {
            harness.destroyForcibly();
        }
        assertThat(harness.exitValue()).isEqualTo(130);
        assertThat(TestContainers.madeBy(harness.pid())).isEmpty();
        assertThat(clonesLeft()).isEmpty();
    }
}
