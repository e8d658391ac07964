package dev.rehearsal.load;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Service;
import dev.rehearsal.scenario.Workload.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The arrivals of one service, in order, each run by a virtual thread of its own.
 *
 * <p>Gatling hands arrivals over long before their instant, so that it is never late. A thread of ours starts their virtual threads at it: one
 * wake-up a request, where a thread that parks by itself takes two, and nothing for a garbage collection to move about. Safe for use by several
 * threads.
 */
final class ServiceTraffic implements Traffic {
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

    // What is next; guarded by this.
    private final ArrivalPlan.Instants instants;
    private long index;
    private final long[] perOperation;
    private long lastInstant;
    private final Deployments deployments = new Deployments();

    private final int[] firstOfVersion;
    /** Versions of an operation share what counts its arrivals: that of the first of its name. */
    private final int[] firstOfName;

    /**
     * @param service index in the workload
     * @param firstOperation index of the service's first operation in the request log
     * @param planStart known before the first arrival is handed over
     */
    ServiceTraffic(
            int service,
            int firstOperation,
            Service spec,
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
    }

    @Override
    public synchronized long deploy(int version, long overNanos) {
        long startNanos = Math.max(timekeeper.nowNanos(), lastInstant + 1);
        deployments.add(new Deployments.Window(version, startNanos, overNanos));
        return startNanos;
    }

    /** Lets the next arrivals of the plan come; returns at once. */
    void handOver(int count) {
        handedOver.addAndGet(count);
        LockSupport.unpark(pacer);
    }

    /** Starts the thread that starts requests. */
    void start() {
        pacer.start();
    }

    private void pace() {
        TimerSlack.reduceToLeast();
        while (true) {
            timekeeper.parkUntil(startDue());
        }
    }

    /** Starts what is due and returns when to look again. */
    private long startDue() {
        while (handedOver.get() <= index()) {
            LockSupport.park();
        }
        for (Optional<InFlight.Request> due = nextDue(); due.isPresent(); due = nextDue()) {
            InFlight.Request request = due.get();
            Thread.startVirtualThread(() -> run(request));
        }
        return nextInstant();
    }

    private synchronized Optional<InFlight.Request> nextDue() {
        if (handedOver.get() <= index || nextInstant() > timekeeper.nowNanos()) {
            return Optional.empty();
        }
        Arrival arrival = next();
        return Optional.of(inFlight.begun(arrival, firstOperation + arrival.operation()));
    }

    private synchronized long index() {
        return index;
    }

    @Override
    public long plannedBefore(long instantNanos) {
        return plan.countBefore(instantNanos - planStart.join());
    }

    /** It is the plan's. */
    @Override
    public boolean isCertainBefore(long stopNanos) {
        return true;
    }

    @Override
    public synchronized void abandonRest(long stopNanos, long nowNanos) {
        while (nextInstant() < stopNanos) {
            Arrival arrival = next();
            inFlight.begun(arrival, firstOperation + arrival.operation())
                    .finished(new Transaction.Ending(Outcome.ABANDONED, -1, ""), nowNanos);
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

    private synchronized Arrival next() {
        long instantNanos = nextInstant();
        int version = deployments.version(plan.versionDraw(index), instantNanos);
        int operation = firstOfVersion[version] + plan.operation(index, version);
        int counted = firstOfName[operation];
        Arrival arrival = new Arrival(service, operation, index, perOperation[counted], instantNanos);
        perOperation[counted]++;
        lastInstant = instantNanos;
        index++;
        instants.next();
        return arrival;
    }
}
