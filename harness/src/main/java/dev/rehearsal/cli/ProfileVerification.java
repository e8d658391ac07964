package dev.rehearsal.cli;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.dataset.CacheDirectory;
import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.dataset.SnapshotStore;
import dev.rehearsal.environment.RuntimeChooser;
import dev.rehearsal.environment.ServerRuntime;
import dev.rehearsal.profile.ProductionProfiler;
import dev.rehearsal.profile.ProductionServer;
import dev.rehearsal.profile.ProfileFolder;
import dev.rehearsal.profile.StatisticsComparison;
import dev.rehearsal.profile.TableStatistics;
import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.ExistingSpec;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoreSpec;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Builds a profile's dataset as a rehearsal would, and compares its statistics with production's. */
record ProfileVerification(ProfileFolder folder, Map<String, String> overrides) {
    /** Makes the snapshot, or finds it in the cache; asks a server over a clone of it. */
    StatisticsComparison run(BuildProgress progress)
            throws EnvironmentException, InvalidScenarioException, InterruptedException {
        List<TableStatistics> production = folder.readStatistics();
        Scenario scenario = ScenarioLoader.load(folder.scenario(), overrides);
        Path cache = CacheDirectory.resolve();
        try (ServerRuntime runtime = new RuntimeChooser(cache).choose(scenario.environment(), scenario.seed())) {
            Snapshot snapshot =
                    new SnapshotStore(cache, runtime.servers()).obtain(scenario.dataset(), scenario.seed(), progress);
            List<TableStatistics> synthetic = statistics(snapshot, runtime, cache);
            return StatisticsComparison.of(production, synthetic, followed(scenario));
        }
    }

    private static List<TableStatistics> statistics(Snapshot snapshot, ServerRuntime runtime, Path cache)
            throws EnvironmentException, InterruptedException {
        try {
            Path clone = Files.createTempDirectory(cache, "verify-");
            try {
                Path data = clone.resolve("data");
                Cloner.between(snapshot.dataDirectory(), clone).copy(snapshot.dataDirectory(), data);
                try (ServerLauncher.RunningServer server = runtime.servers().start(data, Map.of());
                        ProductionServer asked = ProductionServer.connect(
                                server.jdbcUrl(Snapshot.DATABASE), Map.of(), address -> Optional.empty())) {
                    return new ProductionProfiler(asked, false).statistics();
                }
            } finally {
                DirectoryTree.delete(clone);
            }
        } catch (IOException failure) {
            throw new EnvironmentException(
                    "cannot clone the dataset in " + cache + ": " + failure,
                    "make room on its disk, or set " + CacheDirectory.VARIABLE + " to another directory",
                    failure);
        }
    }

    /** Every column that has a generator; none of a database that is restored. */
    private static Set<String> followed(Scenario scenario) {
        return switch (scenario.dataset()) {
            case DatasetSpec made ->
                made.definition().tables().values().stream()
                        .flatMap(ProfileVerification::columns)
                        .collect(Collectors.toSet());
            case RestoreSpec restored -> Set.of();
            case ExistingSpec existing -> Set.of();
        };
    }

    private static Stream<String> columns(DatasetDefinition.TableDefinition table) {
        return table.columns().keySet().stream().map(column -> table.name() + "." + column);
    }

    /**
     * Prints what was compared.
     *
     * <pre>
     *   orders
     *     status        distinct             4             4
     *     created_at    correlation      0.998         0.997
     *     …
     *   worst: orders.amount distinct, 41,022 in production and 38,900 here: 0.2 of the tolerance
     * </pre>
     */
    static void print(StatisticsComparison comparison, PrintWriter out) {
        out.printf(Locale.ROOT, "  %-44s %-30s %16s %16s%n", "", "", "production", "synthetic");
        for (StatisticsComparison.Figure figure : comparison.figures()) {
            out.printf(
                    Locale.ROOT,
                    "%s %-44s %-30s %16s %16s%n",
                    figure.tolerable() ? " " : "!",
                    figure.subject(),
                    figure.name(),
                    figure.production(),
                    figure.synthetic());
        }
        if (!comparison.notFollowed().isEmpty()) {
            out.println("left to their defaults, not compared: " + String.join(", ", comparison.notFollowed()));
        }
        if (!comparison.missing().isEmpty()) {
            out.println("without rows: " + String.join(", ", comparison.missing()));
        }
        comparison
                .worst()
                .ifPresent(worst -> out.printf(
                        Locale.ROOT,
                        "worst: %s %s, %s in production and %s here: %.1f of the tolerance%n",
                        worst.subject(),
                        worst.name(),
                        worst.production(),
                        worst.synthetic(),
                        worst.deviation()));
        out.println(comparison.tolerable() ? "within all tolerances" : "beyond a tolerance");
        out.flush();
    }
}
