package dev.rehearsal.drill;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What {@code CREATE INDEX CONCURRENTLY} leaves when it does not come to its end: no query uses it, every write pays for it, IF NOT EXISTS takes it for done. */
final class InvalidIndexes {
    private static final String QUERY = """
            select i.relname || ' on ' || x.indrelid::regclass
            from pg_index x join pg_class i on i.oid = x.indexrelid
            where not x.indisvalid and i.relkind = 'i' and i.relnamespace not in (select oid from pg_namespace where nspname ~ '^pg_')
            order by 1""";

    private InvalidIndexes() {}

    /** Such as {@code orders_note_idx on orders}. */
    static List<String> of(DrillServer server) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(QUERY)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }
}
