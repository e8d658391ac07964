package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.dataset.SnapshotStore;
import dev.rehearsal.inspect.Inspection;
import dev.rehearsal.inspect.Inspector;
import dev.rehearsal.inspect.TableSizes;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.ExistingSpec;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoreSpec;
import dev.rehearsal.scenario.Scenario;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Looks at a scenario's migration without load: on a server of its own, which is gone afterwards. */
public final class StaticView {
    private StaticView() {}

    /**
     * Over a clone of the dataset.
     *
     * @param building told about the dataset's build, if it has to be built
     */
    public static Inspection of(Scenario scenario, BuildProgress building)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        return ClonedServer.ask(
                scenario,
                "inspected",
                building,
                connection -> Inspector.inspect(
                        scenario.migration(), scenario.workload(), TableSizes.of(connection), connection));
    }

    /**
     * Journals what the static view says of a migration that is about to be rehearsed. It is looked at over an empty dataset of the same schema, so that a
     * large one is not cloned once more. That it could not be had is noted, and breaks nothing.
     *
     * @param filled what the rehearsal starts from
     */
    static void predict(
            Scenario scenario,
            Snapshot filled,
            SnapshotStore snapshots,
            ServerLauncher servers,
            Workspace workspace,
            RunClock clock,
            Journal journal)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        // What was restored cannot be had without its rows.
        Snapshot empty = switch (scenario.dataset()) {
            case DatasetSpec made -> snapshots.obtain(emptied(made), scenario.seed(), BuildProgress.SILENT);
            case RestoreSpec restored -> filled;
            case ExistingSpec existing -> filled;
        };
        Cloner.Clone clone = workspace.clone(empty, "inspected");
        Map<String, TableSizes.Size> sizes = new HashMap<>();
        filled.rows().forEach((table, rows) -> sizes.put(table, new TableSizes.Size(rows, 0)));
        Map<String, String> settings = new HashMap<>(RunFacts.databaseSetting(scenario, 1));
        settings.put("fsync", "off");
        try (ServerLauncher.RunningServer server = servers.start(clone.directory(), settings);
                Connection copy = DriverManager.getConnection(server.jdbcUrl(Snapshot.DATABASE))) {
            Inspection inspection =
                    Inspector.inspect(scenario.migration(), scenario.workload(), new TableSizes(sizes), copy);
            inspection.statements().forEach(view -> journal.record(at(clock.nowNanos(), view.prediction())));
        } catch (SQLException e) {
            journal.record(new RunEvent.Noted(
                    clock.nowNanos(), "the migration could not be inspected beforehand: " + e.getMessage()));
        } finally {
            workspace.delete(clone);
        }
    }

    private static DatasetSpec emptied(DatasetSpec dataset) {
        Map<String, Long> none = new HashMap<>();
        dataset.definition().tables().keySet().forEach(table -> none.put(table, 0L));
        return new DatasetSpec(dataset.definition(), dataset.scale(), none);
    }

    private static StatementPredicted at(long nanos, StatementPredicted prediction) {
        return new StatementPredicted(
                nanos,
                prediction.step(),
                prediction.statement(),
                prediction.stepName(),
                prediction.phase(),
                prediction.sql(),
                prediction.location(),
                prediction.notAnalysed(),
                prediction.refusal(),
                prediction.locksKnown(),
                prediction.locks(),
                prediction.rewrites(),
                prediction.scansKnown(),
                prediction.scans(),
                prediction.indexes(),
                prediction.hazards());
    }
}
