package dev.rehearsal.environment;

import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * Where a server's tables and write-ahead log lie. Ordinarily beside everything else; on a disk of their own if the scenario names one, and only
 * that can be filled up: then nobody else finds no room.
 *
 * <p>Settings, passwords and the server's log stay where they were: what the server has to say about a full disk must not go lost by it.
 */
public final class ServerDisk implements AutoCloseable {
    /** Nothing is elsewhere. */
    public static final ServerDisk ORDINARY = new ServerDisk(Optional.empty());

    private static final List<String> PARTS = List.of("base", "pg_wal");
    private static final int CHUNK_BYTES = 64 << 10;
    private static final String REMEDY =
            "Name a directory on a file system of its own in environment.disk, such as a volume that is mounted there,"
                    + " and that the user who runs the harness may write to.";

    /** @param own for this run, in the disk's directory */
    private record Taken(Path own, RunningRegistry.Entry entry, String description) {
        Path ballast() {
            return own.resolve("ballast");
        }
    }

    private final Optional<Taken> taken;

    private ServerDisk(Optional<Taken> taken) {
        this.taken = taken;
    }

    /**
     * Moves the tables and the write-ahead log of a data directory there.
     *
     * @param disk a directory
     * @param others directories that must not fill up with it
     * @param dataDirectory of no server that runs
     * @throws EnvironmentException if it is no such directory, or has no room for them
     */
    public static ServerDisk taken(Path disk, List<Path> others, Path dataDirectory, RunningRegistry registry)
            throws EnvironmentException, InterruptedException {
        if (!Files.isDirectory(disk) || !Files.isWritable(disk)) {
            throw new EnvironmentException(
                    "environment.disk: " + disk + " is no directory that can be written to", REMEDY);
        }
        List<Path> all = new ArrayList<>(others);
        all.add(dataDirectory);
        all.add(Path.of(System.getProperty("java.io.tmpdir")));
        all.add(Path.of(System.getProperty("user.home")));
        Path own = disk.resolve("harness-" + UUID.randomUUID());
        boolean complete = false;
        try {
            for (Path other : all) {
                if (Files.exists(other) && device(other).equals(device(disk))) {
                    throw new EnvironmentException(
                            "environment.disk: " + disk + " is on the same file system as " + other
                                    + ", which must not fill up",
                            REMEDY);
                }
            }
            Taken taken = new Taken(own, registry.temporaryDirectory(own), description(disk));
            ServerDisk result = new ServerDisk(Optional.of(taken));
            try {
                move(dataDirectory, own);
                complete = true;
                return result;
            } finally {
                if (!complete) {
                    result.close();
                }
            }
        } catch (IOException e) {
            throw new EnvironmentException(
                    "environment.disk: the server's tables cannot be moved to " + disk + ": " + e.getMessage(),
                    REMEDY,
                    e);
        }
    }

    private static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev");
    }

    private static String description(Path disk) throws IOException {
        FileStore store = Files.getFileStore(disk);
        return "The server's tables and write-ahead log lay on " + disk + ", a file system of its own (" + store.type()
                + ", " + (store.getTotalSpace() >> 20) + " MB)"
                + (store.type().equals("tmpfs") ? ", which is memory: what it writes was as fast as that." : ".");
    }

    private static void move(Path dataDirectory, Path own)
            throws IOException, EnvironmentException, InterruptedException {
        Files.createDirectory(own);
        for (String part : PARTS) {
            Path here = dataDirectory.resolve(part);
            Path there = own.resolve(part);
            Cloner.between(here, own).copy(here, there);
            DirectoryTree.delete(here);
            Files.createSymbolicLink(here, there);
        }
    }

    /** Where parts of a data directory really lie that are not in it. */
    static List<Path> partsElsewhere(Path dataDirectory) {
        return PARTS.stream()
                .map(dataDirectory::resolve)
                .filter(Files::isSymbolicLink)
                .map(ServerDisk::target)
                .toList();
    }

    private static Path target(Path link) {
        try {
            return link.toRealPath();
        } catch (IOException e) {
            // The server finds it missing as well, and says so.
            return link;
        }
    }

    /** What the report says about it, a sentence; empty if it is ordinary. */
    public Optional<String> description() {
        return taken.map(Taken::description);
    }

    /**
     * Fills it up.
     *
     * @param leaveBytes that stay free
     */
    public void fill(long leaveBytes) throws EnvironmentException {
        Path ballast = taken.orElseThrow(() -> new IllegalStateException("no disk may be filled"))
                .ballast();
        try (FileChannel out = FileChannel.open(ballast, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            FileStore disk = Files.getFileStore(ballast);
            allocate(ballast, disk.getUsableSpace());
            writeUntilFull(out, disk.getTotalSpace());
            requireFull(disk);
            out.truncate(Math.max(0, out.size() - leaveBytes));
        } catch (IOException e) {
            throw new EnvironmentException(ballast + " cannot be written: " + e.getMessage(), REMEDY, e);
        }
    }

    /** At once, where the file system can; writing it would disturb whoever reads and writes there now. */
    private static void allocate(Path file, long bytes) throws IOException {
        if (bytes > 0 && Commands.exists("fallocate")) {
            // What it could not, is written.
            Commands.run(List.of("fallocate", "--length", Long.toString(bytes), file.toString()));
        }
    }

    /** Random bytes, because there are file systems on which zeros take no room. */
    private static void writeUntilFull(FileChannel out, long atMost) throws IOException {
        byte[] noise = new byte[CHUNK_BYTES];
        new Random(0).nextBytes(noise);
        out.position(out.size());
        for (int chunk = CHUNK_BYTES; chunk > 0; ) {
            if (out.size() > atMost) {
                throw new IOException("it takes more than its own size of " + atMost + " bytes");
            }
            try {
                out.write(ByteBuffer.wrap(noise, 0, chunk));
            } catch (ClosedChannelException interrupted) {
                throw interrupted;
            } catch (IOException full) {
                chunk /= 2;
            }
        }
    }

    /** What could not be written may have had another reason. */
    private static void requireFull(FileStore disk) throws IOException {
        if (disk.getUsableSpace() > CHUNK_BYTES) {
            throw new IOException("it takes no more, and has " + disk.getUsableSpace() + " bytes left");
        }
    }

    /** Makes room again; of one that is not full, nothing. */
    public void free() throws EnvironmentException {
        if (taken.isPresent()) {
            Path ballast = taken.get().ballast();
            try {
                Files.deleteIfExists(ballast);
            } catch (IOException e) {
                throw new EnvironmentException(
                        ballast + " cannot be deleted: " + e.getMessage(), "Delete it: nobody needs it.", e);
            }
        }
    }

    /** Deletes what this run has there. */
    @Override
    public void close() throws EnvironmentException {
        if (taken.isPresent()) {
            try {
                DirectoryTree.delete(taken.get().own());
                taken.get().entry().close();
            } catch (IOException e) {
                throw new EnvironmentException(
                        taken.get().own() + " cannot be deleted: " + e.getMessage(),
                        "Delete it: nobody needs it any more.",
                        e);
            }
        }
    }
}
