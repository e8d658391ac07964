package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the store does around a build; builds themselves are tested where there are real servers. */
class SnapshotStoreTest {
    private static final DatasetSpec SPEC = Definitions.column(1_000, new Generator.Sequence(1));
    private static final String OTHER = "0123456789abcdef".repeat(4);

    @TempDir
    Path cache;

    /** Makes a directory with a file in it, and then cannot go on. */
    private static final class BrokenLauncher implements ServerLauncher {
        private int initialised;

        @Override
        public String serverVersion() {
            return "18.6";
        }

        @Override
        public void initialise(Path dataDirectory) throws EnvironmentException {
            initialised++;
            try {
                Files.createDirectories(dataDirectory);
                Files.writeString(dataDirectory.resolve("PG_VERSION"), "18");
            } catch (IOException failure) {
                throw new EnvironmentException("cannot write", "write elsewhere", failure);
            }
        }

        @Override
        public RunningServer start(Path dataDirectory, Map<String, String> settings) throws EnvironmentException {
            throw new EnvironmentException("no server starts here", "start it elsewhere");
        }
    }

    @Test
    void failedBuildLeavesNoSnapshot() throws Exception {
        SnapshotStore store = new SnapshotStore(cache, new BrokenLauncher());

        assertThatThrownBy(() -> store.obtain(SPEC, 42, BuildProgress.SILENT)).hasMessage("no server starts here");

        assertThat(store.list()).isEmpty();
        try (var left = Files.list(cache.resolve("snapshots"))) {
            assertThat(left.filter(Files::isDirectory)).isEmpty();
        }
    }

    @Test
    void refusesToBuildWhatTheDiskCannotHold() {
        BrokenLauncher launcher = new BrokenLauncher();
        SnapshotStore store = new SnapshotStore(cache, launcher, directory -> 10L << 20);

        assertThatThrownBy(() -> store.obtain(SPEC, 42, BuildProgress.SILENT))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("building the dataset test takes about 121 MB, but " + cache.resolve("snapshots")
                        + " has 10 MB left")
                .asInstanceOf(type(EnvironmentException.class))
                .extracting(EnvironmentException::remedy)
                .isEqualTo(
                        "run `harness clean` to remove snapshots, set HARNESS_CACHE to a directory on a larger disk, or"
                                + " lower dataset.scale");
        assertThat(launcher.initialised).isZero();
    }

    @Test
    void saysWhatToDoWhenTheCacheCannotBeWritten() throws Exception {
        Path file = Files.writeString(cache.resolve("a-file"), "not a directory");
        SnapshotStore store = new SnapshotStore(file, new BrokenLauncher());

        assertThatThrownBy(() -> store.obtain(SPEC, 42, BuildProgress.SILENT))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageStartingWith("cannot keep datasets in " + file.resolve("snapshots") + ": ")
                .asInstanceOf(type(EnvironmentException.class))
                .extracting(EnvironmentException::remedy)
                .isEqualTo("make the directory writable, or set HARNESS_CACHE to one that is");
    }

    @Test
    void nextBuildRemovesWhatAKilledOneLeft() throws Exception {
        Path left = Files.createDirectories(cache.resolve("snapshots/building-" + OTHER + "/data"));
        SnapshotStore store = new SnapshotStore(cache, new BrokenLauncher());

        assertThatThrownBy(() -> store.obtain(SPEC, 42, BuildProgress.SILENT)).hasMessage("no server starts here");

        assertThat(left.getParent()).doesNotExist();
    }

    @Test
    void nextBuildLeavesARunningOneAlone() throws Exception {
        Path running = Files.createDirectories(cache.resolve("snapshots/building-" + OTHER + "/data"));
        SnapshotStore store = new SnapshotStore(cache, new BrokenLauncher());

        try (SnapshotLock lock = SnapshotLock.take(cache.resolve("snapshots").resolve(OTHER + ".lock"))) {
            assertThatThrownBy(() -> store.obtain(SPEC, 42, BuildProgress.SILENT))
                    .hasMessage("no server starts here");
        }

        assertThat(running).exists();
    }

    @Test
    void waitingForAnotherBuildCanBeInterrupted() throws Exception {
        SnapshotStore store = new SnapshotStore(cache, new BrokenLauncher());
        String fingerprint = Fingerprint.of(SPEC, 42, "18.6", Fingerprint.platform());
        Files.createDirectories(cache.resolve("snapshots"));

        try (SnapshotLock lock = SnapshotLock.take(cache.resolve("snapshots").resolve(fingerprint + ".lock"))) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> store.obtain(SPEC, 42, BuildProgress.SILENT))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    /** A whole snapshot of some bytes. */
    private Snapshot kept(String fingerprint, long bytes) throws Exception {
        Path directory = Files.createDirectories(cache.resolve("snapshots").resolve(fingerprint));
        Path data = Files.createDirectories(directory.resolve("data/base"));
        Files.writeString(data.resolve("1"), "abc");
        Files.writeString(data.resolveSibling("PG_VERSION"), "18");
        SnapshotManifest.write(directory);
        Snapshot snapshot = new Snapshot("test", fingerprint, directory, Map.of("t", 1_000L), bytes, 0);
        SnapshotFile.write(directory, snapshot);
        return snapshot;
    }

    private static String fingerprint() {
        return Fingerprint.of(SPEC, 42, "18.6", Fingerprint.platform());
    }

    @Test
    void findsListsAndRemovesWhatIsThere() throws Exception {
        Snapshot kept = kept(fingerprint(), 5_000);
        SnapshotStore store = new SnapshotStore(cache, new BrokenLauncher());

        assertThat(store.obtain(SPEC, 42, BuildProgress.SILENT)).isEqualTo(kept);
        store.close();
        assertThat(store.list()).extracting(KeptSnapshot::snapshot).containsExactly(kept);
        assertThat(store.remove(kept)).isTrue();
        assertThat(store.list()).isEmpty();
        assertThat(kept.directory()).doesNotExist();
    }

    @Test
    void whatIsInUseStays() throws Exception {
        Snapshot kept = kept(fingerprint(), 5_000);
        SnapshotStore user = new SnapshotStore(cache, new BrokenLauncher());
        SnapshotStore other = new SnapshotStore(cache, new BrokenLauncher());
        user.obtain(SPEC, 42, BuildProgress.SILENT);

        assertThat(other.list()).extracting(KeptSnapshot::inUse).containsExactly(true);
        assertThat(other.remove(kept)).isFalse();
        assertThat(other.prune(new CacheLimits(0, Duration.ZERO))).isEmpty();
        assertThat(kept.directory()).exists();
        user.close();
        assertThat(other.list()).extracting(KeptSnapshot::inUse).containsExactly(false);
        assertThat(other.prune(new CacheLimits(0, Duration.ZERO)))
                .extracting(KeptSnapshot::snapshot)
                .containsExactly(kept);
        assertThat(kept.directory()).doesNotExist();
    }

    @Test
    void whatAnotherProcessUsesStays() throws Exception {
        Snapshot kept = kept(fingerprint(), 5_000);
        SnapshotStore store = new SnapshotStore(cache, new BrokenLauncher());
        Path use = cache.resolve("snapshots").resolve(fingerprint() + ".use");

        Process holder = LockHolder.startShared(use);
        try {
            assertThat(store.remove(kept)).isFalse();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(store.remove(kept)).isTrue();
    }

    static List<Arguments> damages() {
        return List.of(
                arguments("data/base/1", "abcd", "base/1 has 4 bytes instead of 3"),
                arguments("data/base/2", "", "base/2 does not belong to it"),
                arguments("data/PG_VERSION", "-", "PG_VERSION is missing"),
                arguments("manifest.txt", "", "the checksum of its manifest.txt is wrong"),
                arguments("manifest.txt", "-", "it has no manifest.txt"),
                arguments("snapshot.json", "{", "its description cannot be read"));
    }

    /** @param content {@code -}: the file is removed */
    @ParameterizedTest
    @MethodSource("damages")
    void aDamagedSnapshotIsBuiltAgain(String file, String content, String expected) throws Exception {
        Snapshot kept = kept(fingerprint(), 5_000);
        Path damaged = kept.directory().resolve(file);
        if (content.equals("-")) {
            Files.delete(damaged);
        } else {
            Files.writeString(damaged, content);
        }
        BrokenLauncher launcher = new BrokenLauncher();
        List<String> phases = new ArrayList<>();
        BuildProgress progress = new BuildProgress() {
            @Override
            public void phase(String phase) {
                phases.add(phase);
            }

            @Override
            public void rows(String table, long done, long total, double rowsPerSecond) {}
        };

        assertThatThrownBy(() -> new SnapshotStore(cache, launcher).obtain(SPEC, 42, progress))
                .hasMessage("no server starts here");

        assertThat(launcher.initialised).as("building").isEqualTo(1);
        assertThat(phases.getFirst())
                .isEqualTo("the snapshot " + fingerprint().substring(0, 12) + " is damaged (" + expected
                        + "), so it is built again");
    }

    @Test
    void aBuildMakesRoomWithinTheCachesLimits() throws Exception {
        Snapshot old = kept("a".repeat(64), 10_000);
        Snapshot recent = kept("b".repeat(64), 10_000);
        Files.createFile(cache.resolve("snapshots").resolve("b".repeat(64) + ".used"));
        Files.setLastModifiedTime(old.directory(), FileTime.from(Instant.now().minus(Duration.ofDays(3))));
        long room = DiskEstimate.of(SPEC).peakBytes() + 10_000;
        SnapshotStore store = new SnapshotStore(
                cache,
                new BrokenLauncher(),
                directory -> Long.MAX_VALUE,
                Optional.of(new CacheLimits(room, Duration.ofDays(10))));

        assertThatThrownBy(() -> store.obtain(SPEC, 42, BuildProgress.SILENT)).hasMessage("no server starts here");

        assertThat(store.list()).extracting(KeptSnapshot::snapshot).containsExactly(recent);
    }

    @Test
    void directoryWithoutItsDescriptionIsNoSnapshot() throws Exception {
        String fingerprint = Fingerprint.of(SPEC, 42, "18.6", Fingerprint.platform());
        Files.createDirectories(cache.resolve("snapshots").resolve(fingerprint).resolve("data"));
        BrokenLauncher launcher = new BrokenLauncher();

        assertThat(new SnapshotStore(cache, launcher).list()).isEmpty();
        assertThatThrownBy(() -> new SnapshotStore(cache, launcher).obtain(SPEC, 42, BuildProgress.SILENT))
                .hasMessage("no server starts here");
        assertThat(launcher.initialised).isEqualTo(1);
    }
}
