package dev.rehearsal.profile;

import dev.rehearsal.profile.TableStatistics.ColumnFigures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads the planner's statistics of every column.
 *
 * <p>{@code pg_stats} shows those of columns that the session may select, whatever roles it has. {@code pg_statistic}, the catalog behind it,
 * shows all of them to who may select it: the superuser, members of {@code pg_read_all_data}, and whoever was granted just that.
 */
record StatisticsReader(Map<Long, Map<String, ColumnStatistics>> columns, boolean all) {
    /** The slot of a kind, out of the five that a row of {@code pg_statistic} has. */
    private static final String CATALOG = """
            select s.starelid, a.attname, s.stanullfrac, s.stawidth, s.stadistinct,
                   case when t.typcategory = 'A' then null
                        else (case 1 when stakind1 then stavalues1 when stakind2 then stavalues2 when stakind3 then stavalues3
                              when stakind4 then stavalues4 when stakind5 then stavalues5 end)::text::text[] end,
                   case 1 when stakind1 then stanumbers1 when stakind2 then stanumbers2 when stakind3 then stanumbers3
                        when stakind4 then stanumbers4 when stakind5 then stanumbers5 end,
                   case when t.typcategory = 'A' then null
                        else (case 2 when stakind1 then stavalues1 when stakind2 then stavalues2 when stakind3 then stavalues3
                              when stakind4 then stavalues4 when stakind5 then stavalues5 end)::text::text[] end,
                   (case 3 when stakind1 then stanumbers1 when stakind2 then stanumbers2 when stakind3 then stanumbers3
                        when stakind4 then stanumbers4 when stakind5 then stanumbers5 end)[1],
                   t.typname
            from pg_statistic s
            join pg_class c on c.oid = s.starelid
            join pg_attribute a on a.attrelid = s.starelid and a.attnum = s.staattnum and not a.attisdropped
            join pg_type t on t.oid = a.atttypid
            where c.relkind in ('r', 'p') and s.stainherit = (c.relkind = 'p')
            """;

    private static final String VIEW = """
            select c.oid, s.attname, s.null_frac, s.avg_width, s.n_distinct,
                   case when t.typcategory = 'A' then null else s.most_common_vals::text::text[] end,
                   s.most_common_freqs,
                   case when t.typcategory = 'A' then null else s.histogram_bounds::text::text[] end,
                   s.correlation, t.typname
            from pg_stats s
            join pg_namespace n on n.nspname = s.schemaname
            join pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
            join pg_attribute a on a.attrelid = c.oid and a.attname = s.attname
            join pg_type t on t.oid = a.atttypid
            where c.relkind in ('r', 'p') and s.inherited = (c.relkind = 'p')
            """;

    /**
     * One column's statistics, values included.
     *
     * @param common in descending order of their frequencies; texts as the server writes them
     * @param bounds in the order of the values; empty if there are none
     */
    record ColumnStatistics(ColumnFigures figures, List<String> common, List<String> bounds) {}

    /** Of all columns, or only of those that the session may select: see {@link #all}. */
    static StatisticsReader read(Connection connection) throws SQLException {
        Map<Long, Map<String, ColumnStatistics>> columns = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement()) {
            boolean all;
            try (ResultSet row =
                    statement.executeQuery("select has_table_privilege('pg_catalog.pg_statistic', 'select')")) {
                row.next();
                all = row.getBoolean(1);
            }
            try (ResultSet row = statement.executeQuery(all ? CATALOG : VIEW)) {
                while (row.next()) {
                    columns.computeIfAbsent(row.getLong(1), oid -> new LinkedHashMap<>())
                            .put(row.getString(2), column(row));
                }
            }
            return new StatisticsReader(columns, all);
        }
    }

    private static ColumnStatistics column(ResultSet row) throws SQLException {
        List<Double> frequencies = new ArrayList<>();
        if (row.getArray(7) != null) {
            Stream.of((Object[]) row.getArray(7).getArray())
                    .forEach(number -> frequencies.add(((Number) number).doubleValue()));
        }
        ColumnFigures figures = new ColumnFigures(
                row.getString(10), row.getDouble(3), row.getDouble(5), frequencies, row.getDouble(9), row.getInt(4));
        return new ColumnStatistics(figures, Catalog.names(row.getArray(6)), Catalog.names(row.getArray(8)));
    }

    Map<String, ColumnStatistics> of(Catalog.Table table) {
        return columns.getOrDefault(table.oid(), Map.of());
    }

    /** The figures of every table that has rows. */
    List<TableStatistics> figures(Catalog catalog) {
        List<TableStatistics> all = new ArrayList<>();
        for (Catalog.Table table : catalog.tables().values()) {
            Map<String, ColumnFigures> columns = new LinkedHashMap<>();
            of(table).forEach((name, column) -> columns.put(name, column.figures()));
            if (table.rows() > 0) {
                all.add(new TableStatistics(
                        table.shownName(), table.rows(), table.bytes(), columns, table.indexBytes()));
            }
        }
        return all;
    }
}
