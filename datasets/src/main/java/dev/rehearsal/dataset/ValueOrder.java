package dev.rehearsal.dataset;

/**
 * Where the value of each row stands in the order of all values: one-to-one, and with a given correlation.
 *
 * <p>The rows are cut into windows, each of which has the values of its own stretch, shuffled. One window is no correlation; windows of one
 * row are full correlation. For windows of the shares λ of all rows, and stretches of them with equal values of the shares m, what {@code
 * pg_stats.correlation} becomes is
 *
 * <pre>1 - Σ λ³ + Σ λ Σ m²</pre>
 *
 * <p>(equal values count as in the rows' order, see {@code compute_scalar_stats} in PostgreSQL's {@code analyze.c}). Immutable.
 */
final class ValueOrder {
    /** Halvings of an interval: beyond a double's digits it cannot get narrower. */
    private static final int HALVINGS = 50;

    private final long count;
    private final boolean falling;
    private final long key;
    private final RowPermutation within;
    private final RowPermutation withinLast;
    private final long windows;

    /**
     * @param count of the rows that have a value, at least 1
     * @param correlation -1 to 1; what equal values bring about by themselves cannot be undercut
     * @param equals the shares of the values in their order, see {@link EqualValues}
     */
    ValueOrder(long key, long count, double correlation, EqualValues equals) {
        this.key = key;
        this.count = count;
        double ties = equals.squares(0, 1);
        this.falling = correlation < 0;
        double wanted = falling ? turned(correlation, ties) : correlation;
        long size = Math.clamp(Math.round(count * window(wanted, ties, equals)), 1, count);
        this.windows = count / size;
        this.within = new RowPermutation(size);
        this.withinLast = new RowPermutation(Math.max(1, count - windows * size));
    }

    /** How much of the values is equal: a picture of their order that need not be exact. */
    interface EqualValues {
        /** Σ m² over the runs of equal values between two places of the order, from 0 to 1; m is a share of all values. */
        double squares(double from, double to);
    }

    /** For falling order: equal values are still taken in the rows' order, which the windows of a rising order do not have. */
    private static double turned(double correlation, double ties) {
        double strength = Math.min(1, (ties - correlation) / Math.max(1e-9, 1 + ties - 2 * ties * ties));
        return ties + strength * (1 - ties);
    }

    /** The windows' share of the rows. */
    private static double window(double correlation, double ties, EqualValues equals) {
        if (correlation <= ties) {
            return 1;
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < HALVINGS && high - low > 1e-12; i++) {
            double middle = (low + high) / 2;
            if (correlation(middle, equals) > correlation) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    private static double correlation(double window, EqualValues equals) {
        long full = (long) Math.floor(1 / window);
        double rest = 1 - full * window;
        double scattered = full * window * window * window + rest * rest * rest;
        // Many windows are much alike.
        long step = Math.max(1, full / 64);
        double together = 0;
        for (long i = 0; i < full; i += step) {
            together += Math.min(step, full - i) * window * equals.squares(i * window, (i + 1) * window);
        }
        together += rest * equals.squares(full * window, 1);
        return 1 - scattered + together;
    }

    /**
     * @param rank of a row among those with a value, from 0
     * @return of its value, 0 to count - 1
     */
    long position(long rank) {
        long size = within.size();
        long window = rank / size;
        long start = window * size;
        long position = start
                + (window < windows
                        ? within.at(key + window, rank - start)
                        : withinLast.at(key + window, rank - start));
        return falling ? count - 1 - position : position;
    }
}
