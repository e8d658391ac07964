package dev.rehearsal.load;

import dev.rehearsal.scenario.Workload.Pool;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The part of the one arrival plan that one of several injectors makes.
 *
 * <pre>
 *   arrivals of a service    0  1  2  3  4  5  6  7  …
 *   slice 0 of 3             ×        ×        ×
 *   slice 1 of 3                ×        ×        ×
 *   slice 2 of 3                   ×        ×
 * </pre>
 *
 * In turn, and not by a draw: a service's connections are shared out evenly ({@link #part}), and so each slice has its part of them to its part of the
 * arrivals at every moment, not just on average. Whatever is drawn for an arrival is drawn by its number in the whole plan, so that the slices together
 * are that plan exactly, however many they are.
 *
 * @param number from 0
 * @param of how many there are
 */
record Slice(int number, int of) {
    static final Slice WHOLE = new Slice(0, 1);

    Slice {
        if (of < 1 || number < 0 || number >= of) {
            throw new IllegalArgumentException(outOfRange(number, of));
        }
    }

    static String outOfRange(long number, int of) {
        return "slice " + number + " is not among the " + of + " of this run, which are "
                + (of == 1 ? "0 alone" : "0 to " + (of - 1));
    }

    static List<Slice> all(int of) {
        return IntStream.range(0, of).mapToObj(number -> new Slice(number, of)).toList();
    }

    boolean isWhole() {
        return of == 1;
    }

    /** Whether an arrival is one of this slice's. */
    boolean has(long arrival) {
        return arrival % of == number;
    }

    /** How many of a service's first {@code arrivals} are this slice's. */
    long count(long arrivals) {
        return arrivals / of + (arrivals % of > number ? 1 : 0);
    }

    /** How many of the arrivals from one on, and before another, are this slice's; 0 if there are none between. */
    long count(long from, long before) {
        return Math.max(0, count(before) - count(from));
    }

    /** This slice's part of a pool: the first slices have one connection more where it cannot be shared out evenly. */
    Pool part(Pool whole) {
        return new Pool((int) count(whole.size()), whole.connectionTimeout(), whole.prepareThreshold());
    }

    /** As messages call its injector, by the number from 0 that whoever starts it gives it. */
    String injector() {
        return isWhole() ? "the load injector" : "the load injector of slice " + number + " (of " + of + ", from 0)";
    }
}
