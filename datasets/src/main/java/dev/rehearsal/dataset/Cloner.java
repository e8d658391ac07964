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
    /**
     * Clones a directory, and makes sure that the clone shares nothing with it that can be written.
     *
     * @param target does not exist yet; removed again when cloning fails or is interrupted
     */
    default Clone copy(Path source, Path target) throws EnvironmentException, InterruptedException {
        long start = System.nanoTime();
        Clone clone = copyWithLinks(source, target);
        try {
            CloneCheck.requireOwn(target);
        } catch (IOException shared) {
            DirectoryTree.discard(target);
            throw CopyCloner.failed(source, target, shared);
        }
        return new Clone(target, clone.method(), (System.nanoTime() - start) / 1e9);
    }

    /** The same without a look at what is shared: links lead from the copy to where they lead from the source. */
    Clone copyWithLinks(Path source, Path target) throws EnvironmentException, InterruptedException;

    /**
     * A clone, and what it took.
     *
     * @param method {@code reflink}, {@code copy_file_range} or {@code copy}, for the report
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
