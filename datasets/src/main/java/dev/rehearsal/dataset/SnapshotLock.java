package dev.rehearsal.dataset;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The right to build or remove one snapshot, among all processes of the machine.
 *
 * <p>The operating system takes it back when its process ends, however that happens: so a half-built directory whose lock can be had belongs to
 * nobody. File locks count for a whole JVM; among its threads a semaphore decides.
 */
final class SnapshotLock implements AutoCloseable {
    private static final Map<Path, Semaphore> THREADS = new ConcurrentHashMap<>();

    private final Semaphore thread;
    private final FileChannel channel;

    private SnapshotLock(Semaphore thread, FileChannel channel) {
        this.thread = thread;
        this.channel = channel;
    }

    /** Waits until no one else holds the lock. */
    static SnapshotLock take(Path file) throws IOException, InterruptedException {
        Semaphore thread = thread(file);
        thread.acquire();
        return held(file, thread, true).orElseThrow(() -> new IOException("no lock on " + file));
    }

    /** The lock if it is free. */
    static Optional<SnapshotLock> tryTake(Path file) throws IOException, InterruptedException {
        Semaphore thread = thread(file);
        return thread.tryAcquire() ? held(file, thread, false) : Optional.empty();
    }

    private static Semaphore thread(Path file) {
        return THREADS.computeIfAbsent(file.toAbsolutePath().normalize(), unused -> new Semaphore(1));
    }

    private static Optional<SnapshotLock> held(Path file, Semaphore thread, boolean waiting)
            throws IOException, InterruptedException {
        FileChannel channel = null;
        boolean held = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = waiting ? channel.lock() : channel.tryLock();
            held = lock != null;
            return held ? Optional.of(new SnapshotLock(thread, channel)) : Optional.empty();
        } catch (java.nio.channels.FileLockInterruptionException interrupted) {
            // The exception leaves the flag set; ours clears it.
            Thread.interrupted();
            throw new InterruptedException("while waiting for " + file);
        } finally {
            if (!held) {
                if (channel != null) {
                    channel.close();
                }
                thread.release();
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            thread.release();
        }
    }
}
