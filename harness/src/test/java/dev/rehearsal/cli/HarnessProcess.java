package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Drehearsal.home=" + HarnessRun.ROOT,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.rehearsal.cli.Main",
                "rehearse",
                scenario.toString(),
                "--out",
                directory.resolve(name).toString());
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
