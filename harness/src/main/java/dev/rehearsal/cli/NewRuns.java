package dev.rehearsal.cli;

import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where new runs go: {@code rehearsals/<name>/<UTC time>}, or where {@code --out} says. */
final class NewRuns {
    private NewRuns() {}

    /**
     * @param place that was asked for, if one was
     * @throws EnvironmentException if it cannot be made, or holds another run
     */
    static RunDirectory directory(@Nullable Path place, String name) throws EnvironmentException {
        try {
            return place == null
                    ? RunDirectory.create(Path.of("rehearsals"), name, Instant.now())
                    : RunDirectory.at(place);
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot make a run directory: " + e,
                    "give a place that is empty and can be written to: --out DIR",
                    e);
        }
    }
}
