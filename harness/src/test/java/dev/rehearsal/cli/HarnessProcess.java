package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.ChildJvms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A rehearsal by a process of its own, because credentials come from its environment. */
final class HarnessProcess {
    private HarnessProcess() {}

    /** What the command line said and how it ended. */
    record Ended(int exitCode, String told) {}

    /**
     * Starts one that writes into a directory {@code name}, and what it says beside that.
     *
     * @param environment variables beside those of this process
     */
    static Process start(Path directory, String name, Path scenario, Map<String, String> environment)
            throws IOException {
        return start(
                directory,
                name,
                environment,
                "rehearse",
                scenario.toString(),
                "--out",
                directory.resolve(name).toString());
    }

    /** Starts an injector for a rehearsal that waits for it. */
    static Process injector(Path directory, String harness, int slice, String token) throws IOException {
        return start(
                directory,
                "injector-" + slice,
                Map.of("HARNESS_INJECTOR_TOKEN", token),
                "injector",
                "--harness",
                harness,
                "--slice",
                String.valueOf(slice));
    }

    private static Process start(Path directory, String name, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = ChildJvms.harness();
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.environment()
                .put(
                        "HARNESS_CACHE",
                        Path.of("target/external-test-cache").toAbsolutePath().toString());
        builder.environment().put("HARNESS_FAULT_PROXY", "built-in");
        builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".out").toFile());
        return builder.start();
    }

    /** Runs one to its end. */
    static Ended rehearse(
            Path directory, String name, Path scenario, Map<String, String> environment, Duration patience)
            throws IOException, InterruptedException {
        Process process = start(directory, name, scenario, environment);
        try {
            assertThat(process.waitFor(patience.toSeconds(), TimeUnit.SECONDS))
                    .as(told(directory, name))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), told(directory, name));
    }

    static String told(Path directory, String name) throws IOException {
        return Files.readString(directory.resolve(name + ".out"));
    }
}
