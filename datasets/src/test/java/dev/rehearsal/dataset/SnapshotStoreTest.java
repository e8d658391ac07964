package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void findsListsAndRemovesWhatIsThere() throws Exception {
        String fingerprint = Fingerprint.of(SPEC, 42, "18.6", Fingerprint.platform());
        Path directory = Files.createDirectories(cache.resolve("snapshots").resolve(fingerprint));
        Files.createDirectories(directory.resolve("data"));
        SnapshotFile.write(directory, new Snapshot("test", fingerprint, directory, Map.of("t", 1_000L), 5_000, 1.5));
        Snapshot found = new Snapshot("test", fingerprint, directory, Map.of("t", 1_000L), 5_000, 0);
        SnapshotStore store = new SnapshotStore(cache, new BrokenLauncher());

        assertThat(store.obtain(SPEC, 42, BuildProgress.SILENT)).isEqualTo(found);
        assertThat(store.list()).containsExactly(found);
        store.remove(found);
        assertThat(store.list()).isEmpty();
        assertThat(directory).doesNotExist();
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
