package dev.rehearsal.dataset;

import dev.rehearsal.scenario.RestoredTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server says of a database that is there.
 *
 * @param tables and how many rows each has: counted, or of a large one the server's own estimate
 * @param notes which are estimates, a sentence each
 */
public record DescribedDatabase(RestoredTables tables, List<String> notes) {
    public DescribedDatabase {
        notes = List.copyOf(notes);
    }

    /**
     * Asks; nothing is changed.
     *
     * @param mostBytes of a table with its indexes: larger ones are not read to be counted, the server's estimate has to do where it has one
     */
    public static DescribedDatabase of(Connection connection, long mostBytes) throws SQLException {
        Map<String, Long> rows = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            for (CatalogSchema.Counted table : CatalogSchema.tables(connection)) {
                boolean estimated = table.bytes() > mostBytes && table.estimate() > 0;
                if (estimated) {
                    notes.add("the rows of " + table.name() + " are the server's own estimate");
                    rows.put(table.name(), table.estimate());
                    continue;
                }
                try (ResultSet row = statement.executeQuery("select count(*) from " + table.sqlName())) {
                    row.next();
                    rows.put(table.name(), row.getLong(1));
                }
            }
        }
        return new DescribedDatabase(CatalogSchema.of(connection, rows), notes);
    }
}
