package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.CacheDirectory;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.dataset.SnapshotStore;
import dev.rehearsal.environment.ExternalRuntime;
import dev.rehearsal.environment.RuntimeChooser;
import dev.rehearsal.environment.ServerRuntime;
import dev.rehearsal.scenario.AddedMigrations;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.ExistingSpec;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoreSpec;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A scenario whose tables are known. Those of a database that is there already are asked of its server, and those of one that is restored are known when it has been: so that comes first, and the scenario is read
 * once more, checked against what the server says, with the traffic made up that its file may have left out.
 *
 * @param buildSeconds that restoring took; 0 if the snapshot was there, or nothing is restored
 */
public record Restoration(Scenario scenario, double buildSeconds) {

    /**
     * Restores what the scenario wants restored, unless the cache has it.
     *
     * @param overrides that the scenario was read with
     * @param added what a branch adds, if only that is rehearsed
     * @throws InvalidScenarioException if the dump is damaged, or the scenario speaks of tables that are not in it
     */
    public static Restoration of(
            Scenario scenario, Map<String, String> overrides, Optional<AddedMigrations> added, Progress progress)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        return switch (scenario.dataset()) {
            case DatasetSpec made -> new Restoration(scenario, 0);
            case RestoreSpec restore -> restored(scenario, overrides, added, progress);
            case ExistingSpec existing ->
                new Restoration(
                        ScenarioLoader.load(
                                scenario.file(),
                                overrides,
                                Optional.of(ExternalRuntime.described(scenario.environment(), System.getenv())
                                        .tables()),
                                added),
                        0);
        };
    }

    private static Restoration restored(
            Scenario scenario, Map<String, String> overrides, Optional<AddedMigrations> added, Progress progress)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        Path cache = CacheDirectory.resolve();
        try (ServerRuntime runtime = new RuntimeChooser(cache).choose(scenario.environment(), scenario.seed());
                SnapshotStore snapshots = new SnapshotStore(cache, runtime.servers())) {
            Snapshot snapshot = snapshots.obtain(scenario.dataset(), scenario.seed(), progress.building());
            return new Restoration(
                    ScenarioLoader.load(scenario.file(), overrides, SnapshotStore.tables(snapshot), added),
                    snapshot.buildSeconds());
        }
    }
}
