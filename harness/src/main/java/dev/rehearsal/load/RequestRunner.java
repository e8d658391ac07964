package dev.rehearsal.load;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Reads;
import dev.rehearsal.scenario.Workload.Retry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;

/**
 * Runs the requests of one service and takes their times: this is where a response time is made.
 *
 * <pre>
 *   t0 planned        t1 picked up        t2 connected                     t3 finished
 *   |------ lag ------|---- pool wait ----|------------ service ------------|
 *   |------------------------------- response ------------------------------|
 * </pre>
 *
 * A service that tries again does so here: the times t2 and after are those of the last attempt, t0 and t1 stay where they were.
 *
 * <p>Safe for use by several threads: one a request.
 */
final class RequestRunner {
    private final Timekeeper timekeeper;
    private final StopPoint stop;
    private final Pools.OfService pools;
    private final Optional<Retry> retry;

    RequestRunner(Timekeeper timekeeper, StopPoint stop, Pools.OfService pools, Optional<Retry> retry) {
        this.timekeeper = timekeeper;
        this.stop = stop;
        this.pools = pools;
        this.retry = retry;
    }

    /** What a request has done. */
    interface Task {
        Reads reads();

        /** On a connection in autocommit, which it leaves so; once for each attempt. */
        Transaction.Ending run(Connection connection, Transaction.Identity identity);
    }

    private static final class OperationTask implements Task {
        private final Transaction transaction;
        private final Object[] values;

        OperationTask(Transaction transaction, Object[] values) {
            this.transaction = transaction;
            this.values = values;
        }

        @Override
        public Reads reads() {
            return transaction.reads();
        }

        @Override
        public Transaction.Ending run(Connection connection, Transaction.Identity identity) {
            return transaction.run(connection, values, identity);
        }
    }

    /** Waits for the request's instant and runs an operation to its end. */
    void run(InFlight.Request request, Transaction transaction, Object[] values) {
        run(request, new OperationTask(transaction, values));
    }

    /**
     * Waits for the request's instant and runs it to its end.
     *
     * @return whether it is part of the run
     */
    boolean run(InFlight.Request request, Task task) {
        timekeeper.parkUntil(request.arrival().t0Nanos());
        if (!stop.admits(request.arrival().t0Nanos())) {
            request.excluded();
            return false;
        }
        request.pickedUp(timekeeper.nowNanos());
        try {
            while (!attempt(request, task)) {
                timekeeper.parkUntil(timekeeper.nowNanos() + request.backoff(retry.orElseThrow()));
                request.triedAgain(timekeeper.nowNanos());
            }
        } catch (RuntimeException | Error e) {
            // A defect, but still an arrival that was not served: never a request without a record.
            request.givenUp(Outcome.FAILED, timekeeper.nowNanos());
            throw e;
        }
        return true;
    }

    /** @return whether the request has finished; false: it is to be tried again, and its connection is back in the pool */
    private boolean attempt(InFlight.Request request, Task task) {
        try {
            Pools.Target target = pools.target(task.reads(), request.arrival().nth());
            return run(target, target.pool().getConnection(), request, task);
        } catch (SQLException e) {
            return finished(request, noConnection(e));
        }
    }

    private boolean run(Pools.Target target, Connection connection, InFlight.Request request, Task task)
            throws SQLException {
        try (connection) {
            request.connected(timekeeper.nowNanos(), target.session(connection));
            return finished(request, task.run(connection, request.identity()));
        }
    }

    private boolean finished(InFlight.Request request, Transaction.Ending ending) {
        if (retry.isPresent() && request.isToBeTriedAgain(ending, retry.get())) {
            return false;
        }
        request.finished(ending, timekeeper.nowNanos());
        return true;
    }

    private static Transaction.Ending noConnection(SQLException e) {
        // The pool says why it had none, if it knows: the SQLState of its last failure to connect.
        Outcome outcome = e instanceof SQLTransientConnectionException ? Outcome.POOL_TIMED_OUT : Outcome.FAILED;
        return new Transaction.Ending(outcome, -1, Transaction.sqlState(e));
    }
}
