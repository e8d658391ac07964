package dev.rehearsal.inspect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much there is in each table, by the server's own statistics.
 *
 * @param tables by name, schema-qualified unless in {@code public}
 */
public record TableSizes(Map<String, Size> tables) {
    private static final Size NOTHING = new Size(0, 0);

    public TableSizes {
        tables = Map.copyOf(tables);
    }

    /**
     * @param rows as the last ANALYZE estimated them
     * @param bytes with indexes and TOAST
     */
    public record Size(long rows, long bytes) {}

    public static TableSizes of(Connection connection) throws SQLException {
        Map<String, Size> tables = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select " + Catalog.NAME + """
                        , greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid)
                        from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where c.relkind in ('r', 'm') and""" + Catalog.USER_SCHEMA)) {
            while (rows.next()) {
                tables.put(rows.getString(1), new Size(rows.getLong(2), rows.getLong(3)));
            }
        }
        return new TableSizes(tables);
    }

    /** Of a table that was not there: nothing. */
    Size of(String table) {
        return tables.getOrDefault(table, NOTHING);
    }
}
