package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.environment.InContainers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One whole rehearsal in containers; all examples beside the local runtime are proofs. */
@InContainers
class ContainerRehearsalTest {
    @TempDir
    private Path directory;

    @Test
    void autoRehearsesInContainersAndSaysWhy() {
        HarnessRun run = HarnessRun.rehearse(
                HarnessRun.example("07-alter-behind-long-transaction"),
                directory.resolve("run"),
                "--runtime",
                "auto",
                "--scale",
                "0.02",
                "--set",
                "objectives=[ { lockWait: { victims: application, max: 1s } } ]",
                "--set",
                "timeline.migration=3s",
                "--set",
                "timeline.rollback=1s");

        run.assertFailed("lockWait longest lock wait of a request");
        JsonNode environment = run.result().get("environment");
        assertThat(environment.get("runtime").asString()).isEqualTo("containers");
        assertThat(environment.get("runtimeReason").asString())
                .startsWith("A container engine answers and has the image ");
        JsonNode statement = run.statements().getFirst();
        double waited = statement.get("waitedMillis").asDouble();
        // The blocker holds for 5 s and has a lead of 0.5 s.
        assertThat(waited).isBetween(4000.0, 5200.0);
        assertThat(HarnessRun.lock(statement, "orders", "AccessExclusive")).isPresent();
        assertThat(run.longestApplicationLockWaitMillis()).isCloseTo(waited, within(waited * 0.15));
        // What traffic felt through Toxiproxy is what the server's log in the container says.
        run.assertResponsesAgreeWithTheLockLog();
        assertThat(directory.resolve("run/report.html")).content().containsPattern("server('|&#39;)s container");
    }
}
