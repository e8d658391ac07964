package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.DirectoryTree;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The deleting of directories that nobody needs any more, while others go on: a clone of some gigabytes is gone after seconds. Closing it waits until
 * they are gone, also in a thread that was interrupted. Not for several threads at once.
 */
final class Deletion implements AutoCloseable {
    private Thread latest = Thread.ofPlatform().unstarted(() -> {});

    /** @param whenGone not called when something could not be deleted */
    void begin(Path directory, Runnable whenGone) {
        Thread before = latest;
        latest = Thread.ofPlatform().name("deletion of " + directory).start(() -> {
            join(before);
            try {
                DirectoryTree.delete(directory);
                whenGone.run();
            } catch (IOException e) {
                // Whoever registered it leaves it registered, so the next run's sweep deletes the rest.
            }
        });
    }

    @Override
    public void close() {
        join(latest);
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
