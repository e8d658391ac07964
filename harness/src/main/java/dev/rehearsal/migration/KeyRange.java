package dev.rehearsal.migration;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The primary key of a table, by which batches go: rows are compared as rows, {@code (a, b) > ('7'::bigint, 'x'::text)}, so that any type and any number
 * of columns will do. Positions are the keys' texts, as the server writes and reads them.
 *
 * @param columns quoted as SQL needs them
 * @param types such as {@code bigint}
 */
record KeyRange(List<String> columns, List<String> types) {
    private static final String KEY = """
            select quote_ident(a.attname), format_type(a.atttypid, a.atttypmod)
            from pg_index i
            cross join unnest(i.indkey) with ordinality k(attnum, place)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
            where i.indrelid = ?::regclass and i.indisprimary and k.place <= i.indnkeyatts
            order by k.place""";

    KeyRange {
        columns = List.copyOf(columns);
        types = List.copyOf(types);
    }

    /** Empty if the table has no primary key. */
    static Optional<KeyRange> of(String table, Connection connection) throws SQLException {
        List<String> columns = new ArrayList<>();
        List<String> types = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(KEY)) {
            query.setString(1, table);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                    types.add(rows.getString(2));
                }
            }
        }
        return columns.isEmpty() ? Optional.empty() : Optional.of(new KeyRange(columns, types));
    }

    /** A query for the last key of the next so many after a position, as an array of texts, and how many they are; no row: there is none. */
    String next(String table, Optional<List<String>> after, int keys) {
        String named = String.join(
                ", ",
                IntStream.range(0, columns.size())
                        .mapToObj(i -> columns.get(i) + " as k" + i)
                        .toList());
        String names = String.join(
                ", ", IntStream.range(0, columns.size()).mapToObj(i -> "k" + i).toList());
        String texts = String.join(
                ", ",
                IntStream.range(0, columns.size())
                        .mapToObj(i -> "k" + i + "::text")
                        .toList());
        return "select array[" + texts + "], place from (select " + names + ", row_number() over (order by " + names
                + ") as place from (select " + named + " from " + table
                + after.map(key -> " where " + above(key)).orElse("")
                + " order by " + String.join(", ", columns) + " limit " + keys
                + ") as keys) as numbered order by place desc limit 1";
    }

    /** The condition of a range. */
    String within(Optional<List<String>> after, List<String> upTo) {
        return after.map(key -> above(key) + " and ").orElse("") + row() + " <= " + values(upTo);
    }

    private String above(List<String> key) {
        return row() + " > " + values(key);
    }

    private String row() {
        return "(" + String.join(", ", columns) + ")";
    }

    private String values(List<String> key) {
        return "("
                + String.join(
                        ", ",
                        IntStream.range(0, key.size())
                                .mapToObj(i -> literal(key.get(i)) + "::" + types.get(i))
                                .toList())
                + ")";
    }

    static String literal(String text) {
        return text.indexOf('\\') < 0
                ? "'" + text.replace("'", "''") + "'"
                : "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
