package dev.rehearsal.measure;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rows of a database as checksums that the server computes, a column each, independent of where rows and columns stand: two databases with the
 * same checksums hold the same values.
 *
 * <p>Where a table has a primary key each value is summed together with the key of its row, so that values which changed their rows show. Where it
 * has none, they are summed alone. Left out are system schemas, our own, and sequences.
 *
 * @param tables by name, schema-qualified unless in {@code public}
 */
public record DataFingerprint(Map<String, Table> tables) {
    private static final String TABLES = """
            select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname,
                format('%I.%I', n.nspname, c.relname), a.attname, quote_ident(a.attname),
                exists (select from pg_index x where x.indrelid = c.oid and x.indisprimary and a.attnum = any (x.indkey))
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
                join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'harness_instruments')
            order by 1, a.attname collate "C"
            """;

    /**
     * The same without some tables.
     *
     * @param without in lower case, without a schema
     */
    public DataFingerprint without(Set<String> without) {
        Map<String, Table> rest = new TreeMap<>(tables);
        rest.keySet()
                .removeIf(name -> without.contains(
                        name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)));
        return new DataFingerprint(rest);
    }

    public DataFingerprint {
        tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
    }

    /** @param columns by name */
    public record Table(long rows, Map<String, Column> columns) {
        public Table {
            columns = Collections.unmodifiableSortedMap(new TreeMap<>(columns));
        }
    }

    /**
     * @param given values that are not null
     * @param checksum of all values
     */
    public record Column(long given, String checksum) {}

    private record Source(String quoted, Map<String, String> columns, List<String> key) {}

    /** Reads all tables in one snapshot. The connection is in autocommit. */
    public static DataFingerprint of(Connection connection) throws SQLException {
        Map<String, Table> tables = new TreeMap<>();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set transaction isolation level repeatable read, read only");
            // What values look like as text shall not depend on settings.
            statement.execute(
                    "set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601';"
                            + " set local bytea_output = 'hex'; set local extra_float_digits = 3");
            for (Map.Entry<String, Source> source : sources(statement).entrySet()) {
                tables.put(source.getKey(), table(statement, source.getValue()));
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
        return new DataFingerprint(tables);
    }

    private static Map<String, Source> sources(Statement statement) throws SQLException {
        Map<String, Source> sources = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                String quoted = rows.getString(2);
                Source source = sources.computeIfAbsent(
                        rows.getString(1), name -> new Source(quoted, new LinkedHashMap<>(), new ArrayList<>()));
                source.columns.put(rows.getString(3), rows.getString(4));
                if (rows.getBoolean(5)) {
                    source.key.add(rows.getString(4));
                }
            }
        }
        return sources;
    }

    private static Table table(Statement statement, Source source) throws SQLException {
        StringBuilder sums = new StringBuilder("select count(*)");
        for (String column : source.columns.values()) {
            sums.append(", count(")
                    .append(column)
                    .append("), coalesce(sum(hashtextextended(harness_key || coalesce(")
                    .append(column)
                    .append("::text, e'\\x01'), 0)::numeric), 0)::text");
        }
        String key =
                source.key.isEmpty() ? "''" : "concat_ws(e'\\x02', " + String.join(", ", source.key) + ", e'\\x03')";
        sums.append(" from (select *, ")
                .append(key)
                .append(" as harness_key from only ")
                .append(source.quoted)
                .append(") harness_rows");
        Map<String, Column> columns = new LinkedHashMap<>();
        try (ResultSet row = statement.executeQuery(sums.toString())) {
            row.next();
            long count = row.getLong(1);
            int place = 2;
            for (String name : source.columns.keySet()) {
                columns.put(name, new Column(row.getLong(place), row.getString(place + 1)));
                place += 2;
            }
            return new Table(count, columns);
        }
    }

    /** {@code table.column} of every column of both whose values are not the same. */
    public static Set<String> columnsThatDiffer(DataFingerprint one, DataFingerprint other) {
        Set<String> names = new TreeSet<>();
        one.tables.forEach((name, table) -> {
            Table same = other.tables.get(name);
            if (same != null) {
                table.columns.forEach((column, was) -> {
                    Column is = same.columns.get(column);
                    if (is != null && !is.equals(was)) {
                        names.add(name + "." + column);
                    }
                });
            }
        });
        return names;
    }

    /**
     * What of {@code before} is not in {@code after} as it was, one readable line each. Tables and columns that only one of them has are a matter of
     * the schema, and not of the data.
     *
     * @param notRepeatable {@code table.column}: of these only the number of values is compared
     */
    public static List<String> differences(DataFingerprint before, DataFingerprint after, Set<String> notRepeatable) {
        List<String> differences = new ArrayList<>();
        before.tables.forEach((name, was) -> {
            Table is = after.tables.get(name);
            if (is == null) {
                return;
            }
            if (is.rows != was.rows) {
                differences.add("%s has %,d rows and had %,d".formatted(name, is.rows, was.rows));
                return;
            }
            was.columns.forEach((column, values) -> {
                Column now = is.columns.get(column);
                String full = name + "." + column;
                if (now == null) {
                    return;
                }
                if (now.given != values.given) {
                    differences.add(
                            "%s has %,d values that are not null and had %,d".formatted(full, now.given, values.given));
                } else if (!now.checksum.equals(values.checksum) && !notRepeatable.contains(full)) {
                    differences.add(full + " has other values");
                }
            });
        });
        return differences;
    }
}
