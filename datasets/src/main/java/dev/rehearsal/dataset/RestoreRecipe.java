package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoreFormat;
import dev.rehearsal.scenario.RestoreSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Rows that come from a dump or a backup. */
record RestoreRecipe(RestoreSpec spec, ServerLauncher launcher, ContentDigest digests) implements SnapshotRecipe {
    /** To be raised whenever the same file gives another snapshot. */
    private static final int VERSION = 1;

    @Override
    public String name() {
        return spec.name();
    }

    /** The seed is not in it: nothing here is random. */
    @Override
    public String fingerprint() throws EnvironmentException, IOException, InterruptedException {
        return Fingerprint.of(Map.of(
                "restore", Integer.toString(VERSION),
                "server", launcher.build(),
                "platform", launcher.platform(),
                "format", spec.format().name(),
                "content", digests.of(spec.source()),
                "database", spec.database().orElse("")));
    }

    @Override
    public long peakBytes() throws IOException {
        return RestoreEstimate.of(spec).peakBytes();
    }

    @Override
    public String title() {
        return "restoring " + name();
    }

    @Override
    public String roomRemedy() {
        return "run `harness clean` to remove snapshots, or set " + CacheDirectory.VARIABLE
                + " to a directory on a larger disk";
    }

    @Override
    public Map<String, Long> build(Path directory, BuildProgress progress)
            throws EnvironmentException, InvalidScenarioException, InterruptedException, IOException {
        Path data = directory.resolve("data");
        if (spec.format() == RestoreFormat.BASE_BACKUP_DIRECTORY || spec.format() == RestoreFormat.BASE_BACKUP_TAR) {
            RestoredFile restored = new BaseBackup(spec, launcher, progress).build(data);
            restored.write(directory);
            return restored.tables().rows();
        }
        DumpRestore restore = new DumpRestore(spec, progress);
        Map<String, Long> rows = new DatasetBuilder(launcher).build(title(), data, progress, restore::load);
        restore.restored().write(directory);
        return rows;
    }
}
