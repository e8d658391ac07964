package dev.rehearsal.proxy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Toxiproxy's own server: the program that the system property {@code toxiproxy.server} names, or else the one on the {@code PATH}. */
public final class RealToxiproxy {
    private RealToxiproxy() {}

    /** Skips the test where there is none. */
    public static Path required() {
        Optional<Path> program = program();
        Assumptions.assumeTrue(
                program.isPresent(),
                "No toxiproxy-server is on the PATH, and the system property toxiproxy.server names none.");
        return program.orElseThrow();
    }

    static Optional<Path> program() {
        String named = System.getProperty("toxiproxy.server", "");
        if (!named.isEmpty()) {
            return Optional.of(Path.of(named));
        }
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "toxiproxy-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
