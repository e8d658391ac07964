package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestRecord;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What requests of one kind felt in one stage. Complete once it is handed out; not safe for use by several threads before.
 *
 * <p>{@code arrivals = completed + failed + timedOut}. Failures and timeouts stay in the response times: a user waited for them too.
 */
public final class OperationStatistics {
    private final String service;
    private final String operation;
    private final String version;
    private final boolean writes;
    private final boolean planned;
    private long completed;
    private long failed;
    private long timedOut;
    private long attempts;
    private final SortedMap<String, Long> errors = new TreeMap<>();
    private final Timings response = new Timings();
    private final Timings lag = new Timings();
    private final Timings poolWait = new Timings();
    private final Timings serviceTime = new Timings();

    /** Of requests that are timed from their planned arrival. */
    OperationStatistics(String service, String operation, String version, boolean writes) {
        this(service, operation, version, writes, true);
    }

    /** @param planned whether requests are timed from their planned arrival; of others there is no lag, rather than one of nothing */
    OperationStatistics(String service, String operation, String version, boolean writes, boolean planned) {
        this.planned = planned;
        this.service = service;
        this.operation = operation;
        this.version = version;
        this.writes = writes;
    }

    /** @param lastSeenNanos stands in for the end of a request that has none */
    void add(RequestRecord request, long lastSeenNanos) {
        attempts += request.attempts().count();
        switch (request.outcome()) {
            case SUCCEEDED -> completed++;
            case FAILED, ABANDONED -> failed++;
            case TIMED_OUT, POOL_TIMED_OUT -> timedOut++;
        }
        if (request.failed()) {
            errors.merge(errorKey(request), 1L, Long::sum);
        }
        long t3 = reached(request.t3Nanos()) ? request.t3Nanos() : Math.max(lastSeenNanos, request.t0Nanos());
        long t1 = reached(request.t1Nanos()) ? request.t1Nanos() : t3;
        response.add(t3 - request.t0Nanos());
        if (planned) {
            lag.add(t1 - request.t0Nanos());
        }
        if (reached(request.t1Nanos())) {
            poolWait.add((reached(request.t2Nanos()) ? request.t2Nanos() : t3) - askedNanos(request));
        }
        if (reached(request.t2Nanos())) {
            serviceTime.add(t3 - request.t2Nanos());
        }
    }

    /** Pool wait and service time are those of the last attempt; the time of those before it is in the response alone. */
    private static long askedNanos(RequestRecord request) {
        return request.attempts().count() > 1 ? request.attempts().askedNanos() : request.t1Nanos();
    }

    void add(OperationStatistics other) {
        attempts += other.attempts;
        completed += other.completed;
        failed += other.failed;
        timedOut += other.timedOut;
        other.errors.forEach((state, count) -> errors.merge(state, count, Long::sum));
        response.add(other.response);
        lag.add(other.lag);
        poolWait.add(other.poolWait);
        serviceTime.add(other.serviceTime);
    }

    private static boolean reached(long nanos) {
        return nanos != RequestRecord.NEVER;
    }

    /** Its SQLState, or what stands for it. */
    static String errorKey(RequestRecord request) {
        if (!request.sqlState().isEmpty()) {
            return request.sqlState();
        }
        return switch (request.outcome()) {
            case POOL_TIMED_OUT -> "poolTimeout";
            case ABANDONED -> "abandoned";
            case TIMED_OUT -> "timeout";
            case FAILED, SUCCEEDED -> "unknown";
        };
    }

    /** Empty: every service. */
    public String service() {
        return service;
    }

    /** Empty: every operation. */
    public String operation() {
        return operation;
    }

    /** Of the application; empty: every version. */
    public String version() {
        return version;
    }

    public boolean writes() {
        return writes;
    }

    /** Planned arrivals. */
    public long arrivals() {
        return completed + failed + timedOut;
    }

    /** Of all arrivals together: one each, and more where the service tries again. */
    public long attempts() {
        return attempts;
    }

    public long completed() {
        return completed;
    }

    /** Refused by the server or the connection, or never started; without timeouts. */
    public long failed() {
        return failed;
    }

    /** Given up by the application: its statement timeout, or no connection in time. */
    public long timedOut() {
        return timedOut;
    }

    /** Failures and timeouts by SQLState; {@code poolTimeout}, {@code timeout}, {@code abandoned} or {@code unknown} where there is none. */
    public SortedMap<String, Long> errors() {
        return Collections.unmodifiableSortedMap(errors);
    }

    /** Planned arrival to end; of an HTTP simulation's, from when it was sent. */
    public Timings response() {
        return response;
    }

    /** Planned arrival to picked up by the generator. */
    public Timings lag() {
        return lag;
    }

    /** Picked up to connection, or to the end of waiting for one; of one that was tried again, in its last attempt. */
    public Timings poolWait() {
        return poolWait;
    }

    /** Connection to end. */
    public Timings serviceTime() {
        return serviceTime;
    }

    /** Failures and timeouts beside all arrivals, 0 to 1; 0 without arrivals. */
    public double failedFraction() {
        return arrivals() == 0 ? 0 : (double) (failed + timedOut) / arrivals();
    }
}
