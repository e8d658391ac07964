package dev.rehearsal.load;

import dev.rehearsal.scenario.Workload.Service;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The arrivals of a service that are a slice's, one after the other, each with the operation that it is for.
 *
 * <p>An arrival is taken a little before its instant, by the versions that are deployed then; so a version that is deployed comes after all that were
 * taken. Not safe for use by several threads.
 */
final class ArrivalSequence {
    private final int service;
    private final Slice slice;
    private final ArrivalPlan plan;
    private final ArrivalPlan.Instants instants;
    private final CompletableFuture<Long> planStart;
    private final Deployments deployments = new Deployments();

    /** The number of a version's first operation among those of all versions. */
    private final int[] firstOfVersion;

    /** Versions of an operation share what counts its arrivals: that of the first of its name. */
    private final int[] firstOfName;

    private final long[] perOperation;

    /** Of the next arrival of this slice, among all. */
    private long index;

    private long taken;
    private long lastInstant;
    private long heldFromNanos = Long.MAX_VALUE;

    /** The instants of those between the last one taken and the next, which are other slices' and count among the operations all the same. */
    private final long[] others;

    private int otherCount;

    /**
     * @param service index in the workload
     * @param planStart known before the first arrival is asked for
     */
    ArrivalSequence(int service, Service spec, Slice slice, ArrivalPlan plan, CompletableFuture<Long> planStart) {
        this.service = service;
        this.slice = slice;
        this.plan = plan;
        this.instants = plan.instants();
        this.planStart = planStart;
        this.others = new long[slice.of() - 1];
        List<String> names = spec.versioned().stream()
                .map(versioned -> versioned.operation().name())
                .toList();
        this.firstOfName = names.stream().mapToInt(names::indexOf).toArray();
        this.perOperation = new long[names.size()];
        this.firstOfVersion = new int[1 + spec.versions().size()];
        List<String> versions = List.copyOf(spec.versions().keySet());
        for (int version = 1; version < firstOfVersion.length; version++) {
            String before = version == 1 ? Service.OLD : versions.get(version - 2);
            firstOfVersion[version] =
                    firstOfVersion[version - 1] + spec.operations(before).size();
        }
        skipOthers();
    }

    /** How many are before an instant, whether taken or not. */
    long countBefore(long instantNanos) {
        return slice.count(plan.countBefore(instantNanos - planStart.join()));
    }

    /** How many were taken. */
    long taken() {
        return taken;
    }

    /** Of the next one, since the run's origin. */
    long nextInstant() {
        return planStart.join() + instants.peek();
    }

    /** Whether the next one waits for {@link #release} or {@link #deployAt}. */
    boolean isHeld() {
        return nextInstant() >= heldFromNanos;
    }

    /** Takes the next one. */
    Arrival next() {
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

    /**
     * From now on another version comes, more and more, over a time.
     *
     * @return when that begins: after all that were taken
     */
    long deploy(int version, long nowNanos, long overNanos) {
        long startNanos = Math.max(nowNanos, lastInstant + 1);
        deployments.add(new Deployments.Window(version, startNanos, overNanos));
        return startNanos;
    }

    /**
     * Holds those of {@code fromNanos} or later until {@link #release} or {@link #deployAt} says how to go on.
     *
     * @return false if one was taken already; then nothing is held
     */
    boolean hold(long fromNanos) {
        if (fromNanos <= lastInstant) {
            return false;
        }
        heldFromNanos = fromNanos;
        return true;
    }

    /** Goes on as before. */
    void release() {
        heldFromNanos = Long.MAX_VALUE;
    }

    /** Goes on, with another version that comes from the instant that was held: for all slices the same one. */
    void deployAt(int version, long startNanos, long overNanos) {
        deployments.add(new Deployments.Window(version, startNanos, overNanos));
        release();
    }
}
