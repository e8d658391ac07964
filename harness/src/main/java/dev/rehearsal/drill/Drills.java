package dev.rehearsal.drill;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.DrillEnded;
import dev.rehearsal.run.RunEvent.DrillStarted;
import dev.rehearsal.run.RunEvent.DrillsPlanned;
import dev.rehearsal.scenario.Drill;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import java.sql.SQLException;
import java.util.function.Consumer;

/** Does the drills of a scenario, one after the other. */
public final class Drills {
    private static final int DISRUPTIONS_IN_LONG_STEPS = 3;

    private final Scenario scenario;
    private final DrillServers servers;
    private final RunClock clock;
    private final Journal journal;
    private final Consumer<String> progress;

    /** @param progress is told one line a drill */
    public Drills(Scenario scenario, DrillServers servers, RunClock clock, Journal journal, Consumer<String> progress) {
        this.scenario = scenario;
        this.servers = servers;
        this.clock = clock;
        this.journal = journal;
        this.progress = progress;
    }

    /**
     * To be said at the begin of a run, so that one which ends early is known to lack them.
     *
     * @param progress is told what will be drilled, and how much it is: who did not ask for it can still leave it out
     */
    public static void plan(Scenario scenario, RunClock clock, Journal journal, Consumer<String> progress) {
        if (!scenario.drills().isEmpty()) {
            progress.accept(DrillCost.told(scenario));
            Step first = scenario.migration().steps().getFirst();
            journal.record(new DrillsPlanned(
                    clock.nowNanos(),
                    scenario.drills().stream().map(Drill::word).toList(),
                    !scenario.drillsListed(),
                    first.location()));
        }
    }

    /** Does all of them. What goes wrong with one is journaled as what it saw. */
    public void run() throws InterruptedException {
        for (Drill drill : scenario.drills()) {
            progress.accept("drill " + drill.word());
            journal.record(new DrillStarted(clock.nowNanos(), drill.word()));
            DrillLog log = new DrillLog(drill, clock, journal);
            try {
                run(drill, log);
            } catch (SQLException e) {
                log.unknown("server", "The drill's own questions to the server failed: " + e.getMessage() + ".");
            } catch (EnvironmentException e) {
                log.unknown("server", "The drill's server cannot be had: " + e.getMessage() + ".");
            }
            journal.record(new DrillEnded(clock.nowNanos(), drill.word()));
        }
    }

    private void run(Drill drill, DrillLog log) throws SQLException, EnvironmentException, InterruptedException {
        switch (drill) {
            case RERUN -> {
                try (DrillServer server = started("rerun", 0)) {
                    new RerunDrill(scenario, log).run(server);
                }
            }
            case CRASH -> new ResumeDrill(scenario, log, new Crash(), DISRUPTIONS_IN_LONG_STEPS).run(this::started);
            case FAILOVER -> new ResumeDrill(scenario, log, failover(), DISRUPTIONS_IN_LONG_STEPS).run(this::started);
            case COMPATIBILITY -> {
                try (DrillServer server = started("compatibility", 0)) {
                    new CompatibilityDrill(scenario, log).run(server);
                }
            }
            case ROLLBACK -> new RollbackDrill(scenario, log).run(this::started);
            case DRIFT ->
                new DriftDrill(scenario, log)
                        .run(number -> DrillServer.started(servers, "drift-" + number, 0, number, scenario, clock));
        }
    }

    private Failover failover() {
        return new Failover(
                scenario.environment().replication().synchrony(),
                scenario.objectives().stream().noneMatch(Objective.LostWrites.class::isInstance));
    }

    private DrillServer started(String name, int replicas) throws EnvironmentException, InterruptedException {
        return DrillServer.started(servers, name, replicas, scenario, clock);
    }
}
