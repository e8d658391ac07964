package dev.rehearsal.load;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Retry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * The requests whose threads were started and that have not finished: each becomes exactly one record, by its own thread or, when the drain ends before
 * it does, by {@link #abandon}. Safe for use by several threads.
 */
final class InFlight {
    private final Set<Request> requests = ConcurrentHashMap.newKeySet();
    private final AtomicLong recorded = new AtomicLong();
    private final Consumer<RequestRecord> records;
    private final IntPredicate ledger;

    /** @param ledger whether an operation leaves entries in the ledger, by its number in the request log */
    InFlight(Consumer<RequestRecord> records, IntPredicate ledger) {
        this.records = records;
        this.ledger = ledger;
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
                request.givenUp(Outcome.ABANDONED, nowNanos);
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
        private volatile int attempt = 1;
        private volatile int unknownAttempts;
        private volatile long askedNanos = RequestRecord.NEVER;
        private volatile boolean underWay;

        private Request(Arrival arrival, int operation) {
            this.arrival = arrival;
            this.operation = operation;
        }

        Arrival arrival() {
            return arrival;
        }

        void pickedUp(long nowNanos) {
            t1Nanos = nowNanos;
            askedNanos = nowNanos;
        }

        void connected(long nowNanos, int pid) {
            backendPid = pid;
            t2Nanos = nowNanos;
            underWay = true;
        }

        Transaction.Identity identity() {
            return new Transaction.Identity(arrival.index(), attempt);
        }

        /** Whether this is no end, by what its service says; not of one that was abandoned meanwhile. */
        boolean isToBeTriedAgain(Transaction.Ending ending, Retry retry) {
            boolean again = attempt < retry.attempts()
                    && ending.outcome() != Outcome.SUCCEEDED
                    && retry.on().contains(ending.sqlState())
                    && !finished.get();
            if (again) {
                note(ending.unknown());
            }
            return again;
        }

        /** How long to wait now. */
        long backoff(Retry retry) {
            return retry.backoffAfter(attempt).toNanos();
        }

        void triedAgain(long nowNanos) {
            attempt = identity().attempt() + 1;
            askedNanos = nowNanos;
            t2Nanos = RequestRecord.NEVER;
            backendPid = 0;
        }

        /** It ends here, and nobody will hear what becomes of the attempt that is under way. */
        void givenUp(Outcome outcome, long nowNanos) {
            finished(new Transaction.Ending(outcome, -1, "", underWay && ledger.test(operation)), nowNanos);
        }

        private void note(boolean unknown) {
            underWay = false;
            if (unknown) {
                int before = unknownAttempts;
                unknownAttempts = before | (1 << (attempt - 1));
            }
        }

        void finished(Transaction.Ending ending, long nowNanos) {
            if (finished.compareAndSet(false, true)) {
                note(ending.unknown());
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
                        ending.sqlState(),
                        new RequestRecord.Attempts(arrival.index(), attempt, unknownAttempts, askedNanos)));
                recorded.incrementAndGet();
            }
        }

        /** Its arrival turned out not to be part of the run. */
        void excluded() {
            requests.remove(this);
        }
    }
}
