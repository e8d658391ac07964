package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.environment.InContainers;
import dev.rehearsal.environment.OlderServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whole rehearsals on the oldest servers that are supported, from programs that the scenario names. */
@Tag("proof")
class OlderServersTest {
    /** Without those that need many requests: nothing is asked about their percentiles here. */
    private static final String OBJECTIVES =
            "objectives=[ { lockHold: { mode: AccessExclusive, max: 100ms } }, { lockWait: { victims: application, max: 1s } }, { rewrites: none } ]";

    @TempDir
    private Path directory;

    @Test
    void a14TellsWhoWaitedBehindTheAlterAndHowLong() throws Exception {
        HarnessRun run = rehearse("07-alter-behind-long-transaction", "local", 14, binaries(14));

        assertTheQueueIsTold(run);
        assertServerLogIsText(run, "starting PostgreSQL 14.");
    }

    @Test
    @InContainers("14")
    void a14InAContainerTellsTheSame() throws Exception {
        HarnessRun run =
                rehearse("07-alter-behind-long-transaction", "containers", 14, "environment.image=harness/postgres:14");

        assertThat(run.result().get("environment").get("runtime").asString()).isEqualTo("containers");
        assertTheQueueIsTold(run);
        assertServerLogIsText(run, "starting PostgreSQL 14.");
    }

    private static void assertTheQueueIsTold(HarnessRun run) {
        run.assertFailed("lockWait longest lock wait of a request");
        JsonNode statement = run.statements().getFirst();
        double waited = statement.get("waitedMillis").asDouble();
        // The blocker holds for 5 s and has a lead of 0.5 s.
        assertThat(waited).isBetween(4000.0, 5200.0);
        double worstVictim = HarnessRun.stream(statement.get("victims"))
                .mapToDouble(victim -> victim.get("maxWaitMillis").asDouble())
                .max()
                .orElseThrow();
        assertThat(worstVictim).isCloseTo(waited, within(waited * 0.15));
        assertThat(run.result().get("rollback").get("schemaRestored").asBoolean())
                .isTrue();
    }

    @Test
    void a13TellsTheRewriteAndTheScan() throws Exception {
        HarnessRun run = rehearse("01-add-column-volatile-default", "local", 13, binaries(13));

        run.assertFailed("rewrites no rewrites", "lockHold AccessExclusive held on orders");
        JsonNode statement = run.statements().getFirst();
        assertThat(statement.get("rewrites").get(0).get("relation").asString()).isEqualTo("orders");
        assertThat(statement.get("rewrites").get(0).get("reason").asString()).isEqualTo("column default");
        assertThat(statement.get("scans").get(0).get("relation").asString()).isEqualTo("orders");
        assertThat(statement.get("scans").get(0).get("rows").asLong()).isGreaterThanOrEqualTo(100_000);
        JsonNode lock = HarnessRun.lock(statement, "orders", "AccessExclusive").orElseThrow();
        HarnessRun.assertHeldWhileItRan(lock, statement);
        assertServerLogIsText(run, "starting PostgreSQL 13.");
    }

    private HarnessRun rehearse(String example, String runtime, int version, String servers) {
        List<String> more = new ArrayList<>(List.of("--runtime", runtime, "--scale", "0.1"));
        for (String setting : List.of(
                "timeline.migration=3s",
                "timeline.rollback=1s",
                OBJECTIVES,
                "environment.version=" + version,
                servers)) {
            more.addAll(List.of("--set", setting));
        }
        return HarnessRun.rehearse(
                HarnessRun.example(example), directory.resolve(example), more.toArray(String[]::new));
    }

    private static String binaries(int version) throws Exception {
        return "environment.binaries=" + OlderServers.binaries(version);
    }

    private static void assertServerLogIsText(HarnessRun run, String start) throws Exception {
        assertThat(Files.readAllLines(run.directory().resolve("server.log")))
                .anyMatch(line -> line.matches(
                        "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} UTC \\[\\d+] LOG: 00000: " + start + ".*"))
                .anyMatch(line -> line.matches(".* harness-app/[a-z]+ LOG: 00000: process \\d+ .*"))
                .anyMatch(line -> line.contains(" STATEMENT: "));
    }
}
