package dev.rehearsal.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Rehearsals of the examples on the local runtime that several tests look at: each is run once, when the first of them asks. */
final class ExampleRuns {
    private static final Map<String, HarnessRun> RUNS = new HashMap<>();

    private ExampleRuns() {}

    static synchronized HarnessRun local(String example, String scale) {
        return RUNS.computeIfAbsent(
                example + " at " + scale,
                key -> HarnessRun.rehearse(
                        HarnessRun.example(example),
                        folder().resolve("run"),
                        "--scale",
                        scale,
                        "--runtime",
                        "local",
                        "--set",
                        "timeline.rollback=1s"));
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target", "example-runs")), "run");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
