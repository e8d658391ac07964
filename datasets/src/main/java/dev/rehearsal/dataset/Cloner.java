package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes a second data directory out of a stopped one. Modes and owners are kept: PostgreSQL refuses a directory that others may read.
 *
 * <p>Thread-safe: it holds no state.
 */
public sealed interface Cloner permits ReflinkCloner, CopyCloner {
    /** {@code reflink} or {@code copy}, for the report. */
    String method();

    /**
     * Clones a directory.
     *
     * @param target does not exist yet; removed again when cloning fails or is interrupted
     */
    Clone copy(Path source, Path target) throws EnvironmentException, InterruptedException;

    /**
     * A clone, and what it took.
     *
     * @param seconds until it could be used; what the kernel has not written yet is not in it, see {@link Writeback}
     */
    record Clone(Path directory, String method, double seconds) {}

    /** The fastest cloner that works from {@code source} into {@code targetParent}, found by trying: file systems do not tell. */
    static Cloner between(Path source, Path targetParent) throws EnvironmentException, InterruptedException {
        try {
            Files.createDirectories(targetParent);
            return ReflinkCloner.works(source, targetParent) ? new ReflinkCloner() : new CopyCloner();
        } catch (IOException failure) {
            throw new EnvironmentException(
                    "cannot write to " + targetParent + ": " + failure.getMessage(),
                    "make the directory writable, or run from another one",
                    failure);
        }
    }
}
