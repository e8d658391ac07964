package dev.rehearsal.load;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.postgresql.PGConnection;

/**
 * Runs the requests of one service and takes their times: this is where a response time is made.
 *
 * <pre>
 *   t0 planned        t1 picked up        t2 connected                     t3 finished
 *   |------ lag ------|---- pool wait ----|------------ service ------------|
 *   |------------------------------- response ------------------------------|
 * </pre>
 *
 * Safe for use by several threads: one a request.
 */
final class RequestRunner {
    private final Timekeeper timekeeper;
    private final StopPoint stop;
    private final Pools.OfService pools;

    RequestRunner(Timekeeper timekeeper, StopPoint stop, Pools.OfService pools) {
        this.timekeeper = timekeeper;
        this.stop = stop;
        this.pools = pools;
    }

    /** Waits for the request's instant and runs it to its end. */
    void run(InFlight.Request request, Transaction transaction, Object[] values) {
        timekeeper.parkUntil(request.arrival().t0Nanos());
        if (!stop.admits(request.arrival().t0Nanos())) {
            request.excluded();
            return;
        }
        request.pickedUp(timekeeper.nowNanos());
        try {
            Pools.Target target =
                    pools.target(transaction.reads(), request.arrival().nth());
            run(target.pool().getConnection(), target.replica(), request, transaction, values);
        } catch (SQLException e) {
            request.finished(noConnection(e), timekeeper.nowNanos());
        } catch (RuntimeException | Error e) {
            // A defect, but still an arrival that was not served: never a request without a record.
            request.finished(new Transaction.Ending(Outcome.FAILED, -1, ""), timekeeper.nowNanos());
            throw e;
        }
    }

    private void run(
            Connection connection, int replica, InFlight.Request request, Transaction transaction, Object[] values)
            throws SQLException {
        try (connection) {
            request.connected(timekeeper.nowNanos(), RequestRecord.session(backendPid(connection), replica));
            Transaction.Ending ending = transaction.run(connection, values);
            request.finished(ending, timekeeper.nowNanos());
        }
    }

    private static int backendPid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static Transaction.Ending noConnection(SQLException e) {
        // The pool says why it had none, if it knows: the SQLState of its last failure to connect.
        Outcome outcome = e instanceof SQLTransientConnectionException ? Outcome.POOL_TIMED_OUT : Outcome.FAILED;
        return new Transaction.Ending(outcome, -1, Transaction.sqlState(e));
    }
}
