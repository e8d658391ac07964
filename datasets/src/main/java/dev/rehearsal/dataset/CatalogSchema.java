package dev.rehearsal.dataset;

import dev.rehearsal.scenario.RestoredTables;
import dev.rehearsal.scenario.sql.SqlSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tables of a database as its server knows them, in the words that scenarios are checked against. */
final class CatalogSchema {
    private static final String USER_RELATIONS = """
            c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
              and c.relnamespace::regnamespace::text not like 'pg\\_%'
              and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
            """;

    /** As {@link SqlSchema#tables} has it: with its schema in front unless that is {@code public}. */
    private static final String NAME =
            "case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end";

    private static final String COLUMNS = "select " + NAME + """
            , a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              (a.atthasdef and a.attgenerated = '') or a.attidentity <> '', a.attgenerated <> ''
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relkind in ('r', 'p', 'f') and\s""" + USER_RELATIONS + " order by 1, a.attnum";

    private static final String KEYS = "select " + NAME + """
            , i.indisprimary,
              array(select a.attname from unnest(i.indkey) with ordinality as k(attnum, place)
                    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                    where k.place <= i.indnkeyatts order by k.place)::text[]
            from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_index i on i.indrelid = c.oid
            where i.indisunique and c.relkind in ('r', 'p') and\s""" + USER_RELATIONS;

    private static final String FOREIGN_KEYS = "select " + NAME + """
            , a.attname
            from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = any (f.conkey)
            where f.contype = 'f' and\s""" + USER_RELATIONS;

    private static final String NAMES = "select c.relname::text from pg_class c where " + USER_RELATIONS
            + " union select a.attname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
            + " where not a.attisdropped and " + USER_RELATIONS
            + " union select f.conname::text from pg_constraint f join pg_class c on c.oid = f.conrelid where "
            + USER_RELATIONS;

    private static final String COUNTED = "select " + NAME + ", c.oid::regclass::text, c.relkind = 'p'"
            + ", pg_total_relation_size(c.oid), c.reltuples::bigint"
            + " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            + " where c.relkind in ('r', 'p') and not c.relispartition and " + USER_RELATIONS + " order by 4 desc, 1";

    private CatalogSchema() {}

    /** @param rows what each table holds */
    static RestoredTables of(Connection connection, Map<String, Long> rows) throws SQLException {
        return new RestoredTables(schema(connection), rows);
    }

    /**
     * A table to count.
     *
     * @param sqlName quoted as needed
     * @param bytes with its indexes; 0 for a partitioned one
     * @param estimate the server's own; -1 if it has none
     */
    record Counted(String name, String sqlName, boolean partitioned, long bytes, long estimate) {}

    /** All tables that hold rows of their own or of their partitions, the largest first. */
    static List<Counted> tables(Connection connection) throws SQLException {
        List<Counted> tables = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COUNTED)) {
            while (row.next()) {
                tables.add(new Counted(
                        row.getString(1), row.getString(2), row.getBoolean(3), row.getLong(4), row.getLong(5)));
            }
        }
        return tables;
    }

    private static final class Keys {
        private final List<List<String>> unique = new ArrayList<>();
        private final Set<String> foreign = new LinkedHashSet<>();
        private List<String> primary = List.of();
    }

    private static SqlSchema schema(Connection connection) throws SQLException {
        Map<String, Map<String, SqlSchema.Column>> columns = new LinkedHashMap<>();
        Map<String, Keys> keys = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(COLUMNS)) {
                while (row.next()) {
                    columns.computeIfAbsent(row.getString(1), unused -> new LinkedHashMap<>())
                            .put(
                                    row.getString(2),
                                    new SqlSchema.Column(
                                            row.getString(2),
                                            row.getString(3),
                                            row.getBoolean(4),
                                            row.getBoolean(5),
                                            row.getBoolean(6)));
                }
            }
            try (ResultSet row = statement.executeQuery(KEYS)) {
                while (row.next()) {
                    Keys of = keys.computeIfAbsent(row.getString(1), unused -> new Keys());
                    List<String> key = Arrays.asList((String[]) row.getArray(3).getArray());
                    if (row.getBoolean(2)) {
                        of.primary = key;
                    } else {
                        of.unique.add(key);
                    }
                }
            }
            try (ResultSet row = statement.executeQuery(FOREIGN_KEYS)) {
                while (row.next()) {
                    keys.computeIfAbsent(row.getString(1), unused -> new Keys())
                            .foreign
                            .add(row.getString(2));
                }
            }
            try (ResultSet row = statement.executeQuery(NAMES)) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
        }
        Map<String, SqlSchema.Table> tables = new LinkedHashMap<>();
        columns.forEach((name, of) -> {
            Keys found = keys.getOrDefault(name, new Keys());
            tables.put(name, new SqlSchema.Table(name, of, true, found.primary, found.unique, found.foreign, false));
        });
        return new SqlSchema(tables, names);
    }
}
