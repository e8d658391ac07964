package dev.rehearsal.dataset;

import dev.rehearsal.dataset.ServerTable.Check;
import dev.rehearsal.dataset.ServerTable.ForeignKey;
import dev.rehearsal.dataset.ServerTable.Partitioning;
import dev.rehearsal.dataset.ServerTable.UniqueKey;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a schema came to: every table that can take rows, as the server understood it. Partitions are left out, because their rows come through the
 * table that they are parts of; so are the tables of extensions.
 *
 * @param tables by {@link ServerTable#name()}, in the order in which they were created
 */
record ServerCatalog(Map<String, ServerTable> tables) {
    private static final String OURS = """
            c.relkind in ('r', 'p') and not c.relispartition
            and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
            and not exists (select from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            """;
    private static final String NAME = "case when n.nspname = 'public' then '' else n.nspname || '.' end || c.relname";
    private static final String SQL_NAME = "quote_ident(n.nspname) || '.' || quote_ident(c.relname)";

    private static final String TABLES = """
            select c.oid, %s, %s, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where %s order by c.oid
            """.formatted(NAME, SQL_NAME, OURS);

    /** Domains may be made of domains: the chain is followed down to the type under it. */
    private static final String COLUMNS = """
            with recursive base as (
                select t.oid as type, t.oid as under, -1 as modifier, t.typnotnull as not_null, t.typdefault as preset
                from pg_type t
                union all
                select b.type, t.typbasetype, case when t.typtypmod >= 0 then t.typtypmod else b.modifier end,
                       b.not_null or t.typnotnull, coalesce(b.preset, t.typdefault)
                from base b join pg_type t on t.oid = b.under where t.typtype = 'd'
            ), bottom as (
                select b.* from base b join pg_type t on t.oid = b.under where t.typtype <> 'd'
            )
            select c.oid, a.attname, u.typname, greatest(a.atttypmod, b.modifier), u.typtype,
                   a.attnotnull or b.not_null, a.attgenerated <> '', format_type(u.oid, greatest(a.atttypmod, b.modifier)),
                   (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = u.oid),
                   coalesce(el.oid, 0), el.typname, el.typtype, coalesce(format_type(el.oid, null), ''),
                   (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = el.oid),
                   coalesce(pg_get_expr(d.adbin, d.adrelid), b.preset), a.attidentity <> ''
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            join bottom b on b.type = a.atttypid
            join pg_type u on u.oid = b.under
            left join pg_type el on el.oid = u.typelem and u.typcategory = 'A'
            left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            where %s order by c.oid, a.attnum
            """.formatted(OURS);

    /** Columns within an index's expressions are known by what the index depends on. */
    private static final String KEYS = """
            select c.oid, i.relname, x.indpred is not null, x.indisprimary,
                   (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and (
                        a.attnum = any ((x.indkey::int2[])[0:x.indnkeyatts - 1])
                        or (x.indexprs is not null and exists (select from pg_depend d
                            where d.classid = 'pg_class'::regclass and d.objid = i.oid
                              and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum))))
            from pg_index x
            join pg_class i on i.oid = x.indexrelid
            join pg_class c on c.oid = x.indrelid
            join pg_namespace n on n.oid = c.relnamespace
            where x.indisunique and %s
            order by c.oid, not x.indisprimary, x.indnkeyatts, i.oid
            """.formatted(OURS);

    private static final String FOREIGN_KEYS = """
            select c.oid, k.conname, case when tn.nspname = 'public' then '' else tn.nspname || '.' end || t.relname,
                   (select array_agg(a.attname::text order by o.place) from unnest(k.conkey) with ordinality as o (number, place)
                    join pg_attribute a on a.attrelid = c.oid and a.attnum = o.number),
                   (select array_agg(a.attname::text order by o.place) from unnest(k.confkey) with ordinality as o (number, place)
                    join pg_attribute a on a.attrelid = t.oid and a.attnum = o.number)
            from pg_constraint k
            join pg_class c on c.oid = k.conrelid
            join pg_namespace n on n.oid = c.relnamespace
            join pg_class t on t.oid = k.confrelid
            join pg_namespace tn on tn.oid = t.relnamespace
            where k.contype = 'f' and k.conparentid = 0 and %s
            order by c.oid, cardinality(k.conkey) desc, k.oid
            """.formatted(OURS);

    private static final String CHECKS = """
            select c.oid, k.conname, pg_get_expr(k.conbin, k.conrelid), '' from pg_constraint k
            join pg_class c on c.oid = k.conrelid
            join pg_namespace n on n.oid = c.relnamespace
            where k.contype = 'c' and %1$s
            union all
            select c.oid, k.conname, pg_get_expr(k.conbin, 0), a.attname from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            join lateral (
                with recursive under as (
                    select a.atttypid as type
                    union all select t.typbasetype from under u join pg_type t on t.oid = u.type where t.typtype = 'd'
                ) select type from under) as d on true
            join pg_constraint k on k.contypid = d.type and k.contype = 'c'
            where %1$s
            order by 1, 2
            """.formatted(OURS);

    private static final String PARTITIONS = """
            select c.oid, p.partstrat,
                   (select array_agg(a.attname::text order by o.place)
                    from unnest(p.partattrs::int2[]) with ordinality as o (number, place)
                    join pg_attribute a on a.attrelid = c.oid and a.attnum = o.number),
                   p.partexprs is not null,
                   (select array_agg(pg_get_expr(part.relpartbound, part.oid) order by part.oid)
                    from pg_inherits h join pg_class part on part.oid = h.inhrelid where h.inhparent = c.oid)
            from pg_partitioned_table p
            join pg_class c on c.oid = p.partrelid
            join pg_namespace n on n.oid = c.relnamespace
            where %s
            """.formatted(OURS);

    ServerCatalog {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /** Reads the catalog of the database that {@code connection} is of. */
    static ServerCatalog read(Connection connection) throws SQLException {
        Map<Long, Parts> found = new LinkedHashMap<>();
        each(connection, TABLES, row -> found.put(row.getLong(1), new Parts(row.getString(2), row.getString(3))));
        each(connection, COLUMNS, row -> {
            Parts table = found.get(row.getLong(1));
            ServerColumn column = column(table.name, row);
            table.columns.put(column.name(), column);
        });
        each(
                connection,
                KEYS,
                row -> found.get(row.getLong(1))
                        .keys
                        .add(new UniqueKey(row.getString(2), texts(row.getArray(5)), row.getBoolean(3))));
        each(
                connection,
                FOREIGN_KEYS,
                row -> found.get(row.getLong(1))
                        .foreignKeys
                        .add(new ForeignKey(
                                row.getString(2), texts(row.getArray(4)), row.getString(3), texts(row.getArray(5)))));
        each(connection, CHECKS, row -> {
            String column = row.getString(4);
            String expression = row.getString(3);
            found.get(row.getLong(1))
                    .checks
                    .add(new Check(
                            row.getString(2),
                            column.isEmpty()
                                    ? expression
                                    : expression.replaceAll("\\bVALUE\\b", '"' + column.replace("\"", "\"\"") + '"')));
        });
        each(
                connection,
                PARTITIONS,
                row -> found.get(row.getLong(1)).partitioning = Optional.of(new Partitioning(
                        row.getString(2).charAt(0),
                        row.getBoolean(4) ? List.of() : texts(row.getArray(3)),
                        texts(row.getArray(5)))));
        Map<String, ServerTable> tables = new LinkedHashMap<>();
        for (Parts parts : found.values()) {
            boolean[] filled = {false};
            each(connection, "select exists (select from " + parts.sqlName + ")", row -> filled[0] = row.getBoolean(1));
            tables.put(parts.name, parts.table(filled[0]));
        }
        return new ServerCatalog(tables);
    }

    private static ServerColumn column(String table, ResultSet row) throws SQLException {
        String name = row.getString(2);
        int elementOid = row.getInt(10);
        Optional<ServerColumn> element = elementOid == 0
                ? Optional.empty()
                : Optional.of(new ServerColumn(
                        table,
                        name,
                        row.getString(11),
                        row.getInt(4),
                        row.getString(12).charAt(0),
                        true,
                        false,
                        new ServerColumn.Details(
                                row.getString(13),
                                texts(row.getArray(14)),
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                false)));
        return new ServerColumn(
                table,
                name,
                row.getString(3),
                row.getInt(4),
                row.getString(5).charAt(0),
                row.getBoolean(6),
                row.getBoolean(7),
                new ServerColumn.Details(
                        row.getString(8),
                        texts(row.getArray(9)),
                        elementOid,
                        element,
                        Optional.ofNullable(row.getString(15)),
                        row.getBoolean(16)));
    }

    /** A table while its rows of the catalog come in. */
    private static final class Parts {
        private final String name;
        private final String sqlName;
        private final Map<String, ServerColumn> columns = new LinkedHashMap<>();
        private final List<UniqueKey> keys = new ArrayList<>();
        private final List<ForeignKey> foreignKeys = new ArrayList<>();
        private final List<Check> checks = new ArrayList<>();
        private Optional<Partitioning> partitioning = Optional.empty();

        Parts(String name, String sqlName) {
            this.name = name;
            this.sqlName = sqlName;
        }

        ServerTable table(boolean filled) {
            return new ServerTable(name, sqlName, columns, keys, foreignKeys, checks, partitioning, filled);
        }
    }

    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private static void each(Connection connection, String sql, RowReader reader) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    reader.read(row);
                }
            }
        }
    }

    @SuppressWarnings("NullAway")
    private static List<String> texts(@org.jspecify.annotations.Nullable Array array) throws SQLException {
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }
}
