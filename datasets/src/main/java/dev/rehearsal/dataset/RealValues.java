package dev.rehearsal.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Real numbers as a histogram describes them, by their place in the order of all values. Immutable. */
final class RealValues {
    private final ValueStretches stretches;
    private final Part[] parts;

    private RealValues(ValueStretches stretches, Part[] parts) {
        this.stretches = stretches;
        this.parts = parts;
    }

    /** @param share of the rows that have a value */
    record Common(double value, double share) {}

    private record Part(double share, double first, double last) {}

    /**
     * Lays the values out.
     *
     * @param count of the rows that have a value
     * @param bounds in order; empty if all values are common
     * @param distinct of all values, the common ones among them
     */
    static RealValues of(long count, double[] bounds, List<Common> common, long distinct) {
        double rest = Math.max(0, 1 - common.stream().mapToDouble(Common::share).sum());
        List<Common> sorted = common.stream()
                .sorted(Comparator.comparingDouble(Common::value))
                .toList();
        List<Part> between = between(bounds, sorted, rest);
        double[] shares = between.stream().mapToDouble(Part::share).toArray();
        long[] capacities = new long[shares.length];
        Arrays.fill(capacities, Long.MAX_VALUE);
        long[] values = new long[shares.length];
        HistogramShares.distribute(Math.max(1, distinct - common.size()), shares, capacities, values);
        double[] rows = HistogramShares.ofRows(shares, values, rest, count);
        List<Part> parts = new ArrayList<>();
        List<ValueStretches.Stretch> stretches = new ArrayList<>();
        int next = 0;
        for (int i = 0; i <= values.length; i++) {
            boolean end = i == values.length;
            for (;
                    next < sorted.size()
                            && (end
                                    || sorted.get(next).value()
                                            <= between.get(i).first());
                    next++) {
                double value = sorted.get(next).value();
                parts.add(new Part(0, value, value));
                stretches.add(new ValueStretches.Stretch(sorted.get(next).share(), 1));
            }
            if (!end && values[i] > 0) {
                parts.add(between.get(i));
                stretches.add(new ValueStretches.Stretch(rows[i], values[i]));
            }
        }
        return new RealValues(new ValueStretches(count, stretches), parts.toArray(Part[]::new));
    }

    /** What lies between bounds and common values. */
    private static List<Part> between(double[] bounds, List<Common> common, double rest) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < bounds.length - 1; i++) {
            double width = Math.max(Double.MIN_NORMAL, bounds[i + 1] - bounds[i]);
            double from = bounds[i];
            double to = bounds[i + 1];
            for (Common value : common) {
                if (value.value() > from && value.value() < to) {
                    double share = (value.value() - from) / width;
                    parts.add(new Part(rest / (bounds.length - 1) * share, from, value.value()));
                    from = value.value();
                }
            }
            parts.add(new Part(rest / (bounds.length - 1) * (Math.max(to - from, width * 1e-12) / width), from, to));
        }
        return parts;
    }

    ValueStretches stretches() {
        return stretches;
    }

    /** @param position in the order of all values, from 0 */
    double at(long position) {
        int stretch = stretches.stretch(position);
        Part part = parts[stretch];
        double place = (double) stretches.index(stretch, position) / stretches.distinct(stretch);
        return part.first() + (part.last() - part.first()) * place;
    }
}
