package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.CacheDirectory;
import dev.rehearsal.dataset.Writeback;
import dev.rehearsal.drill.DrillServers;
import dev.rehearsal.drill.Drills;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.ProxiedEndpoint;
import dev.rehearsal.environment.RunningRegistry;
import dev.rehearsal.environment.Server;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.fault.FaultInjector;
import dev.rehearsal.load.Load;
import dev.rehearsal.load.LoadSpec;
import dev.rehearsal.load.SimulationClasses;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.BaselineRun;
import dev.rehearsal.migration.MigrationRunner;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.FileJournal;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.Outcome;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.PoolerSpec;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One rehearsal from a scenario to a run directory full of observations. Nothing is judged here.
 *
 * <p>Whatever is started is closed in reverse order: on success, on failure, on an interrupt.
 */
public final class Rehearsal implements AutoCloseable {
    /** After the last arrival: longer than any pool waits, and long enough for a queue to drain. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);

    private final Scenario scenario;
    private final double buildSeconds;
    private final RunDirectory directory;
    private final String harnessVersion;
    private final List<String> command;
    private final Progress progress;
    private final RunClock clock = RunClock.started();
    private final Deletion deletion = new Deletion();

    /** @param command as the user typed it, for the report's "how to reproduce" */
    public Rehearsal(
            Scenario scenario, RunDirectory directory, String harnessVersion, List<String> command, Progress progress) {
        this(scenario, 0, directory, harnessVersion, command, progress);
    }

    /** @param buildSeconds that were spent on the scenario's snapshot already, see {@link Restoration} */
    public Rehearsal(
            Scenario scenario,
            double buildSeconds,
            RunDirectory directory,
            String harnessVersion,
            List<String> command,
            Progress progress) {
        this.scenario = scenario;
        this.buildSeconds = buildSeconds;
        this.directory = directory;
        this.harnessVersion = harnessVersion;
        this.command = List.copyOf(command);
        this.progress = progress;
    }

    /**
     * Runs it to its end.
     *
     * @throws InvalidScenarioException if the server refuses the dataset's schema or a statement of the workload; nothing has been measured then
     * @throws EnvironmentException if a part cannot be had, or breaks while it runs; what was seen so far is in the run directory
     */
    public void run() throws InvalidScenarioException, EnvironmentException, InterruptedException {
        progress.started(scenario, directory.path());
        try (FileJournal journal = new FileJournal(directory.events())) {
            journal.record(RunFacts.of(scenario, clock, harnessVersion, command));
            Drills.plan(scenario, clock, journal, progress::preparing);
            try {
                observe(journal);
                end(journal, Outcome.COMPLETED, "");
            } catch (InterruptedException e) {
                end(journal, Outcome.INTERRUPTED, "interrupted");
                throw e;
            } catch (EnvironmentException | InvalidScenarioException e) {
                end(journal, Outcome.BROKEN, e.getMessage());
                throw e;
            }
        } catch (IOException | UncheckedIOException e) {
            throw new EnvironmentException(
                    "the run directory cannot be written: " + e.getMessage(),
                    "make room on its disk, or give another place: --out DIR",
                    e);
        }
    }

    private void observe(Journal journal) throws InvalidScenarioException, EnvironmentException, InterruptedException {
        Path cache = CacheDirectory.resolve();
        try (SimulationClasses simulations = SimulationClasses.of(scenario);
                Load load = Load.launch(simulations.classPath());
                Workspace workspace = Workspace.open(cache, scenario.name(), deletion, clock, journal);
                Grounds grounds = grounds(cache, workspace, journal)) {
            rehearseOver(grounds, load, new RunningRegistry(cache), new RightNow(journal));
            drill(grounds, journal);
            workspace.noteNeighbours(clock, journal);
        }
    }

    private Grounds grounds(Path cache, Workspace workspace, Journal journal)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        return scenario.environment().external().isPresent()
                ? ExternalGrounds.opened(scenario, cache, progress, clock, journal)
                : OwnGrounds.chosen(
                        scenario, buildSeconds, workspace, cache, directory.path(), progress, clock, journal);
    }

    private void drill(DrillServers servers, Journal journal) throws InterruptedException {
        new Drills(
                        scenario,
                        new BaselinedServers(servers, scenario.migration().baseline()),
                        clock,
                        journal,
                        progress::preparing)
                .run();
    }

    private void rehearseOver(Grounds grounds, Load load, RunningRegistry registry, RightNow journal)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        try (Grounds.Plot plot = grounds.timeline();
                Environment environment = plot.start();
                Instruments instruments = instruments(environment, journal);
                PoolerInstrument pooler = PoolerInstrument.of(scenario, environment, clock, journal);
                FaultInjector faults = faults(environment, instruments, plot.disk(), journal)) {
            journal.record(environment.facts(clock));
            applyBaseline(environment);
            OperationProblems.refuse(scenario, environment.primary().jdbcUrl(ApplicationNames.OBSERVER));
            SchemaFingerprint before = instruments.schema();
            if (scenario.workload().keepsLedger()) {
                instruments.keepLedger(directory.ledger());
            }
            try (FrontServices services = FrontServices.started(
                            scenario, environment, directory.outputs(), registry, progress, clock, journal);
                    load;
                    Writeback writeback = plot.writeback()) {
                instruments.watchGenerator(load.processId());
                load.begin(loadSpec(environment, services), clock, directory.requests(), journal);
                walk(environment, services, writeback, instruments, load, faults, journal);
            } finally {
                environment
                        .troubles()
                        .forEach(trouble -> journal.record(
                                new RunEvent.InstrumentTrouble(clock.nowNanos(), "environment", trouble)));
            }
            pooler.findRemains();
            instruments.readLedger();
            instruments.drain();
            if (!scenario.migration().rollback().isEmpty()) {
                journal.record(RunFacts.compared(before, instruments.schema(), clock));
            }
        }
    }

    private void applyBaseline(Environment environment) throws InvalidScenarioException, InterruptedException {
        List<Step> baseline = scenario.migration().baseline();
        if (!baseline.isEmpty()) {
            progress.preparing("applying " + baseline.size() + " migrations that are the baseline");
            BaselineRun.apply(baseline, environment.primary().jdbcUrl(ApplicationNames.OBSERVER));
        }
    }

    private void walk(
            Environment environment,
            FrontServices services,
            Writeback writeback,
            Instruments instruments,
            Load load,
            FaultInjector faults,
            RightNow journal)
            throws EnvironmentException, InterruptedException {
        TimelineRunner timeline =
                new TimelineRunner(scenario.timeline(), load, services::failure, faults, clock, journal, progress);
        MigrationRunner migration = new MigrationRunner(
                environment.migration().jdbcUrl(ApplicationNames.MIGRATION),
                () -> environment.primary().jdbcUrl(ApplicationNames.OBSERVER),
                instruments.witness(),
                clock,
                journal,
                timeline.stepListener(),
                new LoadedSurroundings(instruments, load, timeline::baselineP99, directory.outputs()),
                scenario.seed(),
                scenario.environment()
                        .pooler()
                        .filter(PoolerSpec::sharesMigration)
                        .isPresent());
        timeline.warmup();
        writeback.await();
        timeline.baseline().migrate(scenario.migration(), migration).settle().rollBack(scenario.migration(), migration);
        progress.finishing();
        // What drains is to find a server.
        faults.close();
        load.stopAndDrain(DRAIN_LIMIT);
        services.checkNames(environment.primary().jdbcUrl(ApplicationNames.OBSERVER), clock, journal);
    }

    private Instruments instruments(Environment environment, Journal journal) throws EnvironmentException {
        Server primary = environment.primary();
        Map<String, String> replicas = new LinkedHashMap<>();
        environment
                .replicas()
                .forEach((name, replica) -> replicas.put(name, replica.jdbcUrl(ApplicationNames.OBSERVER)));
        return Instruments.armed(
                primary.jdbcUrl(ApplicationNames.OBSERVER),
                primary.log(),
                primary.processId(),
                replicas,
                clock,
                journal);
    }

    private FaultInjector faults(Environment environment, Instruments instruments, ServerDisk disk, Journal journal)
            throws EnvironmentException {
        return new FaultInjector(
                scenario.faults(),
                environment.faultApi(),
                new ServerPower(environment, instruments, disk),
                () -> environment.primary().jdbcUrl(ApplicationNames.BLOCKER),
                () -> environment.primary().jdbcUrl(ApplicationNames.OBSERVER),
                clock,
                journal);
    }

    /** The load names its sessions itself, by service. */
    private LoadSpec loadSpec(Environment environment, FrontServices services) {
        return new LoadSpec(
                services.reached(scenario.workload().deployedBy(scenario.migration())),
                scenario.seed(),
                environment.application().jdbcUrl(),
                environment.reads().stream().map(ProxiedEndpoint::jdbcUrl).toList(),
                environment.primary().jdbcUrl(ApplicationNames.OBSERVER),
                environment.pooler().isPresent());
    }

    /** Waits until the clone has gone; what a run leaves to be told can be told before. */
    @Override
    public void close() {
        deletion.close();
    }

    private void end(Journal journal, Outcome outcome, String message) {
        journal.record(new RunEvent.RunEnded(clock.nowNanos(), outcome, message));
    }
}
