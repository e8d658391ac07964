package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.dataset.SnapshotStore;
import dev.rehearsal.inspect.Inspection;
import dev.rehearsal.inspect.Inspector;
import dev.rehearsal.inspect.TableSizes;
import dev.rehearsal.migration.BaselineRun;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Looks at a scenario's migration without load: on a server of its own, which is gone afterwards. */
public final class StaticView {
    private static final int MOST_NOTES = 5;

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
                (connection, url) -> Inspector.inspect(
                        scenario.migration(),
                        scenario.workload(),
                        TableSizes.of(connection),
                        connection,
                        new AskedTools(url)));
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
        Map<String, String> settings = new HashMap<>(RunFacts.databaseSetting(scenario, 1));
        settings.put("fsync", "off");
        try (ServerLauncher.RunningServer server = servers.start(clone.directory(), settings)) {
            String url = server.jdbcUrl(Snapshot.DATABASE);
            BaselineRun.apply(scenario.migration().baseline(), url);
            try (Connection copy = DriverManager.getConnection(url)) {
                Inspection inspection = Inspector.inspect(
                        scenario.migration(), scenario.workload(), sizes(filled, copy), copy, new AskedTools(url));
                inspection.statements().forEach(view -> journal.record(at(clock.nowNanos(), view.prediction())));
                notes(inspection).forEach(note -> journal.record(new RunEvent.Noted(clock.nowNanos(), note)));
            }
        } catch (SQLException | InvalidScenarioException e) {
            // The baseline may need rows that only the clone under load has; where it needs others, that run says so.
            journal.record(new RunEvent.Noted(
                    clock.nowNanos(), "the migration could not be inspected beforehand: " + e.getMessage()));
        } finally {
            workspace.delete(clone);
        }
    }

    private static List<String> notes(Inspection inspection) {
        List<String> sentences = Stream.concat(inspection.unread().stream(), inspection.remarks().stream())
                .toList();
        int more = sentences.size() - MOST_NOTES;
        List<String> notes = new ArrayList<>();
        sentences.stream().limit(MOST_NOTES).forEach(sentence -> notes.add("Static view: " + sentence + "."));
        if (more > 0) {
            notes.add("Static view: " + more + " more of the kind; harness inspect has them.");
        }
        return notes;
    }

    /** As they will be: of the dataset's tables, and of those that the baseline makes. */
    private static TableSizes sizes(Snapshot filled, Connection copy) throws SQLException {
        Map<String, TableSizes.Size> sizes = new HashMap<>(TableSizes.of(copy).tables());
        filled.rows().forEach((table, rows) -> sizes.put(table, new TableSizes.Size(rows, 0)));
        return new TableSizes(sizes);
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
