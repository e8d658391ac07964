package dev.rehearsal.rehearsal;

import dev.rehearsal.load.Load;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.FileJournal;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.DatabaseMigrated;
import dev.rehearsal.run.RunEvent.DatabaseSchema;
import dev.rehearsal.run.RunEvent.DatabasesPlanned;
import dev.rehearsal.run.RunEvent.Outcome;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Databases;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The databases of the timeline, alike in data and load. Nearly always there is one, and then this adds nothing to the journal. Of several, each but the
 * first has a journal of its own, as if it were a run; that of the first, which is the run's, gets what is only known of all.
 *
 * <p>Closed in reverse order. For one thread at a time, but that outcomes may come from several.
 */
final class Lanes implements AutoCloseable {
    private final Scenario scenario;
    private final RunClock clock;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<FileJournal> journals = new ArrayList<>();
    private final Map<Integer, DatabaseMigrated> migrated = new ConcurrentSkipListMap<>();

    private Lanes(Scenario scenario, RunClock clock) {
        this.scenario = scenario;
        this.clock = clock;
    }

    /**
     * Starts all of them, one after the other.
     *
     * @param journal the run's
     * @param loads one a database
     */
    static Lanes started(
            Scenario scenario,
            RunDirectory directory,
            Grounds grounds,
            List<Load> loads,
            RunEvent.RunStarted facts,
            RunClock clock,
            RightNow journal)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        Lanes lanes = new Lanes(scenario, clock);
        boolean complete = false;
        try {
            lanes.plan(journal);
            lanes.lanes.add(Lane.started(1, scenario, directory, clock, journal, grounds.timeline(), loads.getFirst()));
            for (int number = 2; number <= loads.size(); number++) {
                lanes.start(number, directory.database(number), grounds, loads.get(number - 1), facts);
            }
            complete = true;
            return lanes;
        } finally {
            if (!complete) {
                lanes.close();
            }
        }
    }

    private void plan(Journal journal) {
        scenario.databases()
                .ifPresent(databases -> journal.record(new DatabasesPlanned(
                        clock.nowNanos(),
                        databases.count(),
                        databases.wave(),
                        databases.onFailure().word(),
                        scenario.sources()
                                .of("databases")
                                .orElse(new SourceLocation(scenario.file().toString(), 1, 1)))));
    }

    private void start(int number, RunDirectory own, Grounds grounds, Load load, RunEvent.RunStarted facts)
            throws EnvironmentException, InterruptedException {
        FileJournal journal = journal(own);
        journals.add(journal);
        journal.record(facts);
        RightNow now = new RightNow(journal);
        lanes.add(Lane.started(number, scenario, own, clock, now, grounds.further(number, own.path(), now), load));
    }

    private static FileJournal journal(RunDirectory own) {
        try {
            Files.createDirectories(own.path());
            return new FileJournal(own.events());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whose figures the run's own are. */
    Lane first() {
        return lanes.getFirst();
    }

    /** In the order of their numbers. */
    List<Lane> all() {
        return List.copyOf(lanes);
    }

    /** Those that are migrated at the same time, wave after wave. */
    List<List<Lane>> waves() {
        return scenario.databases().map(Databases::waves).orElse(List.of(List.of(1))).stream()
                .map(wave -> wave.stream().map(number -> lanes.get(number - 1)).toList())
                .toList();
    }

    /** Those on which anything was done, in their waves: what is to be rolled back. */
    List<List<Lane>> wavesToRollBack() {
        return waves().stream()
                .map(wave -> wave.stream().filter(lane -> !leftOut(lane)).toList())
                .filter(wave -> !wave.isEmpty())
                .toList();
    }

    private boolean leftOut(Lane lane) {
        return Optional.ofNullable(migrated.get(lane.number()))
                .filter(passage -> passage.status() == Status.SKIPPED)
                .isPresent();
    }

    /** Whether those that are still to be migrated stay as they are. */
    boolean stopped() {
        return scenario.databases()
                        .filter(databases -> databases.onFailure() == Databases.OnFailure.STOP)
                        .isPresent()
                && migrated.values().stream().anyMatch(passage -> passage.status() != Status.SUCCEEDED);
    }

    void passed(Phase phase, Lane lane, MigrationOutcome outcome) {
        record(new DatabaseMigrated(
                outcome.endNanos(),
                lane.number(),
                wave(lane),
                phase,
                outcome.status(),
                outcome.startNanos(),
                outcome.failure().map(Lanes::told)));
    }

    void leaveOut(Lane lane) {
        long now = clock.nowNanos();
        record(new DatabaseMigrated(
                now, lane.number(), wave(lane), Phase.MIGRATION, Status.SKIPPED, now, Optional.empty()));
    }

    private void record(DatabaseMigrated passage) {
        if (passage.phase() == Phase.MIGRATION) {
            migrated.put(passage.database(), passage);
        }
        if (several()) {
            first().journal().record(passage);
        }
    }

    private int wave(Lane lane) {
        return 1
                + (lane.number() - 1)
                        / scenario.databases().map(Databases::wave).orElse(1);
    }

    private boolean several() {
        return scenario.databases().isPresent();
    }

    private static String told(Failure failure) {
        return Step.called(failure.step()) + ": " + failure.message();
    }

    /** Compares the schemas of all, where there are several, with one that is migrated, if there is one. */
    void compareSchemas() throws EnvironmentException {
        if (!several()) {
            return;
        }
        Lane reference = lanes.stream()
                .filter(lane -> Optional.ofNullable(migrated.get(lane.number()))
                        .filter(passage -> passage.status() == Status.SUCCEEDED)
                        .isPresent())
                .findFirst()
                .orElseGet(this::first);
        SchemaFingerprint expected = reference.instruments().schema();
        for (Lane lane : lanes) {
            SchemaFingerprint there = lane.instruments().schema();
            first().journal()
                    .record(new DatabaseSchema(
                            clock.nowNanos(),
                            lane.number(),
                            there.sha256(),
                            reference.number(),
                            SchemaFingerprint.between(
                                    expected, "database " + reference.number(), there, "database " + lane.number())));
        }
    }

    /** Every lane's own; the first that fails ends it. */
    interface Act {
        void on(Lane lane) throws InvalidScenarioException, EnvironmentException, InterruptedException;
    }

    void each(Act act) throws InvalidScenarioException, EnvironmentException, InterruptedException {
        for (Lane lane : lanes) {
            act.on(lane);
        }
    }

    /** Ends all loads, also when ending one of them fails. */
    void endLoads() throws EnvironmentException {
        closeAll(lanes.stream().<Closing>map(lane -> lane::endLoad).toList());
    }

    /** To the journals of all but the first, whose end is the run's. */
    void end(Outcome outcome, String message) {
        journals.forEach(journal -> journal.record(new RunEvent.RunEnded(clock.nowNanos(), outcome, message)));
    }

    @Override
    public void close() throws EnvironmentException {
        List<Closing> closings = new ArrayList<>();
        journals.forEach(journal -> closings.add(() -> close(journal)));
        lanes.forEach(lane -> closings.add(lane::close));
        closeAll(closings);
    }

    private static void close(FileJournal journal) {
        try {
            journal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Closing {
        void close() throws EnvironmentException;
    }

    /** The last first, each whether or not another fails. */
    private static void closeAll(List<Closing> closings) throws EnvironmentException {
        if (!closings.isEmpty()) {
            try {
                closings.getLast().close();
            } finally {
                closeAll(closings.subList(0, closings.size() - 1));
            }
        }
    }
}
