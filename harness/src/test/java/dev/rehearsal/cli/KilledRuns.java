package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.ChildJvms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Rehearsals in processes of their own, which are ended from outside. */
abstract class KilledRuns {
    static final Duration PATIENCE = Duration.ofMinutes(2);

    /** One cache for all, so that the small dataset is built once; not the user's. */
    static final Path CACHE = Path.of("target/kill-test-cache").toAbsolutePath();

    @TempDir
    Path directory;

    static void kill(Process harness, String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(harness.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(harness.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** It failed, as its scenario does; or was inconclusive, on a machine that is busy with other tests. */
    void assertCameToItsEnd(Process next) throws IOException {
        assertThat(next.exitValue()).as(errors("next")).isIn(1, 3);
        assertThat(Files.readString(directory.resolve("next/events.ndjson"))).contains("\"COMPLETED\"");
    }

    Process start(String name) throws IOException {
        return start(name, CACHE, "0.02", "local");
    }

    Process start(String name, Path cache, String scale, String runtime) throws IOException {
        // A build in the background of a shell ignores SIGINT, and would pass that on.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(ChildJvms.harness());
        command.addAll(List.of(
                "rehearse",
                HarnessRun.example("07-alter-behind-long-transaction").toString(),
                "--runtime",
                runtime,
                "--scale",
                scale,
                "--set",
                "timeline.warmup=3s",
                "--set",
                "timeline.baseline=3s",
                "--set",
                "timeline.migration=2s",
                "--set",
                "timeline.settle=1s",
                "--set",
                "timeline.rollback=1s",
                "--set",
                "objectives=[ { lockWait: { victims: application, max: 1s } } ]",
                "--out",
                directory.resolve(name).toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HARNESS_CACHE", cache.toString());
        return builder.redirectError(directory.resolve(name + ".err").toFile())
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .start();
    }

    boolean hasBegun(String name, String stage) throws IOException {
        Path events = directory.resolve(name).resolve("events.ndjson");
        if (!Files.exists(events)) {
            return false;
        }
        // In the migration, not only once the stage has begun: the step has too.
        String sign = stage.equals("MIGRATION") ? "stepStarted" : "\"stage\":\"" + stage + "\"";
        return Files.readString(events).contains(sign);
    }

    String errors(String name) throws IOException {
        return Files.readString(directory.resolve(name + ".err"));
    }

    static List<Path> clonesLeft() throws IOException {
        Path clones = CACHE.resolve("clones");
        return Files.exists(clones) ? list(clones) : List.of();
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
