package dev.rehearsal.dataset;

/**
 * Which rows of a column have a value, and the how-manieth each is: exactly as many as the fraction says, spread evenly over the table but in
 * no pattern.
 *
 * <p>Rows are shuffled within blocks; then of each stretch of 1 / fraction rows one is null. Immutable.
 */
final class ValuedRows {
    private static final int BLOCK = 1024;
    private static final RowPermutation WITHIN_BLOCK = new RowPermutation(BLOCK);

    private final long key;
    private final long rows;
    private final double nulls;
    private final long lastBlock;
    private final RowPermutation withinLastBlock;

    /** @param nulls fraction of the rows that have no value, 0 to 1 */
    ValuedRows(long key, long rows, double nulls) {
        this.key = key;
        this.rows = rows;
        this.nulls = nulls;
        this.lastBlock = rows / BLOCK;
        this.withinLastBlock = new RowPermutation(Math.max(1, rows % BLOCK));
    }

    /** How many rows have a value. */
    long count() {
        return rows - before(rows);
    }

    /** How many rows with a value come before this one; -1 if it is null. */
    long rank(long row) {
        if (nulls == 0) {
            return row;
        }
        long block = row / BLOCK;
        RowPermutation within = block < lastBlock ? WITHIN_BLOCK : withinLastBlock;
        long shuffled = block * BLOCK + within.at(key + block, row - block * BLOCK);
        long nullsBefore = before(shuffled);
        return before(shuffled + 1) > nullsBefore ? -1 : shuffled - nullsBefore;
    }

    /** Monotone, also where the product is rounded: so ranks have no gap. */
    private long before(long row) {
        return Math.min(row, (long) Math.floor(row * nulls));
    }
}
