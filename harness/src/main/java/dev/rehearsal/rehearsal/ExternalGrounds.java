package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.DatasetLoad;
import dev.rehearsal.dataset.Writeback;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.ExternalRuntime;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoreSpec;
import dev.rehearsal.scenario.Scenario;
import java.nio.file.Path;

/** Databases of ours on a server that is not: the dataset is built there once a run, and copied for the timeline and for each drill. */
final class ExternalGrounds implements Grounds {
    private static final String COPIED = "create database … template";

    private final long seed;
    private final ExternalRuntime runtime;
    private final DatasetSpec dataset;
    private final ExternalRuntime.Built built;
    private final RunClock clock;
    private final Journal journal;

    private ExternalGrounds(
            long seed,
            ExternalRuntime runtime,
            DatasetSpec dataset,
            ExternalRuntime.Built built,
            RunClock clock,
            Journal journal) {
        this.seed = seed;
        this.runtime = runtime;
        this.dataset = dataset;
        this.built = built;
        this.clock = clock;
        this.journal = journal;
    }

    /** Connects, sweeps, and builds the dataset there. */
    static ExternalGrounds opened(Scenario scenario, Path cache, Progress progress, RunClock clock, Journal journal)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        ExternalRuntime runtime = ExternalRuntime.opened(
                scenario.environment(), System.getenv(), cache, scenario.seed(), RunFacts.connections(scenario));
        boolean complete = false;
        try {
            runtime.notes().forEach(note -> journal.record(new RunEvent.Noted(clock.nowNanos(), note)));
            DatasetSpec dataset = made(scenario);
            ExternalRuntime.Built built = runtime.build(dataset, scenario.seed(), progress.building());
            complete = true;
            return new ExternalGrounds(scenario.seed(), runtime, dataset, built, clock, journal);
        } finally {
            if (!complete) {
                runtime.close();
            }
        }
    }

    /** The loader refuses the other kind beside a url. */
    private static DatasetSpec made(Scenario scenario) {
        return switch (scenario.dataset()) {
            case DatasetSpec made -> made;
            case RestoreSpec restored ->
                throw new IllegalArgumentException("what was restored cannot be had on " + scenario.environment());
        };
    }

    @Override
    public Plot timeline() throws EnvironmentException {
        long begun = System.nanoTime();
        Environment environment = runtime.start("run");
        journal.record(new RunEvent.DatasetReady(
                clock.nowNanos(),
                dataset.name(),
                DatasetLoad.fingerprint(dataset, seed, runtime.serverVersion()),
                built.rows(),
                built.bytes(),
                built.seconds(),
                (System.nanoTime() - begun) / 1e9,
                COPIED));
        return new CopiedPlot(environment);
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
    public Fresh start(String name, int replicas) throws EnvironmentException {
        return new Fresh(runtime.start(name), () -> {});
    }

    @Override
    public void close() throws EnvironmentException {
        runtime.close();
    }
}
