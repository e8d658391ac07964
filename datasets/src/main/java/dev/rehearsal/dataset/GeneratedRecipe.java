package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.nio.file.Path;
import java.util.Map;

/** Rows that are made up. */
record GeneratedRecipe(DatasetSpec spec, long seed, ServerLauncher launcher) implements SnapshotRecipe {
    @Override
    public String name() {
        return spec.definition().name();
    }

    @Override
    public String fingerprint() throws EnvironmentException {
        return Fingerprint.of(spec, seed, launcher.build(), launcher.platform());
    }

    @Override
    public long peakBytes() {
        return DiskEstimate.of(spec).peakBytes();
    }

    @Override
    public String title() {
        return "building the dataset " + name();
    }

    @Override
    public String roomRemedy() {
        return "run `harness clean` to remove snapshots, set " + CacheDirectory.VARIABLE
                + " to a directory on a larger disk, or lower dataset.scale";
    }

    @Override
    public Map<String, Long> build(Path directory, BuildProgress progress)
            throws EnvironmentException, InvalidScenarioException, InterruptedException {
        return new DatasetBuilder(launcher)
                .build(
                        title(),
                        directory.resolve("data"),
                        progress,
                        url -> new BulkLoader(spec, seed, progress).load(url));
    }
}
