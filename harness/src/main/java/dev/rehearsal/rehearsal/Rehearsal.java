package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.CacheDirectory;
import dev.rehearsal.drill.DrillServers;
import dev.rehearsal.drill.Drills;
import dev.rehearsal.environment.RunningRegistry;
import dev.rehearsal.load.Load;
import dev.rehearsal.load.SimulationClasses;
import dev.rehearsal.run.FileJournal;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.Outcome;
import dev.rehearsal.scenario.Databases;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

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
                Loads loads = Loads.launched(
                        scenario.databases().map(Databases::count).orElse(1),
                        scenario.workload().injectors(),
                        simulations.classPath());
                Workspace workspace = Workspace.open(cache, scenario.name(), deletion, clock, journal);
                Grounds grounds = grounds(loads.all().getFirst(), cache, workspace, journal)) {
            rehearseOver(grounds, loads, new RunningRegistry(cache), new RightNow(journal));
            drill(grounds, journal);
            workspace.noteNeighbours(clock, journal);
        }
    }

    private Grounds grounds(Load first, Path cache, Workspace workspace, Journal journal)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        return scenario.environment().external().isPresent()
                ? ExternalGrounds.opened(scenario, first, cache, directory.outputs(), progress, clock, journal)
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

    private void rehearseOver(Grounds grounds, Loads loads, RunningRegistry registry, RightNow journal)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        try (Lanes lanes = Lanes.started(
                scenario,
                directory,
                grounds,
                loads.all(),
                RunFacts.ofOneDatabase(scenario, clock, harnessVersion, command),
                clock,
                journal)) {
            try {
                rehearse(lanes, registry);
                lanes.end(Outcome.COMPLETED, "");
            } catch (InterruptedException e) {
                lanes.end(Outcome.INTERRUPTED, "interrupted");
                throw e;
            } catch (EnvironmentException | InvalidScenarioException e) {
                lanes.end(Outcome.BROKEN, e.getMessage());
                throw e;
            }
        }
    }

    private void rehearse(Lanes lanes, RunningRegistry registry)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        try {
            lanes.each(lane -> lane.prepare(progress));
            lanes.each(lane -> lane.beginLoad(registry, progress));
            walk(lanes);
        } finally {
            lanes.endLoads();
        }
        lanes.each(Lane::finish);
    }

    private void walk(Lanes lanes) throws InvalidScenarioException, EnvironmentException, InterruptedException {
        TimelineRunner timeline = new TimelineRunner(scenario.timeline(), lanes, clock, progress);
        timeline.warmup();
        lanes.each(Lane::awaitWriteback);
        timeline.baseline().migrate(scenario.migration()).settle();
        lanes.compareSchemas();
        timeline.rollBack(scenario.migration());
        progress.finishing();
        // What drains is to find a server.
        lanes.each(lane -> lane.faults().close());
        lanes.each(lane -> lane.stopAndDrain(DRAIN_LIMIT));
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
