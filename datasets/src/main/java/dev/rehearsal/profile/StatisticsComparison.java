package dev.rehearsal.profile;

import dev.rehearsal.profile.TableStatistics.ColumnFigures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Production's statistics beside those of the synthetic tables.
 *
 * <p>Both sides are estimates: the server draws a sample of some 30,000 rows for each. Tolerances leave room for that, and for what a fresh
 * table does not have: rows that were deleted, indexes that grew.
 *
 * @param figures of every table and column that both sides have
 * @param notFollowed columns that the dataset leaves to their defaults, as {@code table.column}
 * @param missing tables that the synthetic database has no rows of
 */
public record StatisticsComparison(List<Figure> figures, List<String> notFollowed, List<String> missing) {
    /** Of the share of nulls, absolute. */
    static final double NULLS = 0.02;
    /** Of the number of different values, as a share of the larger. */
    static final double DISTINCT = 0.25;
    /** Of the frequencies of the most common values, in sum. */
    static final double COMMON = 0.05;
    /** Absolute. */
    static final double CORRELATION = 0.1;
    /** Of the average width, as a share; at least a byte. */
    static final double WIDTH = 0.1;
    /** Of a table's size, as a share of the larger. */
    static final double TABLE_BYTES = 0.2;
    /** Of an index's size: one that was built at once is denser than one that grew. */
    static final double INDEX_BYTES = 0.45;
    /** Of a table with fewer rows the correlation decides nothing: it is a few pages, and read as a whole. */
    private static final long LEAST_ROWS_IN_ORDER = 1_000;
    /** What a few pages are more or less says nothing about a small table. */
    private static final double SLACK_BYTES = 20 * 8192;

    public StatisticsComparison {
        figures = List.copyOf(figures);
        notFollowed = List.copyOf(notFollowed);
        missing = List.copyOf(missing);
    }

    /**
     * One number on both sides.
     *
     * @param subject such as {@code orders.status}
     * @param deviation in tolerances: beyond 1 is too much
     */
    public record Figure(String subject, String name, String production, String synthetic, double deviation) {
        public boolean tolerable() {
            return deviation <= 1;
        }
    }

    /**
     * Compares.
     *
     * @param followed the columns, as {@code table.column}, that the dataset has a generator for
     */
    public static StatisticsComparison of(
            List<TableStatistics> production, List<TableStatistics> synthetic, Set<String> followed) {
        List<Figure> figures = new ArrayList<>();
        List<String> notFollowed = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (TableStatistics table : production) {
            Optional<TableStatistics> made = synthetic.stream()
                    .filter(other -> other.table().equals(table.table()))
                    .findFirst();
            if (made.isEmpty()) {
                missing.add(table.table());
                continue;
            }
            boolean whole = true;
            for (Map.Entry<String, ColumnFigures> column : table.columns().entrySet()) {
                String subject = table.table() + "." + column.getKey();
                ColumnFigures other = made.get().columns().get(column.getKey());
                if (!followed.contains(subject) || other == null) {
                    notFollowed.add(subject);
                    whole = false;
                } else {
                    figures.addAll(
                            columns(subject, column.getValue(), made.get().rows(), other));
                }
            }
            if (whole) {
                figures.addAll(sizes(table, made.get()));
            }
        }
        return new StatisticsComparison(figures, notFollowed, missing);
    }

    private static List<Figure> columns(String subject, ColumnFigures one, long rows, ColumnFigures other) {
        double expected = Math.min(one.values(rows), (double) rows);
        double found = other.values(rows);
        List<Figure> figures = new ArrayList<>();
        figures.add(new Figure(
                subject,
                "nulls",
                percent(one.nulls()),
                percent(other.nulls()),
                Math.abs(one.nulls() - other.nulls()) / NULLS));
        figures.add(new Figure(
                subject,
                "distinct",
                count(expected),
                count(found),
                Math.max(0, Math.abs(expected - found) - 1) / Math.max(1, Math.max(expected, found)) / DISTINCT));
        double apart = apart(one.frequencies(), other.frequencies());
        figures.add(
                new Figure(subject, "common", common(one.frequencies()), common(other.frequencies()), apart / COMMON));
        figures.add(new Figure(
                subject,
                "correlation",
                decimal(one.correlation()),
                decimal(other.correlation()),
                rows < LEAST_ROWS_IN_ORDER ? 0 : Math.abs(one.correlation() - other.correlation()) / CORRELATION));
        figures.add(new Figure(
                subject,
                "width",
                one.width() + " B",
                other.width() + " B",
                Math.abs(one.width() - other.width()) / Math.max(1, WIDTH * one.width())));
        return figures;
    }

    private static List<Figure> sizes(TableStatistics table, TableStatistics made) {
        double scale = made.rows() / (double) table.rows();
        List<Figure> figures = new ArrayList<>();
        figures.add(size(table.table(), "table", table.bytes() * scale, (double) made.bytes(), TABLE_BYTES));
        table.indexBytes().forEach((index, bytes) -> {
            Long other = made.indexBytes().get(index);
            if (other != null) {
                figures.add(size(table.table(), "index " + index, bytes * scale, (double) other, INDEX_BYTES));
            }
        });
        return figures;
    }

    private static Figure size(String subject, String name, double expected, double found, double tolerance) {
        double beyond = Math.max(0, Math.abs(expected - found) - SLACK_BYTES);
        return new Figure(
                subject,
                name,
                megabytes(expected),
                megabytes(found),
                beyond / Math.max(1, Math.max(expected, found)) / tolerance);
    }

    /** Half of the sum of differences of two lists of frequencies, the greatest first: which share of rows has another value. */
    static double apart(List<Double> one, List<Double> other) {
        double sum = 0;
        for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
            sum += Math.abs((i < one.size() ? one.get(i) : 0) - (i < other.size() ? other.get(i) : 0));
        }
        return sum / 2;
    }

    /** The figure that is furthest off, in tolerances; empty if nothing was compared. */
    public Optional<Figure> worst() {
        return figures.stream().max(Comparator.comparingDouble(Figure::deviation));
    }

    public boolean tolerable() {
        return missing.isEmpty() && figures.stream().allMatch(Figure::tolerable);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", share * 100);
    }

    private static String count(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    private static String common(List<Double> frequencies) {
        double sum = frequencies.stream().mapToDouble(Double::doubleValue).sum();
        return frequencies.isEmpty() ? "none" : frequencies.size() + ": " + percent(sum);
    }

    private static String decimal(double number) {
        return String.format(Locale.ROOT, "%.3f", number);
    }

    private static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / (1 << 20));
    }
}
