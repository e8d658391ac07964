package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.dataset.SnapshotStore;
import dev.rehearsal.dataset.Writeback;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.RuntimeChooser;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.environment.ServerRuntime;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import java.nio.file.Path;

/** Servers of the harness's own, each over a clone of the dataset's snapshot. */
final class OwnGrounds implements Grounds {
    private final Scenario scenario;
    private final Workspace workspace;
    private final ServerRuntime runtime;
    private final SnapshotStore snapshots;
    private final Snapshot snapshot;
    private final double buildSeconds;
    private final Path runDirectory;
    private final RunClock clock;
    private final Journal journal;

    private OwnGrounds(
            Scenario scenario,
            Workspace workspace,
            ServerRuntime runtime,
            SnapshotStore snapshots,
            Snapshot snapshot,
            double buildSeconds,
            Path runDirectory,
            RunClock clock,
            Journal journal) {
        this.scenario = scenario;
        this.workspace = workspace;
        this.runtime = runtime;
        this.snapshots = snapshots;
        this.snapshot = snapshot;
        this.buildSeconds = buildSeconds;
        this.runDirectory = runDirectory;
        this.clock = clock;
        this.journal = journal;
    }

    /**
     * Chooses where the servers run, and has the dataset built if there is no snapshot of it.
     *
     * @param buildSeconds that were spent on the scenario's snapshot already, see {@link Restoration}
     */
    static OwnGrounds chosen(
            Scenario scenario,
            double buildSeconds,
            Workspace workspace,
            Path cache,
            Path runDirectory,
            Progress progress,
            RunClock clock,
            Journal journal)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        ServerRuntime runtime = new RuntimeChooser(cache).choose(scenario.environment(), scenario.seed());
        boolean complete = false;
        try {
            SnapshotStore snapshots = new SnapshotStore(cache, runtime.servers());
            try {
                Snapshot snapshot = snapshots.obtain(scenario.dataset(), scenario.seed(), progress.building());
                complete = true;
                return new OwnGrounds(
                        scenario,
                        workspace,
                        runtime,
                        snapshots,
                        snapshot,
                        buildSeconds + snapshot.buildSeconds(),
                        runDirectory,
                        clock,
                        journal);
            } finally {
                if (!complete) {
                    snapshots.close();
                }
            }
        } finally {
            if (!complete) {
                runtime.close();
            }
        }
    }

    @Override
    public Plot timeline() throws InvalidScenarioException, EnvironmentException, InterruptedException {
        StaticView.predict(scenario, snapshot, snapshots, runtime.servers(), workspace, clock, journal);
        Cloner.Clone clone = workspace.clone(snapshot, "run");
        journal.record(RunFacts.of(snapshot, buildSeconds, clone, clock));
        for (String note : SnapshotStore.notes(snapshot)) {
            journal.record(new RunEvent.Noted(clock.nowNanos(), note));
        }
        ServerDisk disk = workspace.disk(scenario.environment(), clone, runDirectory);
        disk.description().ifPresent(text -> journal.record(new RunEvent.Noted(clock.nowNanos(), text)));
        return new ClonedPlot(clone, disk, 1, runDirectory);
    }

    @Override
    public Plot further(int number, Path logs, Journal own) throws EnvironmentException, InterruptedException {
        Cloner.Clone clone = workspace.clone(snapshot, "run-" + number);
        own.record(RunFacts.of(snapshot, buildSeconds, clone, clock));
        return new ClonedPlot(clone, ServerDisk.ORDINARY, number, logs);
    }

    /** One clone, and the disk that it lies on. */
    private final class ClonedPlot implements Plot {
        private final Cloner.Clone clone;
        private final ServerDisk disk;
        private final int database;
        private final Path logs;

        ClonedPlot(Cloner.Clone clone, ServerDisk disk, int database, Path logs) {
            this.clone = clone;
            this.disk = disk;
            this.database = database;
            this.logs = logs;
        }

        @Override
        public Environment start() throws EnvironmentException {
            return runtime.start(
                    scenario.environment(),
                    clone.directory(),
                    RunFacts.settings(scenario, database),
                    RunFacts.connections(scenario),
                    logs);
        }

        @Override
        public ServerDisk disk() {
            return disk;
        }

        @Override
        public Writeback writeback() {
            return Writeback.begun(clone.directory().getParent());
        }

        @Override
        public void close() throws EnvironmentException {
            disk.close();
        }
    }

    @Override
    public Fresh start(String name, int replicas, int database) throws EnvironmentException, InterruptedException {
        return new FreshServers(snapshot, workspace, runtime, scenario, runDirectory).start(name, replicas, database);
    }

    @Override
    public void close() throws EnvironmentException {
        try {
            snapshots.close();
        } finally {
            runtime.close();
        }
    }
}
