package dev.rehearsal.dataset;

/**
 * Rows of one table. What is in a row depends on its number alone, so a range can be made by anybody, and ranges in any order.
 *
 * @param table its number in the {@link RowPlan}
 * @param from the first row's number, from 0
 * @param to the number behind the last row's
 */
public record RowRange(int table, long from, long to) {
    public RowRange {
        if (table < 0 || from < 0 || to <= from) {
            throw new IllegalArgumentException("no rows: " + from + " to " + to + " of table " + table);
        }
    }

    /** How many rows it has. */
    public long rows() {
        return to - from;
    }
}
