package dev.rehearsal.scenario;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Paths that a file of the user's holds: relative to its own folder. */
final class Paths {
    private Paths() {}

    static Optional<Path> resolve(Path folder, String written, Value value) {
        try {
            return Optional.of(folder.resolve(written).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            value.problem("is not a path: " + e.getReason());
            return Optional.empty();
        }
    }
}
