package dev.rehearsal.profile;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tables of a database, as its catalogs have them: those that hold rows of their own or in partitions.
 *
 * @param tables by oid, in the order of their oids
 */
record Catalog(Map<Long, Table> tables) {
    /** What is neither the server's own nor an extension's: a condition on {@code n} (pg_namespace) and {@code c} (pg_class). */
    static final String OWN = """
            n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            and not exists (select from pg_depend d
                            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            """;

    private static final String TABLES = """
            select c.oid, n.nspname, c.relname, c.relkind = 'p',
                   has_any_column_privilege(c.oid, 'select'),
                   tree.estimate, tree.bytes, tree.live
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            cross join lateral (
                select sum(greatest(part.reltuples, 0))::bigint, sum(pg_table_size(part.oid))::bigint,
                       sum(coalesce(pg_stat_get_live_tuples(part.oid), 0))::bigint
                from pg_class part
                where (part.oid = c.oid and c.relkind = 'r')
                   or (c.relkind = 'p' and part.oid in (select relid from pg_partition_tree(c.oid) where isleaf))
            ) as tree (estimate, bytes, live)
            where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't' and
            """ + OWN + " order by c.oid";

    private static final String COLUMNS = """
            select a.attrelid, a.attname, coalesce(base.typname, t.typname), coalesce(base.typtype, t.typtype),
                   case when base.oid is null then a.atttypmod else t.typtypmod end,
                   a.attnotnull or t.typnotnull, a.attgenerated <> '', a.attnum,
                   has_column_privilege(a.attrelid, a.attnum, 'select')
            from pg_attribute a
            join pg_type t on t.oid = a.atttypid
            left join pg_type base on t.typtype = 'd' and base.oid = t.typbasetype
            join pg_class c on c.oid = a.attrelid
            where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and not c.relispartition
            order by a.attrelid, a.attnum
            """;

    private static final String KEYS = """
            select i.indrelid, i.indisprimary,
                   (select array_agg(coalesce(a.attname::text, '') order by place.n)
                    from unnest(i.indkey::int2[]) with ordinality as place (attnum, n)
                    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = place.attnum
                    where place.n <= i.indnkeyatts)
            from pg_index i
            where i.indisunique and i.indpred is null and i.indisvalid
            """;

    private static final String FOREIGN_KEYS = """
            select k.conrelid, k.confrelid, k.confdeltype not in ('a', 'r'),
                   (select array_agg(a.attname::text order by place.n)
                    from unnest(k.conkey) with ordinality as place (attnum, n)
                    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = place.attnum),
                   (select array_agg(a.attname::text order by place.n)
                    from unnest(k.confkey) with ordinality as place (attnum, n)
                    join pg_attribute a on a.attrelid = k.confrelid and a.attnum = place.attnum)
            from pg_constraint k
            where k.contype = 'f' and k.conparentid = 0
            order by k.oid
            """;

    private static final String INDEXES = """
            select i.indrelid, c.relname,
                   (select sum(pg_relation_size(part.relid))
                    from (select c.oid as relid where c.relkind = 'i'
                          union all select relid from pg_partition_tree(c.oid) where isleaf and c.relkind = 'I') part)::bigint
            from pg_index i
            join pg_class c on c.oid = i.indexrelid
            where i.indisvalid and not c.relispartition
            order by c.relname
            """;

    Catalog {
        tables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /**
     * One table.
     *
     * @param partitioned its rows are in partitions, which are not tables of their own here
     * @param readable whether the session may read any of its columns (it never does)
     * @param rows estimated; 0 if the server has no idea
     * @param bytes of the table, with what is stored out of line, without indexes
     * @param keys every set of columns that is unique, the primary key first
     */
    record Table(
            long oid,
            String schema,
            String name,
            boolean partitioned,
            boolean readable,
            long rows,
            long bytes,
            Map<String, Column> columns,
            List<Key> keys,
            List<ForeignKey> foreignKeys,
            Map<String, Long> indexBytes) {
        /** As dataset files have it: with its schema in front unless that is {@code public}. */
        String shownName() {
            return schema.equals("public") ? name : schema + "." + name;
        }

        /** Whether no two rows have the same value of this column. */
        boolean isUnique(String column) {
            return keys.stream().anyMatch(key -> key.columns().equals(List.of(column)));
        }

        /** Whether the column is one of several that make a unique key together. */
        boolean isPartOfKey(String column) {
            return keys.stream()
                    .anyMatch(key -> key.columns().size() > 1 && key.columns().contains(column));
        }

        Optional<ForeignKey> foreignKey(String column) {
            return foreignKeys.stream()
                    .filter(key -> key.columns().equals(List.of(column)))
                    .findFirst();
        }

        boolean isPartOfForeignKey(String column) {
            return foreignKeys.stream()
                    .anyMatch(key -> key.columns().size() > 1 && key.columns().contains(column));
        }
    }

    /**
     * One column.
     *
     * @param type the server's name of its type, such as {@code int8}; of a domain, the type under it
     * @param kind {@code pg_type.typtype} of it
     * @param modifier as in {@code pg_attribute.atttypmod}
     */
    record Column(
            String name, String type, char kind, int modifier, boolean notNull, boolean generated, boolean readable) {
        boolean isWhole() {
            return Set.of("int2", "int4", "int8").contains(type);
        }

        boolean isText() {
            return Set.of("text", "varchar", "bpchar").contains(type);
        }
    }

    /** @param columns in the key's order; empty names are expressions */
    record Key(boolean primary, List<String> columns) {}

    /** @param clears whether a deleted target row takes its referrers with it, or their references */
    record ForeignKey(long target, boolean clears, List<String> columns, List<String> targetColumns) {}

    static Catalog read(Connection connection) throws SQLException {
        Map<Long, Map<String, Column>> columns = columns(connection);
        Map<Long, List<Key>> keys = keys(connection);
        Map<Long, List<ForeignKey>> foreignKeys = foreignKeys(connection);
        Map<Long, Map<String, Long>> indexes = indexes(connection);
        Map<Long, Table> tables = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TABLES)) {
            while (row.next()) {
                long oid = row.getLong(1);
                long estimate = row.getLong(6);
                tables.put(
                        oid,
                        new Table(
                                oid,
                                row.getString(2),
                                row.getString(3),
                                row.getBoolean(4),
                                row.getBoolean(5),
                                estimate > 0 ? estimate : row.getLong(8),
                                row.getLong(7),
                                columns.getOrDefault(oid, Map.of()),
                                keys.getOrDefault(oid, List.of()),
                                foreignKeys.getOrDefault(oid, List.of()),
                                indexes.getOrDefault(oid, Map.of())));
            }
        }
        return new Catalog(tables);
    }

    private static Map<Long, Map<String, Column>> columns(Connection connection) throws SQLException {
        Map<Long, Map<String, Column>> columns = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COLUMNS)) {
            while (row.next()) {
                Column column = new Column(
                        row.getString(2),
                        row.getString(3),
                        row.getString(4).charAt(0),
                        row.getInt(5),
                        row.getBoolean(6),
                        row.getBoolean(7),
                        row.getBoolean(9));
                columns.computeIfAbsent(row.getLong(1), oid -> new LinkedHashMap<>())
                        .put(column.name(), column);
            }
        }
        return columns;
    }

    private static Map<Long, List<Key>> keys(Connection connection) throws SQLException {
        Map<Long, List<Key>> keys = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(KEYS)) {
            while (row.next()) {
                Key key = new Key(row.getBoolean(2), names(row.getArray(3)));
                List<Key> ofTable = keys.computeIfAbsent(row.getLong(1), oid -> new ArrayList<>());
                ofTable.add(key.primary() ? 0 : ofTable.size(), key);
            }
        }
        return keys;
    }

    private static Map<Long, List<ForeignKey>> foreignKeys(Connection connection) throws SQLException {
        Map<Long, List<ForeignKey>> keys = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FOREIGN_KEYS)) {
            while (row.next()) {
                keys.computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
                        .add(new ForeignKey(
                                row.getLong(2), row.getBoolean(3), names(row.getArray(4)), names(row.getArray(5))));
            }
        }
        return keys;
    }

    private static Map<Long, Map<String, Long>> indexes(Connection connection) throws SQLException {
        Map<Long, Map<String, Long>> indexes = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(INDEXES)) {
            while (row.next()) {
                indexes.computeIfAbsent(row.getLong(1), oid -> new LinkedHashMap<>())
                        .put(row.getString(2), row.getLong(3));
            }
        }
        return indexes;
    }

    /** An array of texts or names; none for SQL null. */
    static List<String> names(Array array) throws SQLException {
        return array == null
                ? List.of()
                : Stream.of((Object[]) array.getArray()).map(String::valueOf).toList();
    }
}
