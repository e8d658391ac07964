package dev.rehearsal.run;

/**
 * One request of the workload. Times are nanoseconds since the run's origin.
 *
 * @param operation index into {@link RequestLog}'s operation table
 * @param failedStatement index of the statement that failed; -1 if none did
 * @param backendPid of the server's session that served it; 0 if it never got a connection
 * @param t0Nanos planned arrival
 * @param t1Nanos picked up by the generator; {@link #NEVER} if it never was
 * @param t2Nanos got its connection; {@link #NEVER} if it never did
 * @param t3Nanos finished: committed, failed or timed out
 * @param sqlState five characters, or empty
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
        String sqlState) {
    /** Of a time that was never reached. */
    public static final long NEVER = Long.MIN_VALUE;

    /** How a request ended; the codes are the file format's. */
    public enum Outcome {
        SUCCEEDED,
        /** The server or the connection refused it: see the SQLState. */
        FAILED,
        /** The application gave up on it: statement timeout (57014). */
        TIMED_OUT,
        /** No connection within the pool's timeout. */
        POOL_TIMED_OUT,
        /** Planned, but the generator never started it, or abandoned it when the drain ended. */
        ABANDONED
    }

    public long responseNanos() {
        return t3Nanos - t0Nanos;
    }

    public boolean failed() {
        return outcome != Outcome.SUCCEEDED;
    }
}
