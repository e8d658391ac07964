package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.ExistingSpec;
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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Datasets built once and kept: {@code snapshots/<fingerprint>/{data/,manifest.txt,snapshot.json}} in the user's cache directory.
 *
 * <p>A build works in {@code snapshots/building-<fingerprint>/} and is renamed at its very end, so what has a snapshot's name is whole. A build that
 * was killed leaves its directory behind; the next build removes it, which it can tell from a running one by the lock: see {@link SnapshotLock}.
 *
 * <p>What is found is held against its manifest, and built again where it is damaged. What was obtained is in use until the store is closed or the
 * process ends, and nobody removes it so long. Before each build, what exceeds the {@link CacheLimits} goes.
 *
 * <p>Thread-safe, and safe among processes: of two who want the same dataset the second waits for the first.
 */
public final class SnapshotStore implements AutoCloseable {
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
    private static final String BUILDING = "building-";
    private static final String REMOVING = "removing-";

    private final Path snapshots;
    private final ContentDigest digests;
    private final ServerLauncher launcher;
    private final FreeSpace freeSpace;
    private final Optional<CacheLimits> limits;
    private final List<SnapshotUse> uses = new ArrayList<>();

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
                directory -> Files.getFileStore(directory).getUsableSpace(),
                Optional.empty());
    }

    SnapshotStore(Path cacheDirectory, ServerLauncher launcher, FreeSpace freeSpace) {
        this(cacheDirectory, launcher, freeSpace, Optional.of(CacheLimits.NONE));
    }

    /** @param limits empty: those of the environment */
    SnapshotStore(Path cacheDirectory, ServerLauncher launcher, FreeSpace freeSpace, Optional<CacheLimits> limits) {
        this.snapshots = cacheDirectory.resolve("snapshots");
        this.digests = new ContentDigest(cacheDirectory);
        this.launcher = launcher;
        this.freeSpace = freeSpace;
        this.limits = limits;
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
            case ExistingSpec spec ->
                throw new EnvironmentException(
                        "the database " + spec.name()
                                + " is on a server that is not the harness's own, and nothing of it is kept here",
                        "rehearse it, or give this command a scenario with a dump of it: dataset: { restore: … }");
        };
        try {
            String fingerprint = recipe.fingerprint();
            Optional<Snapshot> found = find(fingerprint, progress);
            if (found.isPresent()) {
                return found.get();
            }
            Files.createDirectories(snapshots);
            try (SnapshotLock lock = SnapshotLock.take(lockFile(fingerprint))) {
                Optional<Snapshot> builtMeanwhile = find(fingerprint, BuildProgress.SILENT);
                if (builtMeanwhile.isPresent()) {
                    return builtMeanwhile.get();
                }
                sweep();
                DirectoryTree.discard(building(fingerprint));
                evict(recipe, progress);
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
    public List<KeptSnapshot> list() throws EnvironmentException {
        List<KeptSnapshot> found = new ArrayList<>();
        try {
            for (Path directory : directories("")) {
                if (FINGERPRINT.matcher(directory.getFileName().toString()).matches()) {
                    Optional<Snapshot> snapshot = SnapshotFile.read(directory);
                    if (snapshot.isPresent()) {
                        found.add(kept(snapshot.get()));
                    }
                }
            }
        } catch (IOException failure) {
            throw notWritable(failure);
        }
        found.sort(Comparator.comparing(KeptSnapshot::built).reversed());
        return found;
    }

    private KeptSnapshot kept(Snapshot snapshot) throws IOException {
        Instant built = Files.getLastModifiedTime(snapshot.directory()).toInstant();
        Path use = useFile(snapshot.fingerprint());
        Path last = SnapshotUse.lastUse(use);
        Instant used = Files.exists(last) ? Files.getLastModifiedTime(last).toInstant() : built;
        return new KeptSnapshot(snapshot, built, used, !SnapshotUse.unlessUsed(use, () -> {}));
    }

    /** Removes what exceeds {@code limits}, and what killed builds left behind. Returns what went. */
    public List<KeptSnapshot> prune(CacheLimits wanted) throws EnvironmentException, InterruptedException {
        List<KeptSnapshot> gone = new ArrayList<>();
        for (KeptSnapshot each : wanted.evicted(list(), Instant.now(), 0)) {
            if (remove(each.snapshot())) {
                gone.add(each);
            }
        }
        try {
            sweep();
        } catch (IOException failure) {
            throw notWritable(failure);
        }
        return gone;
    }

    /** Removes a snapshot unless it is in use or being built; false then. Clones that were made of it stay. */
    public boolean remove(Snapshot snapshot) throws EnvironmentException, InterruptedException {
        try {
            Optional<SnapshotLock> lock = SnapshotLock.tryTake(lockFile(snapshot.fingerprint()));
            if (lock.isEmpty()) {
                return false;
            }
            try (SnapshotLock held = lock.get()) {
                return discardUnlessUsed(snapshot.fingerprint());
            }
        } catch (IOException failure) {
            throw notWritable(failure);
        }
    }

    /** Whoever calls has the snapshot's lock. */
    private boolean discardUnlessUsed(String fingerprint) throws IOException {
        Path directory = snapshots.resolve(fingerprint);
        Path removing = snapshots.resolve(REMOVING + fingerprint);
        return SnapshotUse.unlessUsed(useFile(fingerprint), () -> {
            DirectoryTree.discard(removing);
            if (Files.exists(directory)) {
                // Renamed first: whoever looks for the snapshot from now on finds none, instead of half of one.
                Files.move(directory, removing, StandardCopyOption.ATOMIC_MOVE);
                DirectoryTree.discard(removing);
            }
        });
    }

    private void evict(SnapshotRecipe recipe, BuildProgress progress)
            throws EnvironmentException, InterruptedException, IOException {
        for (KeptSnapshot each : limits().evicted(list(), Instant.now(), recipe.peakBytes())) {
            if (remove(each.snapshot())) {
                progress.phase("removed the snapshot of " + each.snapshot().name() + ", last used "
                        + each.lastUsed().truncatedTo(ChronoUnit.SECONDS) + ": the cache's limits");
            }
        }
    }

    private CacheLimits limits() throws EnvironmentException, IOException {
        try {
            return limits.isPresent()
                    ? limits.get()
                    : CacheLimits.of(
                            System.getenv(), Files.getFileStore(snapshots).getTotalSpace());
        } catch (IllegalArgumentException wrong) {
            throw new EnvironmentException(
                    wrong.getMessage(),
                    "write e.g. " + CacheLimits.BYTES_VARIABLE + "=50000000000, " + CacheLimits.DAYS_VARIABLE
                            + "=30, or leave them unset",
                    wrong);
        }
    }

    /** Nothing that was obtained is in use any more. */
    @Override
    public void close() throws EnvironmentException {
        synchronized (uses) {
            try {
                for (SnapshotUse use : uses) {
                    use.close();
                }
            } catch (IOException failure) {
                throw notWritable(failure);
            }
            uses.clear();
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
            SnapshotManifest.write(building);
            SnapshotFile.write(building, snapshot);
            DirectoryTree.sync(building);
            // Only a damaged one can be there.
            if (!discardUnlessUsed(fingerprint)) {
                throw new EnvironmentException(
                        "the snapshot in " + directory + " is damaged, and another rehearsal is using it",
                        "wait until that has ended, and start again");
            }
            try {
                Files.move(building, directory, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException impossible) {
                throw new IOException("the cache directory is spread over several file systems", impossible);
            }
            complete = true;
            SnapshotUse.begin(useFile(fingerprint)).ifPresent(this::keep);
            return snapshot;
        } finally {
            if (!complete) {
                DirectoryTree.discard(building);
            }
        }
    }

    /** Begins to use the snapshot if there is one that is whole. */
    private Optional<Snapshot> find(String fingerprint, BuildProgress progress) throws IOException {
        Path directory = snapshots.resolve(fingerprint);
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        Optional<SnapshotUse> use = SnapshotUse.begin(useFile(fingerprint));
        boolean whole = false;
        try {
            Optional<Snapshot> snapshot = SnapshotFile.read(directory);
            Optional<String> damage = snapshot.isPresent()
                    ? SnapshotManifest.damage(directory)
                    : Optional.of("its description cannot be read");
            damage.ifPresent(what -> progress.phase("the snapshot " + fingerprint.substring(0, 12) + " is damaged ("
                    + what + "), so it is built again"));
            whole = damage.isEmpty() && use.isPresent();
            return whole ? snapshot : Optional.empty();
        } finally {
            if (whole) {
                use.ifPresent(this::keep);
            } else if (use.isPresent()) {
                use.get().close();
            }
        }
    }

    private void keep(SnapshotUse use) {
        synchronized (uses) {
            uses.add(use);
        }
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

    private Path useFile(String fingerprint) {
        return snapshots.resolve(fingerprint + ".use");
    }

    private Path lockFile(String fingerprint) {
        return snapshots.resolve(fingerprint + ".lock");
    }
}
