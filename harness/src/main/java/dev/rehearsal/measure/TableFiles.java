package dev.rehearsal.measure;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The files of all tables, which have other numbers when a table was written anew. Not safe for use by several threads. */
final class TableFiles {
    private static final String QUERY = """
            select c.oid::bigint, pg_relation_filenode(c.oid)::bigint from pg_catalog.pg_class c
            where c.oid >= 16384 and c.relkind in ('r', 'm') and pg_relation_filenode(c.oid) is not null""";

    private final Connection connection;
    private Map<Long, Long> known;

    private TableFiles(Connection connection, Map<Long, Long> known) {
        this.connection = connection;
        this.known = known;
    }

    static TableFiles of(Connection connection) throws SQLException {
        return new TableFiles(connection, read(connection));
    }

    /** The file's number by table, as far as is committed. */
    static Map<Long, Long> read(Connection connection) throws SQLException {
        Map<Long, Long> files = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(QUERY)) {
            while (rows.next()) {
                files.put(rows.getLong(1), rows.getLong(2));
            }
        }
        return files;
    }

    /** Tables that were there when this was last asked, and have another file now. */
    List<Long> changed() throws SQLException {
        Map<Long, Long> now = read(connection);
        List<Long> changed = new ArrayList<>();
        now.forEach((table, file) -> {
            if (!file.equals(known.getOrDefault(table, file))) {
                changed.add(table);
            }
        });
        known = now;
        return changed;
    }
}
