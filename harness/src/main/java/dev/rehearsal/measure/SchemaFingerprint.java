package dev.rehearsal.measure;

import dev.rehearsal.engine.PostgresVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A database's schema as text, independent of OIDs, of physical order and of dropped columns: two databases with the same lines behave the same.
 *
 * <p>Each line has a key ({@code orders.token}, {@code orders: index orders_pkey}) and a definition. Left out are system schemas, our own, temporary
 * objects, and what is data and not schema: rows, statistics, the last value of a sequence.
 *
 * @param lines by key; a key that occurs several times (overloaded functions carry their arguments in the key, so none should) is numbered
 */
public record SchemaFingerprint(Map<String, String> lines) {
    public SchemaFingerprint {
        lines = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(lines));
    }

    /** Reads the catalog in one transaction, so that concurrent DDL is in it wholly or not at all. The connection is in autocommit. */
    public static SchemaFingerprint of(Connection connection) throws SQLException {
        Map<String, String> lines = new TreeMap<>();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set transaction isolation level repeatable read, read only");
            // Definitions that the server prints leave out schemas that are in the search path.
            statement.execute("set local search_path = public, pg_catalog");
            for (String query : SchemaQueries.of(PostgresVersion.of(connection))) {
                try (ResultSet rows = statement.executeQuery(query)) {
                    while (rows.next()) {
                        add(lines, rows.getString(1), rows.getString(2));
                    }
                }
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
        return new SchemaFingerprint(lines);
    }

    private static void add(Map<String, String> lines, String key, String definition) {
        String unique = key;
        for (int count = 2; lines.containsKey(unique); count++) {
            unique = key + " #" + count;
        }
        lines.put(unique, definition.strip());
    }

    /**
     * The same without some tables and what is theirs.
     *
     * @param tables in lower case, without a schema
     */
    public SchemaFingerprint without(Set<String> tables) {
        Map<String, String> rest = new TreeMap<>(lines);
        rest.keySet().removeIf(key -> tables.stream().anyMatch(table -> isOf(table, key.toLowerCase(Locale.ROOT))));
        return new SchemaFingerprint(rest);
    }

    private static boolean isOf(String table, String key) {
        int at = key.indexOf(table);
        boolean begins = at == 0 || (at > 0 && key.charAt(at - 1) == '.' && key.indexOf('.') == at - 1);
        int end = at + table.length();
        return begins && (end == key.length() || ".:".indexOf(key.charAt(end)) >= 0);
    }

    /** SHA-256 of all lines, in hexadecimal. */
    public String sha256() {
        StringBuilder text = new StringBuilder();
        lines.forEach((key, definition) ->
                text.append(key).append(" = ").append(definition).append('\n'));
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What is different, one readable line each, in the order of the keys; empty when nothing is. */
    public static List<String> differences(SchemaFingerprint before, SchemaFingerprint after) {
        TreeMap<String, String> keys = new TreeMap<>(before.lines);
        keys.putAll(after.lines);
        List<String> differences = new ArrayList<>();
        for (String key : keys.keySet()) {
            String was = before.lines.getOrDefault(key, "");
            String is = after.lines.getOrDefault(key, "");
            if (!after.lines.containsKey(key)) {
                differences.add(key + " is missing (" + was + ")");
            } else if (!before.lines.containsKey(key)) {
                differences.add(key + " was not there before (" + is + ")");
            } else if (!was.equals(is)) {
                differences.add(key + " was (" + was + ") and is (" + is + ")");
            }
        }
        return differences;
    }

    /** Where two schemas are not the same and neither is the one from before; one readable line each, in the order of the keys. */
    public static List<String> between(
            SchemaFingerprint one, String oneName, SchemaFingerprint other, String otherName) {
        Set<String> keys = new TreeSet<>(one.lines().keySet());
        keys.addAll(other.lines().keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            Optional<String> here = Optional.ofNullable(one.lines().get(key));
            Optional<String> there = Optional.ofNullable(other.lines().get(key));
            if (there.isEmpty()) {
                differences.add(key + " (" + here.orElseThrow() + ") is only on " + oneName);
            } else if (here.isEmpty()) {
                differences.add(key + " (" + there.get() + ") is only on " + otherName);
            } else if (!here.equals(there)) {
                differences.add(
                        key + " is (" + here.get() + ") on " + oneName + " and (" + there.get() + ") on " + otherName);
            }
        }
        return differences;
    }
}
