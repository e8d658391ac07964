package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoreSpec;
import dev.rehearsal.scenario.RestoredTables;
import dev.rehearsal.scenario.StartingData;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Datasets built once and kept: {@code snapshots/<fingerprint>/{data/,snapshot.json}} in the user's cache directory.
 *
 * <p>A build works in {@code snapshots/building-<fingerprint>/} and is renamed at its very end, so what has a snapshot's name is whole. A build that
 * was killed leaves its directory behind; the next build removes it, which it can tell from a running one by the lock: see {@link SnapshotLock}.
 *
 * <p>Thread-safe, and safe among processes: of two who want the same dataset the second waits for the first.
 */
public final class SnapshotStore {
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
    private static final String BUILDING = "building-";
    private static final String REMOVING = "removing-";

    private final Path snapshots;
    private final ContentDigest digests;
    private final ServerLauncher launcher;
    private final FreeSpace freeSpace;

    /**
     * A store; nothing is touched before the first call.
     *
     * @param cacheDirectory see {@link CacheDirectory}; made if it is not there
     * @param launcher of the servers that build; their version is part of each fingerprint
     */
    public SnapshotStore(Path cacheDirectory, ServerLauncher launcher) {
        this(
                cacheDirectory,
                launcher,
                directory -> Files.getFileStore(directory).getUsableSpace());
    }

    SnapshotStore(Path cacheDirectory, ServerLauncher launcher, FreeSpace freeSpace) {
        this.snapshots = cacheDirectory.resolve("snapshots");
        this.digests = new ContentDigest(cacheDirectory);
        this.launcher = launcher;
        this.freeSpace = freeSpace;
    }

    /** Bytes that may still be written to a directory's disk. */
    interface FreeSpace {
        long bytes(Path directory) throws IOException;
    }

    /**
     * The snapshot of a dataset or of a dump: from the cache, or built now.
     *
     * @param seed everything random in rows that are made up derives from it
     * @param progress told about a build; not called when the snapshot is there
     * @throws InvalidScenarioException if the server refuses the dataset's schema, a column cannot be made as defined, or a dump is damaged
     * @throws EnvironmentException if the disk is too small, the cache cannot be written, or no server starts
     */
    public Snapshot obtain(StartingData data, long seed, BuildProgress progress)
            throws EnvironmentException, InvalidScenarioException, InterruptedException {
        SnapshotRecipe recipe = switch (data) {
            case DatasetSpec spec -> new GeneratedRecipe(spec, seed, launcher);
            case RestoreSpec spec -> new RestoreRecipe(spec, launcher, digests);
        };
        try {
            String fingerprint = recipe.fingerprint();
            Optional<Snapshot> found = find(fingerprint);
            if (found.isPresent()) {
                return found.get();
            }
            Files.createDirectories(snapshots);
            try (SnapshotLock lock = SnapshotLock.take(lockFile(fingerprint))) {
                Optional<Snapshot> builtMeanwhile = find(fingerprint);
                if (builtMeanwhile.isPresent()) {
                    return builtMeanwhile.get();
                }
                sweep();
                DirectoryTree.discard(building(fingerprint));
                requireSpace(recipe);
                return build(recipe, fingerprint, progress);
            }
        } catch (IOException failure) {
            throw notWritable(failure);
        }
    }

    /** The tables of a snapshot that was restored; empty for one that was made up. */
    public static Optional<RestoredTables> tables(Snapshot snapshot) throws EnvironmentException {
        return restored(snapshot).map(RestoredFile::tables);
    }

    /** What of a restored snapshot is not as it was where the data come from, as sentences; none of one that was made up. */
    public static List<String> notes(Snapshot snapshot) throws EnvironmentException {
        return restored(snapshot).map(RestoredFile::notes).orElse(List.of());
    }

    private static Optional<RestoredFile> restored(Snapshot snapshot) throws EnvironmentException {
        try {
            return RestoredFile.read(snapshot.directory());
        } catch (IOException failure) {
            throw new EnvironmentException(
                    "cannot read the snapshot in " + snapshot.directory() + ": " + failure,
                    "remove it with harness clean --prune",
                    failure);
        }
    }

    /** All snapshots, the most recently built first. */
    public List<Snapshot> list() throws EnvironmentException {
        record Dated(Snapshot snapshot, long modified) {}
        List<Dated> found = new ArrayList<>();
        try {
            for (Path directory : directories("")) {
                if (FINGERPRINT.matcher(directory.getFileName().toString()).matches()) {
                    long modified = Files.getLastModifiedTime(directory).toMillis();
                    SnapshotFile.read(directory).ifPresent(snapshot -> found.add(new Dated(snapshot, modified)));
                }
            }
        } catch (IOException failure) {
            throw notWritable(failure);
        }
        return found.stream()
                .sorted(Comparator.comparingLong(Dated::modified).reversed())
                .map(Dated::snapshot)
                .toList();
    }

    /** Removes a snapshot, and what killed builds left behind. Clones that were made of it stay. */
    public void remove(Snapshot snapshot) throws EnvironmentException, InterruptedException {
        try (SnapshotLock lock = SnapshotLock.take(lockFile(snapshot.fingerprint()))) {
            Path removing = snapshots.resolve(REMOVING + snapshot.fingerprint());
            DirectoryTree.discard(removing);
            if (Files.exists(snapshot.directory())) {
                // Renamed first: whoever looks for the snapshot from now on finds none, instead of half of one.
                Files.move(snapshot.directory(), removing, StandardCopyOption.ATOMIC_MOVE);
                DirectoryTree.discard(removing);
            }
        } catch (IOException failure) {
            throw notWritable(failure);
        }
        try {
            sweep();
        } catch (IOException failure) {
            throw notWritable(failure);
        }
    }

    private Snapshot build(SnapshotRecipe recipe, String fingerprint, BuildProgress progress)
            throws EnvironmentException, InvalidScenarioException, InterruptedException, IOException {
        Path building = building(fingerprint);
        boolean complete = false;
        try {
            long start = System.nanoTime();
            Files.createDirectory(building);
            Map<String, Long> rows = recipe.build(building, progress);
            double seconds = (System.nanoTime() - start) / 1e9;
            Path directory = snapshots.resolve(fingerprint);
            Snapshot snapshot = new Snapshot(
                    recipe.name(),
                    fingerprint,
                    directory,
                    rows,
                    DirectoryTree.bytes(building.resolve("data")),
                    seconds);
            SnapshotFile.write(building, snapshot);
            DirectoryTree.sync(building);
            // Only one whose description cannot be read can be there.
            DirectoryTree.discard(directory);
            try {
                Files.move(building, directory, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException impossible) {
                throw new IOException("the cache directory is spread over several file systems", impossible);
            }
            complete = true;
            return snapshot;
        } finally {
            if (!complete) {
                DirectoryTree.discard(building);
            }
        }
    }

    private Optional<Snapshot> find(String fingerprint) throws IOException {
        return SnapshotFile.read(snapshots.resolve(fingerprint));
    }

    /** Removes what builds and removals that were killed left behind. */
    private void sweep() throws IOException, InterruptedException {
        for (String prefix : List.of(BUILDING, REMOVING)) {
            for (Path left : directories(prefix)) {
                String fingerprint = left.getFileName().toString().substring(prefix.length());
                Optional<SnapshotLock> lock = SnapshotLock.tryTake(lockFile(fingerprint));
                if (lock.isPresent()) {
                    try (SnapshotLock free = lock.get()) {
                        DirectoryTree.discard(left);
                    }
                }
            }
        }
    }

    private List<Path> directories(String prefix) throws IOException {
        List<Path> directories = new ArrayList<>();
        if (Files.isDirectory(snapshots)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(snapshots, prefix + "*")) {
                for (Path entry : entries) {
                    if (Files.isDirectory(entry)) {
                        directories.add(entry);
                    }
                }
            }
        }
        return directories;
    }

    private void requireSpace(SnapshotRecipe recipe) throws EnvironmentException, IOException {
        long needed = recipe.peakBytes();
        long free = freeSpace.bytes(snapshots);
        if (free < needed) {
            throw new EnvironmentException(
                    recipe.title() + " takes about " + megabytes(needed) + ", but " + snapshots + " has "
                            + megabytes(free) + " left",
                    recipe.roomRemedy());
        }
    }

    private static String megabytes(long bytes) {
        return (bytes + (1 << 20) - 1) / (1 << 20) + " MB";
    }

    private EnvironmentException notWritable(IOException failure) {
        return new EnvironmentException(
                "cannot keep datasets in " + snapshots + ": " + failure,
                "make the directory writable, or set " + CacheDirectory.VARIABLE + " to one that is",
                failure);
    }

    private Path building(String fingerprint) {
        return snapshots.resolve(BUILDING + fingerprint);
    }

    private Path lockFile(String fingerprint) {
        return snapshots.resolve(fingerprint + ".lock");
    }
}
