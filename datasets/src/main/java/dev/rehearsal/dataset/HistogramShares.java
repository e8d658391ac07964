package dev.rehearsal.dataset;

import java.util.Arrays;

/** How many different values each part of a histogram gets. */
final class HistogramShares {
    private HistogramShares() {}

    /**
     * Distributes values over parts, in proportion to their shares; what one cannot take, others do.
     *
     * @param capacities how many values each can have
     * @param taken gets the result
     * @return how many found no place
     */
    static long distribute(long values, double[] shares, long[] capacities, long[] taken) {
        long left = values;
        while (left > 0) {
            double open = 0;
            for (int i = 0; i < shares.length; i++) {
                open += taken[i] < capacities[i] ? shares[i] : 0;
            }
            if (open <= 0) {
                return left;
            }
            // Rounded by the running sum, so that exactly as many are given away as there are.
            long given = 0;
            double sum = 0;
            long before = left;
            for (int i = 0; i < shares.length; i++) {
                if (taken[i] < capacities[i]) {
                    sum += shares[i];
                    long upToHere = Math.min(before, Math.round(before * (sum / open)));
                    long gift = Math.min(upToHere - given, capacities[i] - taken[i]);
                    given = upToHere;
                    taken[i] += gift;
                    left -= gift;
                }
            }
            if (left == before) {
                return left;
            }
        }
        return 0;
    }

    /**
     * The rows of each part: as the histogram says, unless every row has a value of its own. Then it has as many rows as values.
     *
     * @param shares as the histogram says
     * @param values how many each part has
     * @param rest of the rows, in all parts together
     */
    static double[] ofRows(double[] shares, long[] values, double rest, long count) {
        long sum = Arrays.stream(values).sum();
        if (sum < Math.floor(rest * count)) {
            return shares;
        }
        return Arrays.stream(values).mapToDouble(each -> rest * each / sum).toArray();
    }
}
