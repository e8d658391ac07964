package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** One call of the command line within this process, and what it left. */
record HarnessRun(int exitCode, String out, String err, Path directory) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> OF_A_BUSY_MACHINE = List.of(
            "The load generator was late",
            "The load generator stood still",
            "The baseline drifted",
            "The rate was not held before the migration began",
            "The machine was saturated before the migration began");

    /** The repository's root: tests run in the folder of their module. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** For the message of an assertion: a run that is inconclusive says why on one stream or the other. */
    String told() {
        return out + "\n" + err;
    }

    static HarnessRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new HarnessRun(exitCode, out.toString(), err.toString(), Path.of(""));
    }

    /** Rehearses a scenario with stages as short as its percentiles allow; on the local runtime unless {@code more} says otherwise. */
    static HarnessRun rehearse(Path scenario, Path directory, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("rehearse", scenario.toString(), "--out", directory.toString()));
        for (String setting : List.of("timeline.warmup=4s", "timeline.baseline=4s", "timeline.settle=1s")) {
            arguments.add("--set");
            arguments.add(setting);
        }
        if (!List.of(more).contains("--runtime")) {
            arguments.addAll(List.of("--runtime", "local"));
        }
        arguments.addAll(List.of(more));
        HarnessRun run = of(arguments.toArray(String[]::new));
        return new HarnessRun(run.exitCode, run.out, run.err, directory);
    }

    static Path example(String name) {
        return ROOT.resolve("scenarios/examples").resolve(name).resolve("scenario.yaml");
    }

    JsonNode result() {
        return JSON.readTree(directory.resolve("result.json").toFile());
    }

    /** Statements of the migration, in order. */
    List<JsonNode> statements() {
        return stream(result().get("steps"))
                .filter(step -> step.get("phase").asString().equals("migration"))
                .flatMap(step -> stream(step.get("statements")))
                .toList();
    }

    /** The findings that failed, as {@code objective subject}. */
    List<String> failed() {
        return findings("failed");
    }

    private List<String> findings(String status) {
        return stream(result().get("findings"))
                .filter(finding -> finding.get("status").asString().equals(status))
                .map(finding -> finding.get("objective").asString() + " "
                        + finding.get("subject").asString())
                .toList();
    }

    /**
     * That it failed for these reasons. On a machine that others keep busy the harness judges nothing, and says that it is the machine; then what
     * would have failed has to be there all the same, as not judged.
     */
    void assertFailed(String... findings) {
        if (machineTooBusy()) {
            assertThat(findings("inconclusive")).as(told()).contains(findings);
            return;
        }
        assertThat(exitCode).as(told()).isEqualTo(1);
        assertThat(failed()).contains(findings);
    }

    /** That it passed, or that the machine was too busy to judge and nothing else was wrong. */
    void assertPassed() {
        assertThat(failed()).as(told()).isEmpty();
        if (!machineTooBusy()) {
            assertThat(exitCode).as(told()).isEqualTo(0);
            assertThat(result().get("verdict").asString()).isEqualTo("passed");
        }
    }

    /** Inconclusive, and for no other reason than that the processors were not to be had. */
    private boolean machineTooBusy() {
        List<String> reasons = stream(result().get("validity").get("reasons"))
                .map(JsonNode::asString)
                .toList();
        return exitCode == 3 && !reasons.isEmpty() && reasons.stream().allMatch(HarnessRun::ofABusyMachine);
    }

    /** Whether a run's reason for judging nothing is no other than that the processors were not to be had. */
    static boolean ofABusyMachine(String reason) {
        String ofOneDatabase = reason.replaceFirst("^Database \\d+: ", "");
        return OF_A_BUSY_MACHINE.stream().anyMatch(ofOneDatabase::startsWith);
    }

    /**
     * That the slowest request felt what the server says that the longest wait was: two instruments, one truth. A request that waited took no less, and
     * little more: those who waited are released all at once, and then compete for the processors.
     */
    void assertResponsesAgreeWithTheLockLog() {
        double waited = longestApplicationLockWaitMillis();
        assertThat(maxResponseMillis("migration")).as(told()).isBetween(waited - 5, waited * 1.25 + 50);
    }

    /**
     * That a statement which took its lock at once held it for as long as it ran: the hold is told from the server's log and by looking, with the error
     * that it states itself, and the statement's own time by the client, whom a busy machine may answer late.
     */
    static void assertHeldWhileItRan(JsonNode lock, JsonNode statement) {
        double ran = statement.get("durationMillis").asDouble();
        double error = lock.get("errorMillis").asDouble();
        assertThat(lock.get("heldMillis").asDouble())
                .as(lock + " of " + statement)
                .isBetween(0.8 * ran - error, 1.2 * ran + error);
    }

    static Optional<JsonNode> lock(JsonNode statement, String relation, String mode) {
        return stream(statement.get("locks"))
                .filter(lock -> lock.get("relation").asString().equals(relation)
                        && lock.get("mode").asString().equals(mode))
                .findFirst();
    }

    /** The longest response of any request that arrived in a stage of the kind, from {@code requests.bin}. */
    double maxResponseMillis(String kind) {
        JsonNode stage = stream(result().get("stages"))
                .filter(candidate -> candidate.get("kind").asString().equals(kind))
                .findFirst()
                .orElseThrow();
        double start = stage.get("startMillis").asDouble() * 1e6;
        double end = stage.get("endMillis").asDouble() * 1e6;
        long[] longest = {0};
        try {
            RequestLog.open(directory.resolve("requests.bin")).forEach((RequestRecord request) -> {
                if (request.t0Nanos() >= start && request.t0Nanos() < end) {
                    longest[0] = Math.max(longest[0], request.responseNanos());
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return longest[0] / 1e6;
    }

    /** The longest wait of an application session in the server's own log. */
    double longestApplicationLockWaitMillis() {
        try (Stream<String> lines = Files.lines(directory.resolve("events.ndjson"))) {
            return lines.map(JSON::readTree)
                            .filter(event -> event.get("event").asString().equals("lockWait"))
                            .filter(event -> event.get("party").asString().equalsIgnoreCase("application"))
                            .mapToLong(event -> event.get("durationNanos").asLong())
                            .max()
                            .orElse(0)
                    / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
