package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.DatasetLoad;
import dev.rehearsal.dataset.DescribedDatabase;
import dev.rehearsal.dataset.Writeback;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.ExternalRuntime;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.load.BuildingInjectors;
import dev.rehearsal.load.Load;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.ExistingSpec;
import dev.rehearsal.scenario.Injectors;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoreSpec;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Databases of ours on a server that is not: the dataset is built there once a run, and copied for the timeline and for each drill. */
final class ExternalGrounds implements Grounds {
    private static final String LAG_UNKNOWN =
            "How far replicas are behind is not known; a limit on it is inconclusive. Reads from them are timed like others.";

    private static final String COPIED = "create database … template";

    private final ExternalRuntime runtime;
    private final String dataset;
    private final String fingerprint;
    private final ExternalRuntime.Built built;
    private final RunClock clock;
    private final Journal journal;

    private ExternalGrounds(
            ExternalRuntime runtime,
            String dataset,
            String fingerprint,
            ExternalRuntime.Built built,
            RunClock clock,
            Journal journal) {
        this.runtime = runtime;
        this.dataset = dataset;
        this.fingerprint = fingerprint;
        this.built = built;
        this.clock = clock;
        this.journal = journal;
    }

    /**
     * Connects, sweeps, and builds the dataset there, unless it is there.
     *
     * @param load whose injectors build the dataset, where they are more than one or elsewhere
     * @param outputs where what commands print is kept
     */
    static ExternalGrounds opened(
            Scenario scenario, Load load, Path cache, Path outputs, Progress progress, RunClock clock, Journal journal)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        ExternalRuntime runtime = ExternalRuntime.opened(
                scenario.environment(),
                System.getenv(),
                cache,
                scenario.seed(),
                RunFacts.connections(scenario),
                scenario.dataset() instanceof ExistingSpec,
                outputs);
        boolean complete = false;
        try {
            Optional<String> lagRefusal = runtime.lagRefusal();
            if (lagRefusal.isPresent()) {
                refuseToWait(scenario, lagRefusal.get());
                journal.record(new RunEvent.InstrumentLimited(
                        clock.nowNanos(),
                        RunEvent.InstrumentLimited.REPLICA_LAG,
                        lagRefusal.get(),
                        LAG_UNKNOWN,
                        OptionalLong.empty()));
            }
            runtime.notes().forEach(note -> journal.record(new RunEvent.Noted(clock.nowNanos(), note)));
            String name = scenario.dataset().name();
            String fingerprint;
            ExternalRuntime.Built built;
            switch (scenario.dataset()) {
                case DatasetSpec made -> {
                    Optional<BuildingInjectors> builders = builders(scenario, load, progress);
                    built = runtime.build(made, scenario.seed(), builders.map(each -> each), progress.building());
                    builders.ifPresent(each -> journal.record(new RunEvent.Noted(clock.nowNanos(), each.note())));
                    fingerprint = DatasetLoad.fingerprint(made, scenario.seed(), runtime.serverVersion());
                }
                case ExistingSpec existing -> {
                    DescribedDatabase there = ExternalRuntime.described(scenario.environment(), System.getenv());
                    there.notes().forEach(note -> journal.record(new RunEvent.Noted(clock.nowNanos(), note)));
                    built = runtime.take(there);
                    fingerprint = DatasetLoad.fingerprint(name, there.tables(), runtime.serverVersion());
                }
                case RestoreSpec restored ->
                    throw new IllegalArgumentException("the loader refuses " + restored.name() + " beside a url");
            }
            complete = true;
            return new ExternalGrounds(runtime, name, fingerprint, built, clock, journal);
        } finally {
            if (!complete) {
                runtime.close();
            }
        }
    }

    private static Optional<BuildingInjectors> builders(Scenario scenario, Load load, Progress progress)
            throws EnvironmentException, InterruptedException {
        Injectors injectors = scenario.workload().injectors();
        injectors.at().ifPresent(at -> progress.preparing("waiting for " + injectors.count() + " injectors at " + at));
        return load.builders();
    }

    /** Who waits for a lag that nobody can tell would not wait at all. */
    private static void refuseToWait(Scenario scenario, String reason) throws EnvironmentException {
        Optional<Step> waiting = Stream.concat(
                        scenario.migration().steps().stream(), scenario.migration().rollback().stream())
                .filter(ExternalGrounds::waitsForReplicas)
                .findFirst();
        if (waiting.isPresent()) {
            throw new EnvironmentException(
                    "the step " + waiting.get().name() + " waits for the lag of replicas, which is not known: "
                            + reason,
                    "Grant the role execute on pg_current_wal_lsn() and pg_last_wal_replay_lsn(), or leave out replicaLag.");
        }
    }

    private static boolean waitsForReplicas(Step step) {
        return step instanceof Step.WaitStep
                || (step instanceof Step.BackfillStep backfill
                        && backfill.backfill().throttle().replicaLag().isPresent());
    }

    @Override
    public Plot timeline() throws EnvironmentException {
        long begun = System.nanoTime();
        Environment environment = runtime.start("run", true);
        journal.record(new RunEvent.DatasetReady(
                clock.nowNanos(),
                dataset,
                fingerprint,
                built.rows(),
                built.bytes(),
                built.seconds(),
                (System.nanoTime() - begun) / 1e9,
                COPIED));
        return new CopiedPlot(environment);
    }

    @Override
    public Plot further(int number, Path logs, Journal own) {
        throw new IllegalArgumentException("the loader refuses several databases beside a url");
    }

    /** One copy. Who has its environment closes it. */
    private record CopiedPlot(Environment environment) implements Plot {
        @Override
        public Environment start() {
            return environment;
        }

        @Override
        public ServerDisk disk() {
            return ServerDisk.ORDINARY;
        }

        @Override
        public Writeback writeback() {
            return Writeback.none();
        }

        @Override
        public void close() {}
    }

    @Override
    public Fresh start(String name, int replicas, int database) throws EnvironmentException {
        return new Fresh(runtime.start(name, false), () -> {});
    }

    @Override
    public void close() throws EnvironmentException {
        runtime.close();
    }
}
