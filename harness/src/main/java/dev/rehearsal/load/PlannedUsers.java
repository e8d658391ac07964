package dev.rehearsal.load;

import io.gatling.core.controller.inject.open.OpenInjectionStep;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import scala.collection.AbstractIterator;
import scala.collection.Iterator;
import scala.concurrent.duration.FiniteDuration;

/**
 * An injection step of Gatling's that has exactly one user for each group of so many successive arrivals of a plan, some time ahead of the first
 * of them. A group is a single arrival unless the rate is high: a user costs Gatling more than handing over an arrival costs us.
 *
 * <p>Users are made as they are needed: a run's length is not known in advance, and a list of one step a second for hours would be unrolled at
 * once, each step nested in the one before.
 */
final class PlannedUsers implements OpenInjectionStep {
    private static final long serialVersionUID = 1L;

    /** Gatling itself gives up a little later. */
    private static final long LONGEST_SECONDS = TimeUnit.DAYS.toSeconds(20);

    /** More users a second than this do nothing that fewer cannot. */
    private static final double USERS_PER_SECOND = 50;

    private final transient ArrivalPlan plan;
    private final transient LongSupplier planStart;
    private final transient Slice slice;
    private final int group;

    PlannedUsers(ArrivalPlan plan, int group, LongSupplier planStart) {
        this(plan, Slice.WHOLE, group, planStart);
    }

    /** @param planStart in nanoseconds after Gatling's start, may be negative; asked when Gatling starts. Users due before it are due at once */
    PlannedUsers(ArrivalPlan plan, Slice slice, int group, LongSupplier planStart) {
        this.plan = plan;
        this.slice = slice;
        this.planStart = planStart;
        this.group = group;
    }

    /** How many arrivals one user stands for. */
    static int group(double arrivalsPerSecond) {
        return (int) Math.max(1, Math.ceil(arrivalsPerSecond / USERS_PER_SECOND));
    }

    @Override
    public Iterator<FiniteDuration> chain(Iterator<FiniteDuration> following) {
        return new Due(plan, slice, group, planStart.getAsLong());
    }

    /** Not known; Gatling wants to know whether there are any. */
    @Override
    public long users() {
        return Integer.MAX_VALUE;
    }

    @Override
    public FiniteDuration duration() {
        return new FiniteDuration(LONGEST_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public boolean canEqual(Object that) {
        return that == this;
    }

    @Override
    public int productArity() {
        return 0;
    }

    @Override
    public Object productElement(int n) {
        throw new IndexOutOfBoundsException(n);
    }

    /** When each user is due after Gatling's start. */
    private static final class Due extends AbstractIterator<FiniteDuration> {
        private final ArrivalPlan plan;
        /** From the first arrival of a user to the first of the next one. */
        private final int step;

        private final long planStartNanos;
        private int slot;
        private long[] offsets;
        private int inSlot;

        Due(ArrivalPlan plan, Slice slice, int group, long planStartNanos) {
            this.plan = plan;
            this.step = group * slice.of();
            this.inSlot = slice.number();
            this.planStartNanos = planStartNanos;
            this.offsets = plan.offsets(0);
        }

        /** A group may reach over slots. */
        @Override
        public boolean hasNext() {
            while (inSlot >= offsets.length && slot < LONGEST_SECONDS) {
                inSlot -= offsets.length;
                slot++;
                offsets = plan.offsets(slot);
            }
            return inSlot < offsets.length;
        }

        @Override
        public FiniteDuration next() {
            if (!hasNext()) {
                throw new java.util.NoSuchElementException("the plan has ended");
            }
            long due = planStartNanos + offsets[inSlot];
            inSlot += step;
            return new FiniteDuration(Math.max(0, TimeUnit.NANOSECONDS.toMillis(due)), TimeUnit.MILLISECONDS);
        }
    }
}
