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
 * The arrivals of one service, in order.
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

    private final int service;
    private final int firstOperation;
    private final ArrivalPlan plan;
    private final List<Transaction> transactions;
    private final RequestRunner runner;
    private final InFlight inFlight;
    private final Timekeeper timekeeper;
    private final CompletableFuture<Long> planStart;
    private final AtomicLong handedOver = new AtomicLong();
    private final Thread pacer;
    private final int workers;

    private final Slice slice;

    // What is next; guarded by this.
    private final ArrivalPlan.Instants instants;
    /** Of the next arrival of this slice, among all. */
    private long index;

    private final Deque<Worker> idle = new ArrayDeque<>();
    private long taken;
    /** Those between the last one taken and the next that are other slices', which count among the operations all the same. */
    private final long[] others;

    private int otherCount;
    private final long[] perOperation;
    private long lastInstant;
    private long heldFromNanos = Long.MAX_VALUE;
    private final Deployments deployments = new Deployments();

    private final int[] firstOfVersion;
    /** Versions of an operation share what counts its arrivals: that of the first of its name. */
    private final int[] firstOfName;

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
        this.service = service;
        this.firstOperation = firstOperation;
        this.plan = plan;
        this.instants = plan.instants();
        this.slice = slice;
        this.others = new long[slice.of() - 1];
        this.runner = runner;
        this.inFlight = inFlight;
        this.timekeeper = timekeeper;
        this.planStart = planStart;
        this.pacer =
                Thread.ofPlatform().name("arrivals of " + spec.name()).daemon().unstarted(this::pace);
        List<Transaction> compiled = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Versioned versioned : spec.versioned()) {
            compiled.add(new Transaction(versioned.operation(), firstOperation + compiled.size(), keys));
            names.add(versioned.operation().name());
        }
        this.workers = Math.min(MOST_WORKERS, spec.pool().size());
        this.transactions = List.copyOf(compiled);
        this.firstOfName = names.stream().mapToInt(names::indexOf).toArray();
        this.perOperation = new long[transactions.size()];
        this.firstOfVersion = new int[1 + spec.versions().size()];
        List<String> versions = List.copyOf(spec.versions().keySet());
        for (int version = 1; version < firstOfVersion.length; version++) {
            String before = version == 1 ? Service.OLD : versions.get(version - 2);
            firstOfVersion[version] =
                    firstOfVersion[version - 1] + spec.operations(before).size();
        }
        skipOthers();
    }

    @Override
    public synchronized long deploy(int version, long overNanos) {
        long startNanos = Math.max(timekeeper.nowNanos(), lastInstant + 1);
        deployments.add(new Deployments.Window(version, startNanos, overNanos));
        return startNanos;
    }

    /**
     * Starts no arrival of {@code fromNanos} or later until {@link #release} or {@link #deployAt} says how to go on.
     *
     * @return false if one was started already; then nothing is held
     */
    synchronized boolean hold(long fromNanos) {
        if (fromNanos <= lastInstant) {
            return false;
        }
        heldFromNanos = fromNanos;
        return true;
    }

    /** Goes on as before. */
    synchronized void release() {
        heldFromNanos = Long.MAX_VALUE;
        LockSupport.unpark(pacer);
    }

    /** Goes on, with another version that comes from the instant that was held: for all slices the same one. */
    synchronized void deployAt(int version, long startNanos, long overNanos) {
        deployments.add(new Deployments.Window(version, startNanos, overNanos));
        release();
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
        if (!mayNotGoOn() && nextInstant() - timekeeper.nowNanos() <= AHEAD_NANOS) {
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
                long instant = nextInstant();
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
        Arrival arrival = next();
        return inFlight.begun(arrival, firstOperation + arrival.operation());
    }

    private synchronized boolean mayNotGoOn() {
        return handedOver.get() <= taken || nextInstant() >= heldFromNanos;
    }

    @Override
    public long plannedBefore(long instantNanos) {
        return slice.count(plan.countBefore(instantNanos - planStart.join()));
    }

    /** It is the plan's. */
    @Override
    public boolean isCertainBefore(long stopNanos) {
        return true;
    }

    @Override
    public synchronized void abandonRest(long stopNanos, long nowNanos) {
        while (nextInstant() < stopNanos) {
            begunNext().finished(new Transaction.Ending(Outcome.ABANDONED, -1, ""), nowNanos);
        }
    }

    private void run(InFlight.Request request) {
        Arrival arrival = request.arrival();
        Transaction transaction = transactions.get(arrival.operation());
        runner.run(request, transaction, transaction.values(plan.values(arrival.index()), arrival.nth()));
    }

    private synchronized long nextInstant() {
        return planStart.join() + instants.peek();
    }

    /** Takes the next arrival of this slice; its instant has come, or it never will. */
    synchronized Arrival next() {
        long planStartNanos = planStart.join();
        for (int i = 0; i < otherCount; i++) {
            perOperation[firstOfName[operation(index - otherCount + i, planStartNanos + others[i])]]++;
        }
        long instantNanos = nextInstant();
        int operation = operation(index, instantNanos);
        int counted = firstOfName[operation];
        Arrival arrival = new Arrival(service, operation, index, perOperation[counted], instantNanos);
        perOperation[counted]++;
        lastInstant = instantNanos;
        taken++;
        index++;
        instants.next();
        skipOthers();
        return arrival;
    }

    /** By its version, and so not before its instant has come. */
    private int operation(long arrival, long instantNanos) {
        int version = deployments.version(plan.versionDraw(arrival), instantNanos);
        return firstOfVersion[version] + plan.operation(arrival, version);
    }

    private void skipOthers() {
        otherCount = 0;
        while (!slice.has(index)) {
            others[otherCount] = instants.next();
            otherCount++;
            index++;
        }
    }
}
