package dev.rehearsal.load;

import dev.rehearsal.scenario.ExpectedArrivals;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.Service;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.PoissonSampler;

/**
 * When the requests of one service arrive, and which operation each asks for: a pure function of seed, service, rate and process.
 *
 * <p>Time is cut into slots of one second, and each can be computed alone. A Poisson process of rate λ has a Poisson(λ) number of arrivals in
 * a slot, independent of other slots, and given their number they are independent and uniform in it: so a slot draws its number, then as many
 * uniform instants, and sorts them. Constant arrivals are at k/λ.
 *
 * <p>Where the rate changes, the same is done in the time in which it does not: Λ(t), the arrivals to be expected until t. A slot's number is drawn
 * from the Poisson distribution of what Λ grows by in it, the instants uniformly between Λ at its beginning and at its end, and led back by Λ's
 * inverse. Constant arrivals are where Λ is whole.
 *
 * <p>Immutable and safe for use by several threads.
 */
final class ArrivalPlan {
    static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int ARRIVAL_STREAM = 1;
    private static final int OPERATION_STREAM = 2;
    private static final int VALUE_STREAM = 3;
    private static final int VERSION_STREAM = 4;

    private final Arrivals arrivals;
    private final Rate rate;
    private final ExpectedArrivals expected;
    /** By version, the old one first. */
    private final List<double[]> cumulativeWeights;

    private final long arrivalSeed;
    private final long operationSeed;
    private final long valueSeed;
    private final long versionSeed;

    ArrivalPlan(long seed, Arrivals arrivals, Service service) {
        this.arrivals = arrivals;
        this.rate = service.rate();
        this.expected = rate.expected();
        this.cumulativeWeights = Stream.concat(Stream.of(Service.OLD), service.versions().keySet().stream())
                .map(version -> cumulative(service.operations(version)))
                .toList();
        long serviceSeed = Seeds.derive(seed, service.name());
        this.arrivalSeed = Seeds.derive(serviceSeed, ARRIVAL_STREAM);
        this.operationSeed = Seeds.derive(serviceSeed, OPERATION_STREAM);
        this.valueSeed = Seeds.derive(serviceSeed, VALUE_STREAM);
        this.versionSeed = Seeds.derive(serviceSeed, VERSION_STREAM);
    }

    private static double[] cumulative(List<Operation> operations) {
        double[] cumulative = new double[operations.size()];
        double sum = 0;
        for (int i = 0; i < cumulative.length; i++) {
            sum += operations.get(i).weight();
            cumulative[i] = sum;
        }
        return cumulative;
    }

    /** How many requests arrive in the second that begins {@code slot} seconds after the plan does. */
    int count(int slot) {
        return switch (arrivals) {
            case POISSON -> poissonCount(slotRandom(slot), mean(slot));
            case CONSTANT -> Math.toIntExact(firstConstant(slot + 1) - firstConstant(slot));
        };
    }

    /** The arrivals of one slot in order, in nanoseconds since the plan's beginning. */
    long[] offsets(int slot) {
        return switch (arrivals) {
            case POISSON -> poissonOffsets(slot);
            case CONSTANT -> constantOffsets(slot);
        };
    }

    /** How many requests arrive before {@code offsetNanos}; 0 before the plan's beginning. */
    long countBefore(long offsetNanos) {
        return new Counter().countBefore(offsetNanos);
    }

    /** Which of the service's operations the request of an arrival asks for, as long as nothing is deployed. */
    int operation(long arrival) {
        return operation(arrival, 0);
    }

    /** A number for each arrival, from 0 and less than 1, by which it meets one version or another while both are running. */
    double versionDraw(long arrival) {
        return Seeds.random(Seeds.derive(versionSeed, arrival)).nextDouble();
    }

    /**
     * Which of a version's operations the request of an arrival asks for.
     *
     * @param version its number within the service, 0 for the old one
     */
    int operation(long arrival, int version) {
        double[] cumulativeWeights = this.cumulativeWeights.get(version);
        double total = cumulativeWeights[cumulativeWeights.length - 1];
        double drawn = Seeds.random(Seeds.derive(operationSeed, arrival)).nextDouble() * total;
        int at = Arrays.binarySearch(cumulativeWeights, drawn);
        // An operation's share is [sum before it, sum with it): a hit on a sum belongs to the next operation that has a
        // weight.
        int operation = at < 0 ? -at - 1 : at + 1;
        while (operation < cumulativeWeights.length - 1 && cumulativeWeights[operation] <= drawn) {
            operation++;
        }
        return operation;
    }

    /** What the parameters of an arrival's request are drawn from. */
    UniformRandomProvider values(long arrival) {
        return Seeds.random(Seeds.derive(valueSeed, arrival));
    }

    private UniformRandomProvider slotRandom(int slot) {
        return Seeds.random(Seeds.derive(arrivalSeed, slot));
    }

    private static int poissonCount(UniformRandomProvider random, double mean) {
        return PoissonSampler.of(random, mean).sample();
    }

    private long[] poissonOffsets(int slot) {
        UniformRandomProvider random = slotRandom(slot);
        long[] offsets = new long[poissonCount(random, mean(slot))];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = slot * SLOT_NANOS + within(slot, random);
        }
        Arrays.sort(offsets);
        return offsets;
    }

    private double mean(int slot) {
        return switch (rate) {
            case Rate.Steady steady -> steady.perSecond();
            case Rate.Curve curve -> expected.mean(slot, slot + 1.0);
            case Rate.Day day -> expected.mean(slot, slot + 1.0);
        };
    }

    private long within(int slot, UniformRandomProvider random) {
        return switch (rate) {
            case Rate.Steady steady -> random.nextLong(SLOT_NANOS);
            case Rate.Curve curve -> led(slot, random.nextDouble());
            case Rate.Day day -> led(slot, random.nextDouble());
        };
    }

    /** Where in the slot so much of what is expected in it has come. */
    private long led(int slot, double fraction) {
        double seconds = expected.secondsUntil(expected.before(slot) + fraction * mean(slot));
        return Math.clamp((long) ((seconds - slot) * SLOT_NANOS), 0, SLOT_NANOS - 1);
    }

    private long[] constantOffsets(int slot) {
        long first = firstConstant(slot);
        long[] offsets = new long[Math.toIntExact(firstConstant(slot + 1) - first)];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = constantOffset(first + i);
        }
        return offsets;
    }

    private long constantOffset(long arrival) {
        return (long) (expected.secondsUntil((double) arrival) * SLOT_NANOS);
    }

    /** Index of the first constant arrival that is not before a slot. */
    private long firstConstant(int slot) {
        long start = slot * SLOT_NANOS;
        long index = (long) Math.ceil(expected.before(slot));
        while (index > 0 && constantOffset(index - 1) >= start) {
            index--;
        }
        while (constantOffset(index) < start) {
            index++;
        }
        return index;
    }

    /** All arrivals, from the first on. */
    Instants instants() {
        return new Instants();
    }

    /** One arrival after the other, in nanoseconds since the plan's beginning. For use by one thread. */
    final class Instants {
        private int slot = -1;
        private long[] offsets = {};
        private int inSlot;

        private Instants() {}

        /** When the next one is. */
        long peek() {
            while (inSlot == offsets.length) {
                slot++;
                offsets = offsets(slot);
                inSlot = 0;
            }
            return offsets[inSlot];
        }

        long next() {
            long next = peek();
            inSlot++;
            return next;
        }
    }

    /** Counts arrivals up to instants that only grow, without counting from the beginning each time. For use by one thread. */
    final class Counter {
        private int slot;
        private long before;
        private long[] offsets = offsets(0);

        /** @param offsetNanos not less than in the call before */
        long countBefore(long offsetNanos) {
            if (offsetNanos <= 0) {
                return 0;
            }
            int wanted = Math.toIntExact(offsetNanos / SLOT_NANOS);
            if (slot < wanted) {
                before += offsets.length;
                for (slot++; slot < wanted; slot++) {
                    before += count(slot);
                }
                offsets = offsets(slot);
            }
            int at = Arrays.binarySearch(offsets, offsetNanos);
            int within = at < 0 ? -at - 1 : at;
            // Equal instants: the search may have hit any of them.
            while (within > 0 && offsets[within - 1] >= offsetNanos) {
                within--;
            }
            return before + within;
        }
    }
}
