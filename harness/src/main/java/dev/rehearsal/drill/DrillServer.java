package dev.rehearsal.drill;

import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.Server;
import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.migration.MigrationRunner;
import dev.rehearsal.migration.StepListener;
import dev.rehearsal.migration.Surroundings;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ServerNames;
import dev.rehearsal.scenario.Step;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/**
 * One server of a drill's, over data as they were before the migration, on which steps run as they do in the timeline. What the runner's instruments
 * journal is dropped: nobody's waits are measured here. Not for several threads at once.
 */
final class DrillServer implements AutoCloseable {
    private static final Journal NOWHERE = event -> {};

    private final DrillServers.Fresh fresh;
    private final Environment environment;
    private final Instruments instruments;
    private final Scenario scenario;
    private final RunClock clock;

    private DrillServer(DrillServers.Fresh fresh, Instruments instruments, Scenario scenario, RunClock clock) {
        this.fresh = fresh;
        this.environment = fresh.environment();
        this.instruments = instruments;
        this.scenario = scenario;
        this.clock = clock;
    }

    static DrillServer started(DrillServers servers, String name, int replicas, Scenario scenario, RunClock clock)
            throws EnvironmentException, InterruptedException {
        return started(servers, name, replicas, 1, scenario, clock);
    }

    /** @param database which of several it stands for, from 1 */
    static DrillServer started(
            DrillServers servers, String name, int replicas, int database, Scenario scenario, RunClock clock)
            throws EnvironmentException, InterruptedException {
        DrillServers.Fresh fresh = servers.start(name, replicas, database);
        Environment environment = fresh.environment();
        boolean complete = false;
        try {
            Instruments instruments = Instruments.armed(
                    environment.primary().jdbcUrl(ApplicationNames.OBSERVER),
                    environment.primary().log(),
                    environment.primary().processId(),
                    clock,
                    NOWHERE);
            complete = true;
            return new DrillServer(fresh, instruments, scenario, clock);
        } finally {
            if (!complete) {
                discard(fresh);
            }
        }
    }

    /** The way of observers. */
    String jdbcUrl() {
        return environment.primary().jdbcUrl(ApplicationNames.OBSERVER);
    }

    /** The way of the application, but past the fault proxy: no fault is set up here. The caller names its sessions. */
    String applicationUrl() {
        return environment.primary().jdbcUrl(ApplicationNames.application("drill"));
    }

    /** A transaction of now: what is written later has a later one. */
    String mark() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_xact_id()::xid::text")) {
            row.next();
            return row.getString(1);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl());
    }

    MigrationOutcome run(Phase phase, List<Step> steps) throws InterruptedException {
        return run(phase, steps, StepListener.none());
    }

    /** The way back from where the migration ended early. */
    MigrationOutcome rollBackFrom(Failure end) throws InterruptedException {
        MigrationPlan plan = scenario.migration();
        return run(Phase.ROLLBACK, plan.rollback(), plan.nothingToTakeBack(end.step()), StepListener.none());
    }

    /** Runs steps up to the first that fails. */
    MigrationOutcome run(Phase phase, List<Step> steps, StepListener listener) throws InterruptedException {
        return run(phase, steps, Set.of(), listener);
    }

    private MigrationOutcome run(Phase phase, List<Step> steps, Set<String> leftOut, StepListener listener)
            throws InterruptedException {
        String direct = environment.primary().jdbcUrl(ApplicationNames.MIGRATION);
        MigrationOutcome outcome = new MigrationRunner(
                        direct,
                        this::jdbcUrl,
                        instruments.witness(),
                        clock,
                        NOWHERE,
                        listener,
                        Surroundings.deserted(),
                        scenario.seed())
                .run(phase, steps, leftOut, scenario.migration().timeLimit(), 0);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return outcome;
    }

    /** Every process of the server killed at once, and the server started again: every session is gone. */
    void crash() throws EnvironmentException {
        instruments.serverGoes();
        try {
            environment.control().kill();
            environment.control().startAgain();
        } finally {
            instruments.serverIsBack(environment.primary().processId());
        }
    }

    /** Where the application connects: through the proxy that is led to the new primary in a failover. */
    String applicationAddress() {
        return environment.application().jdbcUrl(ApplicationNames.application("drill"));
    }

    /** From now on the replica gets nothing of what the primary writes. */
    void cutLink() throws EnvironmentException {
        environment.cutLink(ServerNames.replica(1));
    }

    /** Every process of the primary killed at once, and its replica promoted: from now on that is this server. */
    void failOver() throws EnvironmentException {
        instruments.serverGoes();
        boolean done = false;
        try {
            environment.failOver(ServerNames.replica(1), false);
            done = true;
        } finally {
            if (done) {
                Server primary = environment.primary();
                instruments.serverMoved(ServerNames.replica(1), jdbcUrl(), primary.log(), primary.processId());
            } else {
                instruments.serverIsBack(environment.primary().processId());
            }
        }
    }

    SchemaFingerprint schema() throws SQLException {
        try (Connection connection = connect()) {
            return SchemaFingerprint.of(connection);
        }
    }

    DataFingerprint data() throws SQLException {
        try (Connection connection = connect()) {
            return DataFingerprint.of(connection);
        }
    }

    @Override
    public void close() throws EnvironmentException {
        try {
            instruments.close();
        } finally {
            discard(fresh);
        }
    }

    private static void discard(DrillServers.Fresh fresh) throws EnvironmentException {
        try {
            fresh.environment().close();
        } finally {
            fresh.deletion().run();
        }
    }
}
