package dev.rehearsal.migration;

import dev.rehearsal.measure.LostSetting;
import dev.rehearsal.measure.Observation;
import dev.rehearsal.measure.WitnessedSession;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.SessionState;
import dev.rehearsal.run.RunEvent.SessionStateFound;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.Step.Transaction;
import dev.rehearsal.scenario.sql.StatementKind;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * One run of a step that is a list of statements, with its retries.
 *
 * <p>A step in one transaction is tried again from its beginning; one without from the statement that failed, or from the BEGIN in its text that the
 * statement's transaction began with.
 */
final class StatementsRun implements StepRun {
    /** lock_not_available, and deadlock_detected: another try may go well. */
    private static final Set<String> WORTH_ANOTHER_TRY = Set.of("55P03", "40P01");

    private final StepTools tools;
    private final BaseConnection connection;
    private final WitnessedSession session;
    private final StopRequest stop;
    private final Step.SqlStatements step;
    private final int index;
    private final boolean wrapped;
    private final List<Tried> tried = new ArrayList<>();
    private int failures;
    private int transactionStart;
    private boolean commitUnknown;
    private boolean unlimitedNoted;

    /** A try of a statement in the transaction that is open. */
    private record Tried(int statement, int attempt, Status status, Optional<SQLException> error) {}

    /** @param index of the step within the run */
    StatementsRun(StepTools tools, Step.SqlStatements step, int index) {
        this.tools = tools;
        this.connection = tools.connection();
        this.session = tools.session();
        this.stop = tools.stop();
        this.step = step;
        this.index = index;
        this.wrapped = step.transaction() == Transaction.ONE;
    }

    @Override
    public Ending run() throws InterruptedException {
        Optional<Failure> failure = tried();
        return new Ending(failure.isEmpty() ? Status.SUCCEEDED : failed(), attempts(), failure);
    }

    /** How often the step was tried, its first try included. */
    private int attempts() {
        return failures + 1;
    }

    /** Empty when it succeeded. */
    private Optional<Failure> tried() throws InterruptedException {
        try {
            if (!session.shared()) {
                unobserved("set lock_timeout = "
                        + step.lockPolicy()
                                .lockTimeout()
                                .map(Duration::toMillis)
                                .orElse(0L));
            }
        } catch (SQLException e) {
            return Optional.of(failure(Optional.empty(), e));
        }
        int next = 0;
        while (true) {
            Optional<Failure> failure = from(next);
            if (failure.isEmpty()) {
                return failure;
            }
            if (!worthAnotherTry(failure.get())) {
                return failure;
            }
            failures++;
            stop.pause(tools.backoff().after(failures, step.lockPolicy()));
            if (stop.requested()) {
                failures--;
                return failure;
            }
            next = transactionStart;
        }
    }

    private boolean worthAnotherTry(Failure failure) {
        return failures < step.lockPolicy().retries()
                && !stop.requested()
                && failure.sqlState().filter(WORTH_ANOTHER_TRY::contains).isPresent();
    }

    /** Runs the statements from one on to the end of the step, or to the first that fails, and ends the transaction either way. */
    private Optional<Failure> from(int first) throws InterruptedException {
        transactionStart = first;
        try {
            if (wrapped) {
                unobserved("begin");
                limitTransaction();
            }
        } catch (SQLException e) {
            return Optional.of(failure(Optional.empty(), e));
        }
        for (int i = first; i < step.statements().size(); i++) {
            if (state() == TransactionState.IDLE) {
                transactionStart = i;
            }
            Optional<Failure> failure = statement(i);
            if (failure.isPresent()) {
                return failure;
            }
        }
        if (wrapped) {
            return commit();
        }
        if (state() != TransactionState.IDLE) {
            rollBack();
            return Optional.of(new Failure(
                    step.name(),
                    Optional.empty(),
                    Optional.empty(),
                    "the step ended inside a transaction that its text began; it was rolled back"));
        }
        return Optional.empty();
    }

    private Optional<Failure> statement(int number) throws InterruptedException {
        SqlStatement statement = step.statements().get(number);
        if (stop.requested()) {
            rollBack();
            return Optional.of(new Failure(
                    step.name(), Optional.of(statement), Optional.empty(), "stopped before the statement was sent"));
        }
        tools.listener().statementStarted(step, statement);
        boolean commits = !wrapped && step.lastCommit().equals(OptionalInt.of(number));
        boolean outside = state() == TransactionState.IDLE;
        Optional<SQLException> error = commits ? committed(statement.text()) : observed(statement.text());
        if (error.isEmpty() && outside) {
            error = limitedAfter(statement);
        }
        session.lostSettings().forEach(setting -> journalLost(setting, statement));
        Status status = error.isEmpty() ? Status.SUCCEEDED : failed();
        tried.add(new Tried(number, attempts(), status, error));
        if (error.isEmpty()) {
            if (state() == TransactionState.IDLE) {
                journalTransaction();
            }
            return Optional.empty();
        }
        rollBack();
        return Optional.of(failure(Optional.of(statement), error.get()));
    }

    /** In a session that is shared, only a transaction can have a limit of its own. */
    private void limitTransaction() throws SQLException {
        if (session.shared() && step.lockPolicy().lockTimeout().isPresent()) {
            unobserved("set local lock_timeout = "
                    + step.lockPolicy().lockTimeout().get().toMillis());
        }
    }

    /** After a statement outside a transaction, which may have begun one. */
    private Optional<SQLException> limitedAfter(SqlStatement statement) {
        if (!session.shared() || step.lockPolicy().lockTimeout().isEmpty()) {
            return Optional.empty();
        }
        if (state() == TransactionState.OPEN) {
            try {
                limitTransaction();
            } catch (SQLException e) {
                return Optional.of(e);
            }
        } else if (!unlimitedNoted && !StatementKind.of(statement.text()).controlsTransaction()) {
            unlimitedNoted = true;
            tools.journal()
                    .record(
                            new Noted(
                                    tools.clock().nowNanos(),
                                    Step.calledFirst(step.name())
                                            + " ran without its lockTimeout: outside a transaction that is state of a session, which a pooler in"
                                            + " transaction mode does not keep for a client. environment.pooler.migration: direct goes around it."));
        }
        return Optional.empty();
    }

    private void journalLost(LostSetting setting, SqlStatement statement) {
        tools.journal()
                .record(new SessionStateFound(
                        tools.clock().nowNanos(),
                        SessionState.LOST_SETTING,
                        setting.name(),
                        setting.value(),
                        setting.backendPid(),
                        OptionalInt.of(index),
                        Optional.of(statement.location())));
    }

    private Optional<Failure> commit() throws InterruptedException {
        Optional<SQLException> error = committed("commit");
        if (error.isPresent() && !tried.isEmpty()) {
            // A deferred constraint, or a lost connection: the last statement is what did not get through.
            Tried last = tried.removeLast();
            tried.add(new Tried(last.statement(), last.attempt(), failed(), error));
        }
        Optional<SqlStatement> last = Optional.of(step.statements().getLast());
        journalTransaction();
        return error.map(e -> failure(last, e));
    }

    private Optional<SQLException> committed(String sql) throws InterruptedException {
        String address = tools.directJdbcUrl().get();
        tools.listener().committing(step);
        Optional<SQLException> error = observed(sql);
        if (error.isEmpty()) {
            tools.listener().committed(step);
            return error;
        }
        OptionalLong number = session.transactionNumber();
        if (!closed() || number.isEmpty() || stop.requested()) {
            return error;
        }
        commitUnknown = true;
        String has = new CommitInquiry(tools.directJdbcUrl(), stop).ask(number.getAsLong(), address);
        return Optional.of(new SQLException(
                "the commit's outcome is unknown to the client; " + has + " (" + FailureText.of(error.get()) + ")",
                error.get().getSQLState(),
                error.get()));
    }

    /** How a step ends that does not succeed. */
    private Status failed() {
        return commitUnknown ? Status.UNKNOWN : stop.failed();
    }

    /** Ends the transaction, if there is one, and journals what was tried in it. */
    private void rollBack() throws InterruptedException {
        if (state() != TransactionState.IDLE && !closed()) {
            observed("rollback");
        }
        if (!tried.isEmpty()) {
            journalTransaction();
        }
    }

    private Optional<SQLException> observed(String sql) throws InterruptedException {
        session.sending(sql);
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
            session.returned(transaction());
            return Optional.empty();
        } catch (SQLException e) {
            if (closed()) {
                session.connectionLost();
            } else {
                session.returned(transaction());
            }
            return Optional.of(e);
        }
    }

    private void unobserved(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void journalTransaction() {
        List<Tried> ended = List.copyOf(tried);
        tried.clear();
        int pid = session.backendPid();
        session.transactionEnded(observations -> {
            for (int i = 0; i < ended.size(); i++) {
                tools.journal().record(event(ended.get(i), observations.get(i), pid));
            }
        });
    }

    private StatementObserved event(Tried one, Observation observation, int pid) {
        SqlStatement statement = step.statements().get(one.statement());
        return new StatementObserved(
                observation.transactionEndedNanos(),
                index,
                one.statement(),
                one.attempt(),
                statement.text(),
                statement.location(),
                one.status(),
                one.error().map(SQLException::getSQLState),
                one.error().map(FailureText::of),
                pid,
                observation.sentNanos(),
                observation.returnedNanos(),
                observation.transactionEndSentNanos(),
                observation.transactionEndedNanos(),
                observation.waitedNanos(),
                observation.rewrites(),
                observation.scans(),
                observation.walBytes(),
                observation.locks());
    }

    private Failure failure(Optional<SqlStatement> statement, SQLException e) {
        return new Failure(step.name(), statement, Optional.ofNullable(e.getSQLState()), FailureText.of(e));
    }

    private WitnessedSession.Transaction transaction() {
        return switch (state()) {
            case IDLE -> WitnessedSession.Transaction.ENDED;
            case OPEN -> WitnessedSession.Transaction.OPEN;
            case FAILED -> WitnessedSession.Transaction.FAILED;
        };
    }

    private TransactionState state() {
        return connection.getTransactionState();
    }

    private boolean closed() {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }
}
