package dev.rehearsal.load;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The arrivals of one service, in order, each handed to a virtual thread of its own. Safe for use by several threads. */
final class ServiceTraffic {
    private final int service;
    private final int firstOperation;
    private final ArrivalPlan plan;
    private final List<Transaction> transactions;
    private final RequestRunner runner;
    private final InFlight inFlight;
    private final CompletableFuture<Long> planStart;

    // What is next; guarded by this.
    private int slot = -1;
    private long[] offsets = {};
    private int inSlot;
    private long index;
    private final long[] perOperation;

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
            CompletableFuture<Long> planStart) {
        this.service = service;
        this.firstOperation = firstOperation;
        this.plan = plan;
        this.runner = runner;
        this.inFlight = inFlight;
        this.planStart = planStart;
        List<Transaction> compiled = new ArrayList<>();
        for (var operation : spec.operations()) {
            compiled.add(new Transaction(operation, keys));
        }
        this.transactions = List.copyOf(compiled);
        this.perOperation = new long[transactions.size()];
    }

    /** Hands over the next arrivals of the plan; returns at once. */
    void handOver(int count) {
        for (int i = 0; i < count; i++) {
            InFlight.Request request = handOverNext();
            Thread.startVirtualThread(() -> run(request));
        }
    }

    private synchronized InFlight.Request handOverNext() {
        Arrival arrival = next();
        return inFlight.handedOver(arrival, firstOperation + arrival.operation());
    }

    /** How many arrivals the plan has before an instant. */
    long plannedBefore(long instantNanos) {
        return plan.countBefore(instantNanos - planStart.join());
    }

    /** Records every arrival before {@code stopNanos} that was never handed over as abandoned. */
    synchronized void abandonRest(long stopNanos, long nowNanos) {
        for (Arrival arrival = next(); arrival.t0Nanos() < stopNanos; arrival = next()) {
            inFlight.handedOver(arrival, firstOperation + arrival.operation())
                    .finished(new Transaction.Ending(Outcome.ABANDONED, -1, ""), nowNanos);
        }
    }

    private void run(InFlight.Request request) {
        Arrival arrival = request.arrival();
        Transaction transaction = transactions.get(arrival.operation());
        runner.run(request, transaction, transaction.values(plan.values(arrival.index()), arrival.nth()));
    }

    private Arrival next() {
        while (inSlot == offsets.length) {
            slot++;
            offsets = plan.offsets(slot);
            inSlot = 0;
        }
        int operation = plan.operation(index);
        Arrival arrival =
                new Arrival(service, operation, index, perOperation[operation], planStart.join() + offsets[inSlot]);
        perOperation[operation]++;
        index++;
        inSlot++;
        return arrival;
    }
}
