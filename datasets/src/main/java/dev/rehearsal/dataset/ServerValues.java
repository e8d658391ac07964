package dev.rehearsal.dataset;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * Values of types that we do not write ourselves: the server reads them as text once and gives them back in binary, so that rows of every type can be
 * loaded in binary, those of extensions included.
 *
 * <p>What was asked once is remembered, and what was remembered can be read from any thread; new questions go to one connection.
 */
final class ServerValues implements ColumnCompiler.FieldSource, DatasetPlanner.Samples {
    /** Rows of a table that the schema filled itself: more would be a table of its own. */
    private static final int MOST_PRESENT = 100_000;

    private static final int COPY_HEADER_BYTES = 19;

    /** What some type or other takes for a value. */
    private static final List<String> CANDIDATES = List.of(
            "",
            "0",
            "1.5",
            "a",
            "alpha beta gamma",
            "{}",
            "()",
            "(0,0)",
            "(0,0),(1,1)",
            "[(0,0),(1,1)]",
            "<(0,0),1>",
            "{1,2,3}",
            "[1,10)",
            "[2024-01-01,2024-02-01)",
            "2024-01-01",
            "12:00:00",
            "12:00:00+00",
            "<a>text</a>",
            "0/16B3748",
            "$.a",
            "key => value",
            "08:00:2b:01:02:03",
            "10.1.2.3",
            "pg_class",
            "(1)",
            "(,)",
            "(,,)",
            "(,,,)",
            "(,,,,)",
            "(,,,,,)");

    private final Connection connection;
    private final Map<String, Optional<byte[]>> known = new ConcurrentHashMap<>();
    private final Map<String, List<String>> samples = new ConcurrentHashMap<>();

    ServerValues(Connection connection) {
        this.connection = connection;
    }

    @Override
    public Optional<byte[]> bytes(String text, ServerColumn column) {
        Optional<byte[]> ours = Literals.bytes(text, column);
        if (ours.isPresent() || column.details().sqlType().isEmpty() || isOurs(column)) {
            return ours;
        }
        return known.computeIfAbsent(KnownFields.key(text, column), key -> ask(text, column));
    }

    /** What has been asked until now and is a value. */
    KnownFields known() {
        Map<String, byte[]> fields = new LinkedHashMap<>();
        known.forEach((key, bytes) -> bytes.ifPresent(field -> fields.put(key, field)));
        return new KnownFields(fields);
    }

    /** Types that {@link Literals} knows all texts of. */
    private static boolean isOurs(ServerColumn column) {
        return switch (column.type()) {
            case "int2", "int4", "int8", "float4", "float8", "bool", "uuid", "text", "varchar", "bpchar" -> true;
            default -> false;
        };
    }

    private Optional<byte[]> ask(String text, ServerColumn column) {
        try {
            List<byte[][]> rows =
                    copy("select " + literal(text) + "::" + column.details().sqlType(), 1);
            return rows.size() == 1 && rows.getFirst()[0] != ColumnGenerator.NULL_FIELD
                    ? Optional.of(rows.getFirst()[0])
                    : Optional.empty();
        } catch (SQLException notAValue) {
            return Optional.empty();
        }
    }

    @Override
    public List<String> of(ServerColumn column) {
        return samples.computeIfAbsent(
                column.details().sqlType(),
                type -> CANDIDATES.stream()
                        .filter(text -> bytes(text, column).isPresent())
                        .limit(3)
                        .toList());
    }

    @Override
    public Map<String, byte[][]> present(ServerTable table, Set<String> columns) {
        String list = columns.stream().map(SqlNames::quoted).collect(Collectors.joining(", "));
        Map<String, byte[][]> fields = new LinkedHashMap<>();
        try {
            List<byte[][]> rows = copy(
                    "select " + list + " from " + table.sqlName() + " order by " + list + " limit " + MOST_PRESENT,
                    columns.size());
            int index = 0;
            for (String column : columns) {
                int place = index++;
                fields.put(column, rows.stream().map(row -> row[place]).toArray(byte[][]::new));
            }
        } catch (SQLException unreadable) {
            throw new IllegalStateException("cannot read the rows of " + table.name(), unreadable);
        }
        return fields;
    }

    /** The rows of a query, each field without its length. */
    private List<byte[][]> copy(String query, int columns) throws SQLException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("copy (" + query + ") to stdout (format binary)", out);
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory failed", impossible);
        }
        ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
        bytes.position(COPY_HEADER_BYTES);
        List<byte[][]> rows = new ArrayList<>();
        while (bytes.getShort() == columns) {
            byte[][] row = new byte[columns][];
            for (int i = 0; i < columns; i++) {
                int length = bytes.getInt();
                row[i] = length < 0 ? ColumnGenerator.NULL_FIELD : new byte[length];
                if (length > 0) {
                    bytes.get(row[i]);
                }
            }
            rows.add(row);
        }
        return rows;
    }

    private static String literal(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }
}
