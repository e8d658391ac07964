package dev.rehearsal.profile;

import dev.rehearsal.profile.TableStatistics.ColumnFigures;

/**
 * How many different values a column has, if {@code ANALYZE} made {@code n_distinct} of a sample of them.
 *
 * <p>{@code ANALYZE} looks at some 30,000 rows and estimates by the formula of Haas and Stokes, Duj1: n·d / (n − f₁ + f₁·n/N), of d different values of
 * which f₁ were seen once, in n of N rows. Where most of the values that are not common were seen once it is far too low: 700 of them in the sample may be
 * 700 or 20,000 in the table. A table that is made with the estimate would then be estimated lower still. So the formula is turned round: the
 * number is wanted that it would make the server's number of, if each of the values that are not common were as frequent as the next.
 */
final class SampledDistinct {
    /** Rows that {@code ANALYZE} draws at the usual {@code default_statistics_target} of 100. */
    static final long SAMPLE = 30_000;

    private SampledDistinct() {}

    /**
     * @param rows of the table
     * @return at least as many as are common, at most one for each row with a value
     */
    static double of(ColumnFigures figures, long rows) {
        double valued = rows * (1 - figures.nulls());
        double commonShare =
                figures.frequencies().stream().mapToDouble(Double::doubleValue).sum();
        double others = valued - rows * commonShare;
        int common = figures.frequencies().size();
        double reported = figures.values(rows);
        if (rows <= SAMPLE || others < 1 || reported <= common) {
            return Math.max(common, reported);
        }
        double share = (double) SAMPLE / rows;
        double least = 1;
        double most = others;
        if (estimated(most, others, common, valued, share) <= reported) {
            return common + others;
        }
        for (int i = 0; i < 100; i++) {
            double middle = Math.sqrt(least * most);
            if (estimated(middle, others, common, valued, share) < reported) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return common + Math.sqrt(least * most);
    }

    /**
     * What the server would estimate at the average.
     *
     * @param values that share {@code others} rows equally
     * @param share of the rows that are in the sample
     */
    private static double estimated(double values, double others, int common, double valued, double share) {
        double each = others / values;
        double seen = common + values * (1 - Math.pow(1 - share, each));
        double once = values * each * share * Math.pow(1 - share, each - 1);
        double sampled = valued * share;
        return sampled * seen / (sampled - once + once * share);
    }
}
