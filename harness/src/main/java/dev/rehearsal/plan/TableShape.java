package dev.rehearsal.plan;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the catalogs say of a table, as far as a plan depends on it.
 *
 * @param name as the catalogs have it, schema-qualified unless in {@code public}
 * @param columns by name, in order
 * @param primaryKey its columns; empty if there is none
 * @param constraints on it, and the foreign keys of others that refer to it
 * @param updateTriggers row triggers that fire on updates
 * @param readers views over the table, by the columns that they read
 * @param sequences that number its rows and go with it
 * @param attachments what hangs on it that a copy of it could not take over, in words
 */
public record TableShape(
        String name,
        Map<String, Column> columns,
        List<String> primaryKey,
        List<Constraint> constraints,
        List<Index> indexes,
        List<String> updateTriggers,
        List<Reader> readers,
        List<OwnedSequence> sequences,
        List<String> attachments) {
    public TableShape {
        columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        primaryKey = List.copyOf(primaryKey);
        constraints = List.copyOf(constraints);
        indexes = List.copyOf(indexes);
        updateTriggers = List.copyOf(updateTriggers);
        readers = List.copyOf(readers);
        sequences = List.copyOf(sequences);
        attachments = List.copyOf(attachments);
    }

    /** Nothing is known of it. */
    public static TableShape unknown(String name) {
        return new TableShape(
                name, Map.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** @param defaultExpression empty: none */
    public record Column(
            String name, String type, boolean notNull, Optional<String> defaultExpression, boolean computed) {}

    /**
     * @param type {@code pg_constraint.contype}
     * @param columns of this table: those that are constrained, or referred to
     * @param definition as {@code pg_get_constraintdef} prints it
     * @param on the table that has it, as SQL needs it
     * @param refersTo what a foreign key refers to, as SQL needs it
     * @param outgoing whether this table has it
     * @param incoming whether it refers to this table
     * @param valid whether it holds for all rows
     */
    public record Constraint(
            String name,
            char type,
            List<String> columns,
            String definition,
            String on,
            Optional<String> refersTo,
            boolean outgoing,
            boolean incoming,
            boolean valid) {
        public Constraint {
            columns = List.copyOf(columns);
        }
    }

    /** A view that reads a column. */
    public record Reader(String view, String column) {}

    /** @param identity whether it is an identity column's, and not a {@code serial}'s */
    public record OwnedSequence(String name, String column, boolean identity) {}

    /** One that no constraint owns. */
    public record Index(String name, List<String> columns, String definition) {
        public Index {
            columns = List.copyOf(columns);
        }
    }

    private static final String OID = """
            (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind = 'r' and case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname = ?)""";

    private static final String COLUMNS = """
            select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end, a.attgenerated <> '' or a.attidentity <> ''
            from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attnum > 0 and not a.attisdropped and a.attrelid =""" + OID + " order by a.attnum";

    private static final String CONSTRAINTS = """
            select k.conname, k.contype, pg_get_constraintdef(k.oid),
                coalesce((select string_agg(a.attname, e'\\n' order by array_position(k.conkey, a.attnum)) from pg_attribute a
                    where a.attrelid = t.oid and a.attnum = any (case when k.conrelid = t.oid then k.conkey else '{}' end || case when k.confrelid = t.oid then k.confkey end)), ''),
                k.conrelid::regclass, case when k.contype = 'f' then k.confrelid::regclass end, k.conrelid = t.oid, k.confrelid = t.oid, k.convalidated
            from (select""" + OID + """
             as oid) t, pg_constraint k where k.contype in ('c', 'f', 'p', 'u', 'x', 'n') and (k.conrelid = t.oid or k.confrelid = t.oid)
            order by k.conname""";

    private static final String INDEXES = """
            select i.relname, pg_get_indexdef(x.indexrelid),
                coalesce((select string_agg(a.attname, e'\\n') from pg_attribute a where a.attrelid = x.indrelid
                    and pg_get_indexdef(x.indexrelid) ~ ('\\y' || a.attname || '\\y')), '')
            from pg_index x join pg_class i on i.oid = x.indexrelid
            where not exists (select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
                and x.indrelid =""" + OID + " order by 1";

    private static final String TRIGGERS = """
            select g.tgname from pg_trigger g where not g.tgisinternal and g.tgtype & 1 > 0 and g.tgtype & 16 > 0 and g.tgenabled <> 'D'
                and g.tgrelid =""" + OID + " order by 1";

    private static final String READERS = """
            select distinct r.ev_class::regclass::text, a.attname from pg_depend d join pg_rewrite r on r.oid = d.objid
                join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and r.ev_class <> d.refobjid
                and d.refobjid =""" + OID + " order by 1";

    private static final String SEQUENCES = """
            select s.relname, a.attname, d.deptype = 'i' from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
                join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
                and d.refobjid =""" + OID + " order by 1";

    /** What depends on the table or on the type of its rows by itself, but for what a copy takes over: views, keys of ordinary tables, triggers, defaults, its own parts. */
    private static final String ATTACHMENTS = """
            with t as (select c.* from pg_class c where c.oid =""" + OID + """
            )
            select 'foreign key ' || k.conname || ' of ' || k.conrelid::regclass from pg_constraint k join pg_class r on r.oid = k.conrelid, t
                where k.contype = 'f' and k.confrelid = t.oid and r.relkind <> 'r'
            union select case c.relkind when 'm' then 'materialized view ' else 'rule of ' end || c.oid::regclass
                from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class, t
                where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid and c.oid <> t.oid
                    and (c.relkind <> 'v' or r.rulename <> '_RETURN')
            union select pg_describe_object(d.classid, d.objid, d.objsubid) from pg_depend d, t
                where d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid and d.deptype = 'n' and (d.classid = 'pg_proc'::regclass
                    or d.classid = 'pg_policy'::regclass and exists (select from pg_policy p where p.oid = d.objid and p.polrelid <> t.oid))
            union select pg_describe_object(d.classid, d.objid, d.objsubid) from pg_depend d join pg_type y on d.refobjid = y.oid, t
                where d.refclassid = 'pg_type'::regclass and d.deptype = 'n' and t.reltype in (y.oid, y.typelem)
            union select 'rule ' || r.rulename from pg_rewrite r, t where r.ev_class = t.oid
            union select 'policy ' || p.polname from pg_policy p, t where p.polrelid = t.oid
            union select 'row security' from t where relrowsecurity or relforcerowsecurity
            union select 'publication ' || p.pubname from pg_publication p join pg_publication_rel r on r.prpubid = p.oid, t where r.prrelid = t.oid
            union select 'statistics ' || s.stxname from pg_statistic_ext s, t where s.stxrelid = t.oid
            union select 'inheritance' from t where exists (select from pg_inherits i where t.oid in (i.inhrelid, i.inhparent))
            union select 'grants by other roles' from t where exists (select from aclexplode(relacl) g where g.grantor <> relowner)
            union select 'grants on columns or sequences' from t
                where exists (select from pg_attribute a where a.attrelid = t.oid and a.attacl is not null) or exists (
                    select from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S' where d.classid = 'pg_class'::regclass
                    and d.refobjid = t.oid and d.deptype = 'i' and s.relacl is not null)
            union select 'storage' from t where reltablespace <> 0 or relpersistence <> 'p' or exists (
                select from pg_class o where o.oid = reltoastrelid and o.reloptions is not null)
            union select 'statistics targets or options of columns' from t where exists (
                select from pg_attribute a where a.attrelid = t.oid and (a.attoptions is not null or a.attstattarget >= 0))
            union select 'replica identity' from t where relreplident <> 'd'
            union select 'checks that are not validated' from t where exists (
                select from pg_constraint k where k.conrelid = t.oid and k.contype = 'c' and not k.convalidated)
            union select 'comments on indexes, constraints or triggers' from t where exists (
                select from pg_index x where x.indrelid = t.oid and obj_description(x.indexrelid, 'pg_class') is not null) or exists (
                select from pg_constraint k where t.oid in (k.conrelid, k.confrelid) and obj_description(k.oid, 'pg_constraint') is not null) or exists (
                select from pg_trigger g where g.tgrelid = t.oid and obj_description(g.oid, 'pg_trigger') is not null)
            union select 'clustering, or storage options of indexes' from t where exists (
                select from pg_index x join pg_class i on i.oid = x.indexrelid
                where x.indrelid = t.oid and (x.indisclustered or i.reltablespace <> 0 or not x.indisvalid))
            order by 1""";

    /** Empty if there is no such ordinary table. */
    public static Optional<TableShape> of(Connection connection, String table) throws SQLException {
        Map<String, Column> columns = new LinkedHashMap<>();
        query(
                connection,
                COLUMNS,
                table,
                row -> columns.put(
                        row.getString(1),
                        new Column(
                                row.getString(1),
                                row.getString(2),
                                row.getBoolean(3),
                                Optional.ofNullable(row.getString(4)),
                                row.getBoolean(5))));
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        List<Constraint> constraints = new ArrayList<>();
        List<String> key = new ArrayList<>();
        query(connection, CONSTRAINTS, table, row -> {
            Constraint constraint = new Constraint(
                    row.getString(1),
                    row.getString(2).charAt(0),
                    lines(row.getString(4)),
                    row.getString(3),
                    row.getString(5),
                    Optional.ofNullable(row.getString(6)),
                    row.getBoolean(7),
                    row.getBoolean(8),
                    row.getBoolean(9));
            constraints.add(constraint);
            if (constraint.type() == 'p') {
                key.addAll(constraint.columns());
            }
        });
        List<Index> indexes = new ArrayList<>();
        query(
                connection,
                INDEXES,
                table,
                row -> indexes.add(new Index(row.getString(1), lines(row.getString(3)), row.getString(2))));
        List<String> triggers = new ArrayList<>();
        query(connection, TRIGGERS, table, row -> triggers.add(row.getString(1)));
        List<Reader> readers = new ArrayList<>();
        query(connection, READERS, table, row -> readers.add(new Reader(row.getString(1), row.getString(2))));
        List<OwnedSequence> sequences = new ArrayList<>();
        query(
                connection,
                SEQUENCES,
                table,
                row -> sequences.add(new OwnedSequence(row.getString(1), row.getString(2), row.getBoolean(3))));
        List<String> attachments = new ArrayList<>();
        query(connection, ATTACHMENTS, table, row -> attachments.add(row.getString(1)));
        return Optional.of(
                new TableShape(table, columns, key, constraints, indexes, triggers, readers, sequences, attachments));
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private static void query(Connection connection, String sql, String table, Row reader) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, table);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }
}
