package dev.rehearsal.drill;

import dev.rehearsal.measure.DataFingerprint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes with the columns and tables that the migration adds, when the rollback drops them.
 *
 * @param mark a transaction after the migration and before the first write of the new application
 */
record LostByDesign(DataFingerprint before, DataFingerprint written, String mark) {

    /** One line a column or table, such as {@code 2,025 values of orders.region, 25 of them in rows written since the migration}. */
    List<String> in(DrillServer server) throws SQLException {
        List<String> lost = new ArrayList<>();
        try (Connection connection = server.connect()) {
            for (var table : written.tables().entrySet()) {
                DataFingerprint.Table old = before.tables().get(table.getKey());
                if (old == null) {
                    if (table.getValue().rows() > 0) {
                        lost.add(line(
                                "rows",
                                table.getKey(),
                                table.getValue().rows(),
                                since(connection, table.getKey(), "")));
                    }
                    continue;
                }
                for (var column : table.getValue().columns().entrySet()) {
                    if (!old.columns().containsKey(column.getKey())
                            && column.getValue().given() > 0) {
                        lost.add(line(
                                "values",
                                table.getKey() + "." + column.getKey(),
                                column.getValue().given(),
                                since(connection, table.getKey(), column.getKey())));
                    }
                }
            }
        }
        return lost;
    }

    private static String line(String what, String where, long all, long since) {
        return "%,d %s of %s, %,d of them in rows written since the migration".formatted(all, what, where, since);
    }

    /** Rows whose present version was made after the mark, and which have a value. */
    private long since(Connection connection, String table, String column) throws SQLException {
        String quoted = quoted(table.contains(".") ? table : "public." + table);
        String given = column.isEmpty() ? "" : " and " + quotedName(column) + " is not null";
        try (PreparedStatement statement = connection.prepareStatement(
                "select count(*) from only " + quoted + " where age(xmin) < age(?::text::xid)" + given)) {
            statement.setString(1, mark);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static String quoted(String qualified) {
        int dot = qualified.indexOf('.');
        return quotedName(qualified.substring(0, dot)) + "." + quotedName(qualified.substring(dot + 1));
    }

    private static String quotedName(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
