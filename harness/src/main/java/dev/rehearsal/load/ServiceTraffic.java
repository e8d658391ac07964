package dev.rehearsal.load;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Service;
import dev.rehearsal.scenario.Workload.Versioned;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The requests of one service, each run when it is to arrive.
 *
 * <p>Gatling hands arrivals over long before their instant, so that it is never late. As many workers as the service has connections, threads of the
 * operating system, take one after the other, each a little before its instant, and wait for it: nobody has to wake a worker that is due, and while it
 * waits for the server no other thread has to wait for it. An arrival for which no worker is free at its instant gets a virtual thread, so that every
 * request begins when it is to, however many wait for a connection. Safe for use by several threads.
 */
final class ServiceTraffic implements Traffic {
    /** How long before its instant an arrival may be given to a worker, which then waits for it; a deployment that begins meanwhile begins after it. */
    private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A service with a larger pool seldom has more requests at a time. */
    private static final int MOST_WORKERS = 64;

    private final int firstOperation;
    private final ArrivalPlan plan;
    private final List<Transaction> transactions;
    private final RequestRunner runner;
    private final InFlight inFlight;
    private final Timekeeper timekeeper;
    private final AtomicLong handedOver = new AtomicLong();
    private final Thread pacer;
    private final int workers;

    // Both guarded by this.
    private final ArrivalSequence arrivals;
    private final Deque<Worker> idle = new ArrayDeque<>();

    /**
     * @param service index in the workload
     * @param firstOperation index of the service's first operation in the request log
     * @param slice which of the arrivals are started here
     * @param planStart known before the first arrival is handed over
     */
    ServiceTraffic(
            int service,
            int firstOperation,
            Service spec,
            Slice slice,
            ArrivalPlan plan,
            Map<String, KeyDomain> keys,
            RequestRunner runner,
            InFlight inFlight,
            Timekeeper timekeeper,
            CompletableFuture<Long> planStart) {
        this.firstOperation = firstOperation;
        this.plan = plan;
        this.runner = runner;
        this.inFlight = inFlight;
        this.timekeeper = timekeeper;
        this.pacer =
                Thread.ofPlatform().name("arrivals of " + spec.name()).daemon().unstarted(this::pace);
        this.workers = Math.min(MOST_WORKERS, spec.pool().size());
        List<Transaction> compiled = new ArrayList<>();
        for (Versioned versioned : spec.versioned()) {
            compiled.add(new Transaction(versioned.operation(), firstOperation + compiled.size(), keys));
        }
        this.transactions = List.copyOf(compiled);
        this.arrivals = new ArrivalSequence(service, spec, slice, plan, planStart);
    }

    /**
     * From now on another version comes, more and more.
     *
     * @param version its number within the service, 0 for the old one
     * @return when that begins: no arrival of that time or later has been given a version yet
     */
    synchronized long deploy(int version, long overNanos) {
        return arrivals.deploy(version, timekeeper.nowNanos(), overNanos);
    }

    /** See {@link ArrivalSequence#hold}. */
    synchronized boolean hold(long fromNanos) {
        return arrivals.hold(fromNanos);
    }

    /** See {@link ArrivalSequence#release}. */
    synchronized void release() {
        arrivals.release();
        LockSupport.unpark(pacer);
    }

    /** See {@link ArrivalSequence#deployAt}. */
    synchronized void deployAt(int version, long startNanos, long overNanos) {
        arrivals.deployAt(version, startNanos, overNanos);
        LockSupport.unpark(pacer);
    }

    /** Lets the next arrivals of the plan come; returns at once. */
    void handOver(int count) {
        handedOver.addAndGet(count);
        LockSupport.unpark(pacer);
    }

    /** Starts the threads that run requests. */
    void start() {
        for (int i = 0; i < workers; i++) {
            new Worker().thread.start();
        }
        pacer.start();
    }

    /** Runs one request after the other: the next of the plan while that is near, and otherwise what the pacer gives. */
    private final class Worker {
        private final Thread thread =
                Thread.ofPlatform().name(pacer.getName() + ", worker").daemon().unstarted(this::work);
        private volatile Optional<InFlight.Request> given = Optional.empty();

        private void work() {
            TimerSlack.reduceToLeast();
            while (true) {
                Optional<InFlight.Request> next = nextFor(this);
                while (next.isEmpty()) {
                    LockSupport.park();
                    next = given;
                }
                given = Optional.empty();
                run(next.get());
            }
        }

        void give(InFlight.Request request) {
            given = Optional.of(request);
            LockSupport.unpark(thread);
        }
    }

    /** What comes next, if that is near; if it is not, the worker is idle from now on. */
    private synchronized Optional<InFlight.Request> nextFor(Worker worker) {
        if (!mayNotGoOn() && arrivals.nextInstant() - timekeeper.nowNanos() <= AHEAD_NANOS) {
            return Optional.of(begunNext());
        }
        idle.push(worker);
        return Optional.empty();
    }

    private void pace() {
        TimerSlack.reduceToLeast();
        while (true) {
            timekeeper.parkUntil(startDue());
        }
    }

    /** Gives idle workers what is near, starts what is due and has no worker, and returns when to look again. */
    private long startDue() {
        while (mayNotGoOn()) {
            LockSupport.park();
        }
        synchronized (this) {
            while (!mayNotGoOn()) {
                long instant = arrivals.nextInstant();
                long left = instant - timekeeper.nowNanos();
                if (left > AHEAD_NANOS) {
                    return instant - AHEAD_NANOS;
                }
                if (!idle.isEmpty()) {
                    idle.pop().give(begunNext());
                } else if (left > 0) {
                    return instant;
                } else {
                    InFlight.Request request = begunNext();
                    Thread.startVirtualThread(() -> run(request));
                }
            }
        }
        return timekeeper.nowNanos();
    }

    private InFlight.Request begunNext() {
        Arrival arrival = arrivals.next();
        return inFlight.begun(arrival, firstOperation + arrival.operation());
    }

    private synchronized boolean mayNotGoOn() {
        return handedOver.get() <= arrivals.taken() || arrivals.isHeld();
    }

    private void run(InFlight.Request request) {
        Arrival arrival = request.arrival();
        Transaction transaction = transactions.get(arrival.operation());
        runner.run(request, transaction, transaction.values(plan.values(arrival.index()), arrival.nth()));
    }

    /** The plan says it, whatever has become of them. */
    @Override
    public synchronized long plannedBefore(long instantNanos) {
        return arrivals.countBefore(instantNanos);
    }

    @Override
    public synchronized void abandonRest(long stopNanos, long nowNanos) {
        while (arrivals.nextInstant() < stopNanos) {
            begunNext().finished(new Transaction.Ending(Outcome.ABANDONED, -1, ""), nowNanos);
        }
    }
}
