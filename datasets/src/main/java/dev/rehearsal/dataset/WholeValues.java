package dev.rehearsal.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Whole numbers as a histogram describes them, by their place in the order of all values. Also moments and decimals (unscaled). Immutable.
 */
final class WholeValues {
    private final ValueStretches stretches;
    private final Part[] parts;

    private WholeValues(ValueStretches stretches, Part[] parts) {
        this.stretches = stretches;
        this.parts = parts;
    }

    /** @param share of the rows that have a value */
    record Common(long value, double share) {}

    /**
     * A stretch's values: {@code capacity} numbers from {@code first} on.
     *
     * @param toTheEnd whether the greatest has to be among them
     */
    private record Part(double share, long first, long capacity, boolean toTheEnd) {
        static Part single(long value, double share) {
            return new Part(share, value, 1, false);
        }

        long value(long index, long distinct) {
            return toTheEnd && distinct > 1
                    ? first + spread(index, capacity - 1, distinct - 1)
                    : first + spread(index, capacity, distinct);
        }

        /** index · span / parts without overflow, for parts up to 2^31. */
        private static long spread(long index, long span, long parts) {
            return index * (span / parts) + index * (span % parts) / parts;
        }

        Part widened(long more) {
            return new Part(share, first, capacity + more, toTheEnd);
        }
    }

    /**
     * Lays the values out.
     *
     * @param count of the rows that have a value
     * @param bounds in order; empty if all values are common
     * @param distinct of all values, the common ones among them
     * @param mayGrow whether values above the last bound may be taken where there are not as many below
     */
    static WholeValues of(long count, long[] bounds, List<Common> common, long distinct, boolean mayGrow) {
        List<Common> sorted =
                common.stream().sorted(Comparator.comparingLong(Common::value)).toList();
        double rest = Math.max(0, 1 - common.stream().mapToDouble(Common::share).sum());
        long others = Math.max(1, distinct - common.size());
        List<Part> between = bounds.length == 0 ? List.of() : between(bounds, sorted, rest, others);
        double[] shares = between.stream().mapToDouble(Part::share).toArray();
        long[] values = new long[shares.length];
        long missing = HistogramShares.distribute(
                others, shares, between.stream().mapToLong(Part::capacity).toArray(), values);
        if (missing > 0 && mayGrow && !between.isEmpty()) {
            int last = between.size() - 1;
            between.set(last, between.get(last).widened(missing));
            values[last] += missing;
        }
        double[] rows = HistogramShares.ofRows(shares, values, rest, count);
        List<Part> parts = new ArrayList<>();
        List<ValueStretches.Stretch> stretches = new ArrayList<>();
        int next = 0;
        for (int i = 0; i <= between.size(); i++) {
            boolean end = i == between.size();
            for (;
                    next < sorted.size()
                            && (end || sorted.get(next).value() < between.get(i).first());
                    next++) {
                Common value = sorted.get(next);
                parts.add(Part.single(value.value(), value.share()));
                stretches.add(new ValueStretches.Stretch(value.share(), 1));
            }
            if (!end && values[i] > 0) {
                parts.add(between.get(i));
                stretches.add(new ValueStretches.Stretch(rows[i], values[i]));
            }
        }
        return new WholeValues(new ValueStretches(count, stretches), parts.toArray(Part[]::new));
    }

    /** What lies between bounds and common values. */
    private static List<Part> between(long[] bounds, List<Common> common, double rest, long others) {
        List<Part> parts = new ArrayList<>();
        if (others <= bounds.length) {
            // The bounds are the values.
            for (int i = 0; i < others; i++) {
                parts.add(Part.single(bounds[(int) (i * (long) bounds.length / others)], rest / others));
            }
            return parts;
        }
        int count = bounds.length - 1;
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            long from = bounds[i];
            long to = Math.max(from, bounds[i + 1] - (last ? 0 : 1));
            long lowest = from;
            long left = common.stream()
                    .filter(value -> value.value() >= lowest && value.value() <= to)
                    .count();
            double width = Math.max(1, to - (double) from + 1 - left);
            for (Common value : common) {
                if (value.value() >= from && value.value() <= to) {
                    add(parts, rest / count, width, from, value.value() - 1, false);
                    from = value.value() + 1;
                }
            }
            add(parts, rest / count, width, from, to, last);
        }
        return parts;
    }

    private static void add(List<Part> parts, double share, double width, long from, long to, boolean toTheEnd) {
        if (to >= from) {
            long span = to - from + 1;
            long capacity = span <= 0 ? Long.MAX_VALUE : span;
            parts.add(new Part(share * (capacity / width), from, capacity, toTheEnd));
        }
    }

    ValueStretches stretches() {
        return stretches;
    }

    /** @param position in the order of all values, from 0 */
    long at(long position) {
        int stretch = stretches.stretch(position);
        return parts[stretch].value(stretches.index(stretch, position), stretches.distinct(stretch));
    }

    long least() {
        return Arrays.stream(parts).mapToLong(Part::first).min().orElse(0);
    }

    long greatest() {
        return Arrays.stream(parts)
                .mapToLong(part -> part.first() + part.capacity() - 1)
                .max()
                .orElse(0);
    }
}
