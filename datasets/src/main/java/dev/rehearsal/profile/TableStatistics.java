package dev.rehearsal.profile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server's statistics say about one table, in figures alone: no value of the table is in it. A part of {@code statistics.json}.
 *
 * @param rows estimated
 * @param bytes of the table without its indexes
 * @param columns by name; only those that have statistics
 * @param indexBytes by the name of the index
 */
public record TableStatistics(
        String table, long rows, long bytes, Map<String, ColumnFigures> columns, Map<String, Long> indexBytes) {
    public TableStatistics {
        columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        indexBytes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(indexBytes));
    }

    /**
     * One column, as in {@code pg_stats}.
     *
     * @param distinct above 0: so many values; below: their share of all rows, negated
     * @param frequencies of the most common values, in descending order, as shares of all rows
     * @param correlation of values and rows; 0 for a type without an order
     * @param width average bytes as stored
     */
    public record ColumnFigures(
            String type, double nulls, double distinct, List<Double> frequencies, double correlation, int width) {
        public ColumnFigures {
            frequencies = List.copyOf(frequencies);
        }

        /** How many different values that is in a table of so many rows. */
        double values(long rows) {
            return distinct < 0 ? -distinct * rows : distinct;
        }
    }
}
