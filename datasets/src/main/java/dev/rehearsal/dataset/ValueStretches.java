package dev.rehearsal.dataset;

import java.util.Arrays;
import java.util.List;

/**
 * All values of a column in their order, cut into stretches: each is either one common value or a part of the histogram with some different
 * values, all of which are equally frequent. Immutable.
 */
final class ValueStretches implements ValueOrder.EqualValues {
    /** The stretch of each place, found in one step, then a few more at most. */
    private static final int GUIDES = 1 << 10;

    private final long count;
    /** Of each stretch its first position; one more at the end. */
    private final long[] first;

    private final long[] distinct;
    private final int[] guides = new int[GUIDES + 1];
    /** Σ m² of all stretches before. */
    private final double[] squaresBefore;

    /**
     * @param share of the rows with a value
     * @param distinct how many values it has, at least 1; fewer if there are not as many rows
     */
    record Stretch(double share, long distinct) {}

    /** @param stretches their shares need not sum up to 1 exactly */
    ValueStretches(long count, List<Stretch> stretches) {
        this.count = count;
        this.first = new long[stretches.size() + 1];
        this.distinct = new long[stretches.size()];
        this.squaresBefore = new double[stretches.size() + 1];
        double total = stretches.stream().mapToDouble(Stretch::share).sum();
        double before = 0;
        for (int i = 0; i < distinct.length; i++) {
            before += stretches.get(i).share();
            first[i + 1] = i == distinct.length - 1
                    ? count
                    : Math.clamp(Math.round(count * (before / total)), first[i], count);
            long rows = first[i + 1] - first[i];
            distinct[i] = Math.clamp(stretches.get(i).distinct(), 1, Math.max(1, rows));
            double share = rows / (double) Math.max(1, count);
            squaresBefore[i + 1] = squaresBefore[i] + share * share / distinct[i];
        }
        int stretch = 0;
        for (int i = 0; i <= GUIDES; i++) {
            long position = (long) ((double) count * i / GUIDES);
            while (stretch < distinct.length - 1 && first[stretch + 1] <= position) {
                stretch++;
            }
            guides[i] = stretch;
        }
    }

    /** The stretch that a position lies in. */
    int stretch(long position) {
        int stretch = guides[(int) ((double) position / count * GUIDES)];
        while (first[stretch + 1] <= position) {
            stretch++;
        }
        while (first[stretch] > position) {
            stretch--;
        }
        return stretch;
    }

    /** How many different values a stretch has. */
    long distinct(int stretch) {
        return distinct[stretch];
    }

    /** Which of its stretch's different values a position has, from 0. */
    long index(int stretch, long position) {
        long offset = position - first[stretch];
        long rows = first[stretch + 1] - first[stretch];
        long values = distinct[stretch];
        return values == rows ? offset : Math.min(values - 1, (long) ((double) offset / rows * values));
    }

    @Override
    public double squares(double from, double to) {
        int begin = place(from);
        int end = place(to);
        return begin == end
                ? squares(begin, from, to)
                : squares(begin, from, to) + squares(end, from, to) + squaresBefore[end] - squaresBefore[begin + 1];
    }

    /** Of the part of one stretch. */
    private double squares(int stretch, double from, double to) {
        double begin = Math.max(from, first[stretch] / (double) count);
        double share = Math.max(0, Math.min(to, first[stretch + 1] / (double) count) - begin);
        double value = (first[stretch + 1] - first[stretch]) / (double) count / distinct[stretch];
        return share * Math.min(share, value);
    }

    private int place(double share) {
        int found = Arrays.binarySearch(first, (long) (share * count));
        int stretch = found >= 0 ? found : -found - 2;
        return Math.clamp(stretch, 0, distinct.length - 1);
    }
}
