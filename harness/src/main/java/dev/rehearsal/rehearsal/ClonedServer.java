package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.dataset.CacheDirectory;
import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.dataset.SnapshotStore;
import dev.rehearsal.environment.RuntimeChooser;
import dev.rehearsal.environment.ServerRuntime;
import dev.rehearsal.migration.BaselineRun;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A plain server over a clone of a scenario's dataset with its baseline, without load and instruments, for as long as one question takes. */
final class ClonedServer {
    private static final Journal NOWHERE = event -> {};

    private ClonedServer() {}

    /** What is asked of it. */
    @FunctionalInterface
    interface Question<T> {
        /** @param jdbcUrl for further sessions to the same database */
        T ask(Connection connection, String jdbcUrl) throws SQLException, InterruptedException;
    }

    /**
     * @param purpose what other runs on this machine are told
     * @param building told about the dataset's build, if it has to be built
     * @throws EnvironmentException also if the server goes away meanwhile
     */
    static <T> T ask(Scenario scenario, String purpose, BuildProgress building, Question<T> question)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        Path cache = CacheDirectory.resolve();
        try (Deletion deletion = new Deletion();
                Workspace workspace = Workspace.open(
                        cache, scenario.name() + " (" + purpose + ")", deletion, RunClock.started(), NOWHERE);
                ServerRuntime runtime = new RuntimeChooser(cache).choose(scenario.environment(), scenario.seed());
                SnapshotStore snapshots = new SnapshotStore(cache, runtime.servers())) {
            Snapshot snapshot = snapshots.obtain(scenario.dataset(), scenario.seed(), building);
            Cloner.Clone clone = workspace.clone(snapshot, "asked");
            try (ServerLauncher.RunningServer server =
                    runtime.servers().start(clone.directory(), RunFacts.databaseSetting(scenario, 1))) {
                String url = server.jdbcUrl(Snapshot.DATABASE);
                BaselineRun.apply(scenario.migration().baseline(), url);
                try (Connection connection = DriverManager.getConnection(url)) {
                    return question.ask(connection, url);
                }
            } catch (SQLException e) {
                throw new EnvironmentException(
                        "a server without load failed (" + purpose + "): " + e.getMessage(),
                        "if it is a statement of the migration that fails, harness inspect says which and why",
                        e);
            }
        }
    }
}
