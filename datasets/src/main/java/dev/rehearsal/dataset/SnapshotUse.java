package dev.rehearsal.dataset;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * That a snapshot is being used: any number may do so at once, and nobody removes it meanwhile. The operating system takes it back when the process
 * ends.
 *
 * <p>File locks count for a whole JVM, and one that it has it cannot take twice: so its uses are counted here. Thread-safe.
 */
final class SnapshotUse implements AutoCloseable {
    private static final Map<Path, Held> HELD = new HashMap<>();

    private final Path file;
    private boolean closed;

    private SnapshotUse(Path file) {
        this.file = file;
    }

    private static final class Held {
        private final FileChannel channel;
        private int uses;

        Held(FileChannel channel) {
            this.channel = channel;
        }
    }

    /** Begins a use; empty while somebody removes the snapshot. */
    static Optional<SnapshotUse> begin(Path file) throws IOException {
        Path key = file.toAbsolutePath().normalize();
        synchronized (HELD) {
            Held held = HELD.get(key);
            if (held == null) {
                Optional<FileChannel> channel = locked(key, true);
                if (channel.isEmpty()) {
                    return Optional.empty();
                }
                held = new Held(channel.get());
                HELD.put(key, held);
            }
            held.uses++;
            touch(lastUse(key));
            return Optional.of(new SnapshotUse(key));
        }
    }

    /**
     * The file whose time is that of the last use. Another one than the lock's: whoever opens and closes that, as setting its time does, gives up every lock
     * that the process has on it.
     */
    static Path lastUse(Path file) {
        return file.resolveSibling(file.getFileName() + "d");
    }

    private static void touch(Path file) throws IOException {
        if (Files.exists(file)) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } else {
            Files.writeString(file, "");
        }
    }

    /** Does something while nobody uses the snapshot; false if somebody does. */
    static boolean unlessUsed(Path file, Removal removal) throws IOException {
        Path key = file.toAbsolutePath().normalize();
        synchronized (HELD) {
            if (HELD.containsKey(key)) {
                return false;
            }
            Optional<FileChannel> channel = locked(key, false);
            if (channel.isEmpty()) {
                return false;
            }
            try (FileChannel held = channel.get()) {
                removal.run();
            }
            return true;
        }
    }

    /** What is done while nobody uses a snapshot. */
    interface Removal {
        void run() throws IOException;
    }

    /** Empty if another process has it in a way that excludes ours. */
    private static Optional<FileChannel> locked(Path file, boolean shared) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean held = false;
        try {
            held = channel.tryLock(0, Long.MAX_VALUE, shared) != null;
            return held ? Optional.of(channel) : Optional.empty();
        } finally {
            if (!held) {
                channel.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (closed) {
                return;
            }
            closed = true;
            Held held = HELD.get(file);
            if (held != null && --held.uses == 0) {
                HELD.remove(file);
                held.channel.close();
            }
        }
    }
}
