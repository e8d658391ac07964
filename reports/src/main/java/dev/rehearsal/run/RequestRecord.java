package dev.rehearsal.run;

/**
 * One request of the workload. Times are nanoseconds since the run's origin.
 *
 * @param operation index into {@link RequestLog}'s operation table
 * @param failedStatement index of the statement that failed; -1 if none did
 * @param backendPid of the server's session that served it, as {@link #session} says, or of the pooler's client, as {@link #clientSession} says; 0 if it never got a connection
 * @param t0Nanos planned arrival
 * @param t1Nanos picked up by the generator; {@link #NEVER} if it never was
 * @param t2Nanos got its connection, in its last attempt; {@link #NEVER} if it never did
 * @param t3Nanos finished: committed, failed or timed out
 * @param sqlState five characters, or empty; of one that succeeded, of the warning that came with its commit
 */
public record RequestRecord(
        int operation,
        Outcome outcome,
        int failedStatement,
        int backendPid,
        long t0Nanos,
        long t1Nanos,
        long t2Nanos,
        long t3Nanos,
        String sqlState,
        Attempts attempts) {
    /** Of one attempt, by which it cannot be found in the ledger. */
    public RequestRecord(
            int operation,
            Outcome outcome,
            int failedStatement,
            int backendPid,
            long t0Nanos,
            long t1Nanos,
            long t2Nanos,
            long t3Nanos,
            String sqlState) {
        this(
                operation,
                outcome,
                failedStatement,
                backendPid,
                t0Nanos,
                t1Nanos,
                t2Nanos,
                t3Nanos,
                sqlState,
                new Attempts(Attempts.NO_ARRIVAL, 1, 0, t1Nanos));
    }

    /**
     * How often it was tried, and what is known of that.
     *
     * @param arrival number of the arrival within its service, from 0, which with the operation is its identity; {@link #NO_ARRIVAL} of runs before
     *     there was a ledger
     * @param count 1, unless its service tries again
     * @param unknown bit <i>i</i>, from 0, is set if nobody can say whether attempt <i>i</i> + 1 was committed. Only where there is a ledger
     * @param askedNanos when the last attempt asked for its connection; of the first, t1
     */
    public record Attempts(long arrival, int count, int unknown, long askedNanos) {
        public static final long NO_ARRIVAL = -1;

        /** More do not fit into a record. */
        public static final int MOST = 16;

        /** @param attempt from 1 */
        public boolean isUnknown(int attempt) {
            return (unknown & (1 << (attempt - 1))) != 0;
        }
    }

    /** Whether the server said that it is committed, and nothing speaks against it. */
    public boolean acknowledged() {
        return outcome == Outcome.SUCCEEDED && !attempts.isUnknown(attempts.count());
    }

    /** Of a time that was never reached. */
    public static final long NEVER = Long.MIN_VALUE;

    /** How a request ended; the codes are the file format's. */
    public enum Outcome {
        SUCCEEDED(0),
        /** The server or the connection refused it: see the SQLState. */
        FAILED(1),
        /** The application gave up on it: statement timeout (57014). */
        TIMED_OUT(2),
        /** No connection within the pool's timeout. */
        POOL_TIMED_OUT(3),
        /** Planned, but the generator never started it, or abandoned it when the drain ended. */
        ABANDONED(4);

        private final int code;

        Outcome(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Outcome of(int code) {
            for (Outcome outcome : values()) {
                if (outcome.code == code) {
                    return outcome;
                }
            }
            throw new IllegalArgumentException("a request log has no outcome " + code);
        }
    }

    private static final int PID_BITS = 22;

    /**
     * A session's number among those of all servers: two servers may have processes of the same id. That of the primary has the process id itself.
     *
     * @param pid at most 2^22, as the kernel has them
     * @param replica from 1; 0: the primary
     */
    public static int session(int pid, int replica) {
        return replica == 0 ? pid : -(replica << PID_BITS | pid);
    }

    /**
     * Of a client of a pooler, which has no session of its own: above all process ids.
     *
     * @param client from 1
     */
    public static int clientSession(int client) {
        return (1 << PID_BITS) + client;
    }

    /** The process id on its server, whichever that is. */
    public int pidOnItsServer() {
        return backendPid >= 0 ? backendPid : -backendPid & (1 << PID_BITS) - 1;
    }

    public long responseNanos() {
        return t3Nanos - t0Nanos;
    }

    public boolean failed() {
        return outcome != Outcome.SUCCEEDED;
    }
}
