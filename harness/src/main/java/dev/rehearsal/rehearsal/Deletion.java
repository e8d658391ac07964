package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.DirectoryTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * The deleting of directories that nobody needs any more, while others go on: a clone of some gigabytes is gone after seconds. Closing it waits until
 * they are gone, also in a thread that was interrupted. Not for several threads at once.
 */
final class Deletion implements AutoCloseable {
    private CompletableFuture<Void> latest = CompletableFuture.completedFuture(null);

    /** @param whenGone not called when something could not be deleted */
    void begin(Path directory, Runnable whenGone) {
        latest = latest.thenRunAsync(
                () -> {
                    try {
                        DirectoryTree.delete(directory);
                        whenGone.run();
                    } catch (IOException e) {
                        // Whoever registered it leaves it registered, so the next run's sweep deletes the rest.
                    }
                },
                Thread.ofPlatform().name("deletion of " + directory)::start);
    }

    @Override
    public void close() {
        latest.join();
    }
}
