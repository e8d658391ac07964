package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The servers that a rehearsal wants.
 *
 * @param version the major version, such as {@code 18}
 * @param settings server settings by name, passed as they are
 * @param binaries a directory with {@code initdb} and {@code postgres}, instead of those that come with the harness
 */
public record EnvironmentSpec(
        Engine engine, String version, RuntimeChoice runtime, Map<String, String> settings, Optional<Path> binaries) {
    public EnvironmentSpec {
        settings = Map.copyOf(settings);
    }

    /** The kind of database. */
    public enum Engine {
        POSTGRESQL
    }

    /** Where the servers run. */
    public enum RuntimeChoice {
        AUTO,
        LOCAL
    }
}
