package dev.rehearsal.load;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The requests whose threads were started and that have not finished: each becomes exactly one record, by its own thread or, when the drain ends before
 * it does, by {@link #abandon}. Safe for use by several threads.
 */
final class InFlight {
    private final Set<Request> requests = ConcurrentHashMap.newKeySet();
    private final AtomicLong recorded = new AtomicLong();
    private final Consumer<RequestRecord> records;

    InFlight(Consumer<RequestRecord> records) {
        this.records = records;
    }

    /** @param operation index in the request log */
    Request begun(Arrival arrival, int operation) {
        Request request = new Request(arrival, operation);
        requests.add(request);
        return request;
    }

    /** Requests recorded so far. */
    long recorded() {
        return recorded.get();
    }

    /** Records everything that was to arrive before {@code stopNanos} and still runs, or never began, as abandoned at {@code nowNanos}. */
    void abandon(long stopNanos, long nowNanos) {
        for (Request request : requests) {
            if (request.arrival.t0Nanos() < stopNanos) {
                request.finished(new Transaction.Ending(Outcome.ABANDONED, -1, ""), nowNanos);
            }
        }
    }

    /** One request on its way. Its own thread writes the times, another may read them when it is abandoned. */
    final class Request {
        private final Arrival arrival;
        private final int operation;
        private final AtomicBoolean finished = new AtomicBoolean();
        private volatile long t1Nanos = RequestRecord.NEVER;
        private volatile long t2Nanos = RequestRecord.NEVER;
        private volatile int backendPid;

        private Request(Arrival arrival, int operation) {
            this.arrival = arrival;
            this.operation = operation;
        }

        Arrival arrival() {
            return arrival;
        }

        void pickedUp(long nowNanos) {
            t1Nanos = nowNanos;
        }

        void connected(long nowNanos, int pid) {
            backendPid = pid;
            t2Nanos = nowNanos;
        }

        void finished(Transaction.Ending ending, long nowNanos) {
            if (finished.compareAndSet(false, true)) {
                requests.remove(this);
                records.accept(new RequestRecord(
                        operation,
                        ending.outcome(),
                        ending.failedStatement(),
                        backendPid,
                        arrival.t0Nanos(),
                        t1Nanos,
                        t2Nanos,
                        nowNanos,
                        ending.sqlState()));
                recorded.incrementAndGet();
            }
        }

        /** Its arrival turned out not to be part of the run. */
        void excluded() {
            requests.remove(this);
        }
    }
}
