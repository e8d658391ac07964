package dev.rehearsal.migration;

import dev.rehearsal.measure.StatementWitness;
import dev.rehearsal.measure.WitnessedSession;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunEvent.StepEnded;
import dev.rehearsal.run.RunEvent.StepStarted;
import dev.rehearsal.scenario.Step;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.postgresql.core.BaseConnection;

/** The steps of one direction, one after the other, on the migration's thread. */
final class StepSequence {
    private final String proxiedJdbcUrl;
    private final StatementWitness witness;
    private final RunClock clock;
    private final Journal journal;
    private final StepListener listener;
    private final StopRequest stop;
    private final Supplier<String> directJdbcUrl;
    private final Backoff backoff;
    private final Surroundings surroundings;
    private final boolean shared;
    private volatile boolean outcomeUnknown;

    StepSequence(
            String proxiedJdbcUrl,
            StatementWitness witness,
            RunClock clock,
            Journal journal,
            StepListener listener,
            StopRequest stop,
            Supplier<String> directJdbcUrl,
            Backoff backoff,
            Surroundings surroundings,
            boolean shared) {
        this.shared = shared;
        this.surroundings = surroundings;
        this.directJdbcUrl = directJdbcUrl;
        this.proxiedJdbcUrl = proxiedJdbcUrl;
        this.witness = witness;
        this.clock = clock;
        this.journal = journal;
        this.listener = listener;
        this.stop = stop;
        this.backoff = backoff;
    }

    /** How it ended, if it did not succeed; also while it has not come to its end. */
    Status failed() {
        return outcomeUnknown ? Status.UNKNOWN : stop.failed();
    }

    /** Empty when all steps succeeded but those that are left out, by their names. */
    Optional<Failure> run(Phase phase, List<Step> steps, Set<String> leftOut, int firstStepIndex) {
        if (steps.isEmpty()) {
            return Optional.empty();
        }
        int done = 0;
        try (Connection connection = connect();
                WitnessedSession session = witness.attach(connection, shared)) {
            stop.runsOn(new StopRequest.Session(session::backendPid, connection, shared));
            StepTools tools = tools(connection.unwrap(BaseConnection.class), session);
            for (Step step : steps) {
                if (leftOut.contains(step.name())) {
                    skip(phase, step, firstStepIndex + done);
                    done++;
                    continue;
                }
                Optional<Failure> failure = run(tools, phase, step, firstStepIndex + done);
                done++;
                if (failure.isPresent()) {
                    skip(phase, steps, done, firstStepIndex);
                    return failure;
                }
            }
            return Optional.empty();
        } catch (SQLException e) {
            // Only while connecting or closing: what happens inside a step is the step's failure.
            if (done == steps.size()) {
                return Optional.empty();
            }
            skip(phase, steps, done, firstStepIndex);
            return Optional.of(new Failure(
                    steps.get(done).name(), Optional.empty(), Optional.ofNullable(e.getSQLState()), FailureText.of(e)));
        }
    }

    private StepTools tools(BaseConnection connection, WitnessedSession session) {
        return new StepTools(
                proxiedJdbcUrl,
                directJdbcUrl,
                connection,
                session,
                witness,
                clock,
                journal,
                listener,
                stop,
                backoff,
                surroundings);
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        // Statements go to the server as they are written, as psql sends them.
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("connectTimeout", "15");
        properties.setProperty("loginTimeout", "15");
        Connection connection = DriverManager.getConnection(proxiedJdbcUrl, properties);
        // Said to the server itself, because a name in the URL wins over the properties; by this name its waits are
        // told from others'.
        try {
            connection.setClientInfo("ApplicationName", ApplicationNames.MIGRATION);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Optional<Failure> run(StepTools tools, Phase phase, Step step, int index) {
        StepRun.Ending ending;
        try {
            stop.interruptibly(() -> listener.beforeStep(step));
            started(phase, step, index);
            ending = runOf(step, tools, index).run();
        } catch (InterruptedException e) {
            started(phase, step, index);
            ending = new StepRun.Ending(
                    stop.failed(),
                    1,
                    Optional.of(new Failure(
                            step.name(), Optional.empty(), Optional.empty(), "stopped before the step had begun")));
        }
        journal.record(new StepEnded(
                clock.nowNanos(),
                index,
                ending.status(),
                ending.attempts(),
                ending.failure().map(Failure::message)));
        outcomeUnknown = ending.status() == Status.UNKNOWN;
        listener.stepEnded(step, ending.status());
        return ending.failure();
    }

    private static StepRun runOf(Step step, StepTools tools, int index) {
        return switch (step) {
            case Step.SqlStatements sql -> new StatementsRun(tools, sql, index);
            case Step.BackfillStep backfill -> new BackfillRun(tools, backfill, index);
            case Step.DeployStep deploy -> new DeployRun(tools, deploy);
            case Step.ToolStep tool -> new ToolRun(tools, tool, index);
            case Step.PauseStep pause -> new PauseRun(tools, pause);
            case Step.WaitStep wait -> new WaitRun(tools, wait);
        };
    }

    private void started(Phase phase, Step step, int index) {
        journal.record(new StepStarted(clock.nowNanos(), index, step.name(), step.kind(), phase, step.location()));
        listener.stepStarted(step);
    }

    private void skip(Phase phase, List<Step> steps, int from, int firstStepIndex) {
        for (int i = from; i < steps.size(); i++) {
            skip(phase, steps.get(i), firstStepIndex + i);
        }
    }

    private void skip(Phase phase, Step step, int index) {
        journal.record(new StepStarted(clock.nowNanos(), index, step.name(), step.kind(), phase, step.location()));
        journal.record(new StepEnded(clock.nowNanos(), index, Status.SKIPPED, 0));
        listener.stepEnded(step, Status.SKIPPED);
    }
}
