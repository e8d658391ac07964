package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The writing of a new directory to its disk, begun now and not when the kernel would. A plain copy leaves as many dirty pages as it has bytes; the
 * kernel writes them half a minute later, and commits wait behind them: a stall of the measuring, which would be taken for one of the migration.
 *
 * <p>Closing it gives up waiting; the disk has what it has.
 */
public final class Writeback implements AutoCloseable {
    private final Path directory;
    private final FutureTask<@Nullable Void> work;

    private Writeback(Path directory, Callable<@Nullable Void> work) {
        this.directory = directory;
        this.work = new FutureTask<>(work);
    }

    /** Of nothing: the disk is another machine's. */
    public static Writeback none() {
        Writeback writeback = new Writeback(Path.of(""), () -> null);
        writeback.work.run();
        return writeback;
    }

    /** Returns at once. */
    public static Writeback begun(Path directory) {
        Writeback writeback = new Writeback(directory, () -> {
            DirectoryTree.sync(directory);
            return null;
        });
        Thread.ofPlatform().name("writeback of " + directory).daemon().start(writeback.work);
        return writeback;
    }

    /** Waits until the disk has all of it. */
    public void await() throws EnvironmentException, InterruptedException {
        try {
            work.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof IOException)) {
                throw new IllegalStateException(e.getCause());
            }
            throw new EnvironmentException(
                    "cannot write " + directory + " to its disk: "
                            + e.getCause().getMessage(),
                    "free some space there (harness clean lists what the cache holds), or check the disk",
                    e.getCause());
        }
    }

    @Override
    public void close() {
        work.cancel(true);
    }
}
