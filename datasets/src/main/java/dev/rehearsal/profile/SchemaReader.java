package dev.rehearsal.profile;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the schema of a database as plain DDL, from the catalogs and the server's own {@code pg_get_…def} functions. What is needed is only
 * what everybody may read: {@code pg_dump} would lock the tables, for which it needs the right to select from them.
 *
 * <p>Tables stand before everything that is better made after the rows: keys, indexes, constraints, views, triggers.
 */
final class SchemaReader {
    /** Of use to those who watch a server, not to an application's tables. */
    private static final Set<String> FOR_OPERATION = Set.of(
            "plpgsql",
            "pg_stat_statements",
            "pg_buffercache",
            "pgstattuple",
            "pg_prewarm",
            "pageinspect",
            "pg_repack",
            "pg_visibility",
            "pg_freespacemap",
            "pgrowlocks",
            "auto_explain",
            "pg_wait_sampling",
            "pg_stat_kcache");

    private static final Pattern LITERAL = Pattern.compile("'((?:[^']|'')*)'");

    /** An object that no extension made. */
    private static final String NO_EXTENSION =
            " not exists (select from pg_depend e where e.classid = '%s'::regclass and e.objid = %s.oid and e.deptype = 'e')";

    private static final String OWN_NAMESPACE = " n.nspname !~ '^pg_' and n.nspname <> 'information_schema' ";

    private final Connection connection;
    private final StringBuilder sql = new StringBuilder();
    private final Set<String> literals = new LinkedHashSet<>();
    private final List<String> leftOut = new ArrayList<>();

    private SchemaReader(Connection connection) {
        this.connection = connection;
    }

    /**
     * A schema as text.
     *
     * @param literals texts that stand in its constraints, defaults, indexes and types: no secret, because whoever has the schema has them
     * @param leftOut what the text does not hold, in words
     */
    record Schema(String sql, Set<String> literals, List<String> leftOut) {
        Schema {
            literals = Set.copyOf(literals);
            leftOut = List.copyOf(leftOut);
        }
    }

    static Schema read(Connection connection) throws SQLException {
        SchemaReader reader = new SchemaReader(connection);
        reader.write();
        return new Schema(reader.sql.toString(), reader.literals, reader.leftOut);
    }

    private void write() throws SQLException {
        // Bodies may speak of what comes later in the file.
        statement("set check_function_bodies = off");
        extensions();
        each(
                "select format('create schema %I', n.nspname) from pg_namespace n where n.nspname <> 'public' and "
                        + OWN_NAMESPACE + " and " + NO_EXTENSION.formatted("pg_namespace", "n") + " order by n.oid",
                this::statement);
        types();
        sequences();
        functions(false);
        tables();
        each(OWNED_SEQUENCES, this::statement);
        functions(true);
        each(CHECKS, this::constraint);
        each(KEYS, this::statement);
        each(INDEXES, text -> constraint(text.replaceFirst(" ON ONLY ", " ON ")));
        each(FOREIGN_KEYS, this::statement);
        each(COLUMN_SETTINGS, this::statement);
        each(EXTENDED_STATISTICS, this::statement);
        views();
        each(TRIGGERS, this::statement);
        each(DISABLED_TRIGGERS, this::statement);
        note("select distinct format('row-level security of %s', c.oid::regclass) from pg_class c"
                + " join pg_namespace n on n.oid = c.relnamespace where c.relrowsecurity and " + Catalog.OWN);
        note("select format('the foreign table %s', c.oid::regclass) from pg_class c"
                + " join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'f' and " + Catalog.OWN);
        note("select format('the invalid index %s', c.oid::regclass) from pg_index i"
                + " join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace"
                + " where not i.indisvalid and c.relkind = 'i' and " + Catalog.OWN);
        note("select format('the rule %I of %s', r.rulename, r.ev_class::regclass) from pg_rewrite r"
                + " join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace"
                + " where r.rulename <> '_RETURN' and " + Catalog.OWN);
        note("select format('the function %s, which is in %s', p.oid::regprocedure, l.lanname) from pg_proc p"
                + " join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang"
                + " where (l.lanname in ('c', 'internal') or p.prokind = 'a') and " + OWN_NAMESPACE + " and "
                + NO_EXTENSION.formatted("pg_proc", "p"));
    }

    private interface Line {
        void take(String text) throws SQLException;
    }

    private void each(String query, Line line) throws SQLException {
        for (Map<String, String> row : rows(query)) {
            line.take(row.values().iterator().next());
        }
    }

    private void note(String query) throws SQLException {
        each(query, leftOut::add);
    }

    private List<Map<String, String>> rows(String query) throws SQLException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    String text = result.getString(i);
                    row.put(columns.getColumnLabel(i), text == null ? "" : text);
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private void statement(String text) {
        sql.append(text.stripTrailing().replaceFirst(";$", "")).append(";\n");
    }

    private void constraint(String text) {
        remember(text);
        statement(text);
    }

    private void remember(String text) {
        Matcher literal = LITERAL.matcher(text);
        while (literal.find()) {
            literals.add(literal.group(1).replace("''", "'"));
        }
    }

    private void section(String title) {
        sql.append("\n-- ").append(title).append('\n');
    }

    private void extensions() throws SQLException {
        for (Map<String, String> row : rows("select e.extname, n.nspname from pg_extension e"
                + " join pg_namespace n on n.oid = e.extnamespace order by e.oid")) {
            if (!FOR_OPERATION.contains(row.get("extname"))) {
                statement("create extension if not exists " + quoted(row.get("extname"))
                        + (row.get("nspname").equals("pg_catalog") ? "" : " schema " + quoted(row.get("nspname"))));
            }
        }
    }

    /** Enums, domains, composites and ranges in the order in which they were made, so that what one is made of stands above. */
    private void types() throws SQLException {
        section("types");
        for (Map<String, String> row :
                rows("""
                select t.typtype as kind, format('%I.%I', n.nspname, t.typname) as name,
                       (select string_agg(quote_literal(v.enumlabel), ', ' order by v.enumsortorder)
                        from pg_enum v where v.enumtypid = t.oid) as labels,
                       format_type(t.typbasetype, t.typtypmod) as base, t.typnotnull as required, t.typdefault as otherwise,
                       (select string_agg(pg_get_constraintdef(k.oid), ' ' order by k.oid)
                        from pg_constraint k where k.contypid = t.oid and k.contype = 'c') as checks,
                       (select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
                        from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) as parts,
                       (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid) as subtype
                from pg_type t
                join pg_namespace n on n.oid = t.typnamespace
                left join pg_class c on c.oid = t.typrelid
                where (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c')) and
                """ + OWN_NAMESPACE + " and " + NO_EXTENSION.formatted("pg_type", "t") + " order by t.oid")) {
            constraint("create " + (row.get("kind").equals("d") ? "domain " : "type ") + row.get("name")
                    + switch (row.get("kind")) {
                        case "e" -> " as enum (" + row.get("labels") + ")";
                        case "d" ->
                            " as " + row.get("base")
                                    + (row.get("otherwise").isEmpty() ? "" : " default " + row.get("otherwise"))
                                    + (row.get("required").equals("t") ? " not null" : "")
                                    + (row.get("checks").isEmpty() ? "" : " " + row.get("checks"));
                        case "r" -> " as range (subtype = " + row.get("subtype") + ")";
                        default -> " as (" + row.get("parts") + ")";
                    });
        }
    }

    private void sequences() throws SQLException {
        each("""
                select format('create sequence %s as %s start %s increment %s minvalue %s maxvalue %s cache %s%s',
                              c.oid::regclass, format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
                              s.seqcache, case when s.seqcycle then ' cycle' else '' end)
                from pg_sequence s
                join pg_class c on c.oid = s.seqrelid
                join pg_namespace n on n.oid = c.relnamespace
                where not exists (select from pg_depend i where i.objid = c.oid and i.deptype = 'i' and i.classid = 'pg_class'::regclass)
                  and c.relpersistence <> 't' and
                """ + Catalog.OWN + " order by c.oid", this::statement);
    }

    /** @param aboutTables those that depend on a table's row type, or on a table, and so stand behind it */
    private void functions(boolean aboutTables) throws SQLException {
        section(aboutTables ? "functions about tables" : "functions");
        each(
                """
                select pg_get_functiondef(p.oid)
                from pg_proc p
                join pg_namespace n on n.oid = p.pronamespace
                join pg_language l on l.oid = p.prolang
                where p.prokind in ('f', 'p', 'w') and l.lanname not in ('c', 'internal') and
                """
                        + OWN_NAMESPACE + " and " + NO_EXTENSION.formatted("pg_proc", "p")
                        + """
                  and %s exists (
                      select from pg_depend d
                      left join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
                      left join pg_type element on element.oid = t.typelem
                      join pg_class c on c.oid in (d.refobjid, t.typrelid, element.typrelid) and c.relkind <> 'c'
                      where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                        and (d.refclassid = 'pg_class'::regclass or t.oid is not null))
                order by p.oid
                """.formatted(aboutTables ? "" : "not"),
                this::statement);
    }

    private void tables() throws SQLException {
        section("tables");
        Map<String, StringBuilder> columns = new LinkedHashMap<>();
        for (Map<String, String> row : rows("""
                select a.attrelid as relation, quote_ident(a.attname) as name, format_type(a.atttypid, a.atttypmod) as type,
                       case when a.attcollation not in (0, t.typcollation)
                            then (select format('%I.%I', cn.nspname, k.collname) from pg_collation k
                                  join pg_namespace cn on cn.oid = k.collnamespace where k.oid = a.attcollation) end as collation,
                       pg_get_expr(d.adbin, d.adrelid) as expression, a.attgenerated as generated, a.attidentity as identity,
                       a.attnotnull as required,
                       (select format('start %s increment %s minvalue %s maxvalue %s cache %s%s', s.seqstart, s.seqincrement,
                                      s.seqmin, s.seqmax, s.seqcache, case when s.seqcycle then ' cycle' else '' end)
                        from pg_depend i join pg_sequence s on s.seqrelid = i.objid
                        where i.classid = 'pg_class'::regclass and i.refobjid = a.attrelid and i.refobjsubid = a.attnum
                          and i.deptype = 'i') as sequence
                from pg_attribute a
                join pg_class c on c.oid = a.attrelid
                join pg_type t on t.oid = a.atttypid
                join pg_namespace n on n.oid = c.relnamespace
                left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
                  and a.attislocal and
                """ + Catalog.OWN + " order by a.attrelid, a.attnum")) {
            StringBuilder text = columns.computeIfAbsent(row.get("relation"), oid -> new StringBuilder());
            text.append(text.isEmpty() ? "" : ",\n").append("    ").append(column(row));
        }
        for (Map<String, String> row : rows("""
                with recursive level (oid, depth) as (
                    select c.oid, 0 from pg_class c where not exists (select from pg_inherits i where i.inhrelid = c.oid)
                    union all
                    select i.inhrelid, l.depth + 1 from level l join pg_inherits i on i.inhparent = l.oid)
                select c.oid as relation, format('%I.%I', n.nspname, c.relname) as name, c.relispartition as part,
                       c.relpersistence = 'u' as unlogged,
                       (select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno)
                        from pg_inherits i where i.inhrelid = c.oid) as parents,
                       pg_get_expr(c.relpartbound, c.oid) as bound,
                       case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partkey,
                       array_to_string(c.reloptions, ', ') as options
                from pg_class c
                join pg_namespace n on n.oid = c.relnamespace
                join (select oid, max(depth) as depth from level group by oid) as l on l.oid = c.oid
                where c.relkind in ('r', 'p') and c.relpersistence <> 't' and
                """ + Catalog.OWN + " order by l.depth, c.oid")) {
            table(
                    row,
                    columns.getOrDefault(row.get("relation"), new StringBuilder())
                            .toString());
        }
    }

    private String column(Map<String, String> row) {
        StringBuilder text = new StringBuilder(row.get("name") + " " + row.get("type"));
        if (!row.get("collation").isEmpty()) {
            text.append(" collate ").append(row.get("collation"));
        }
        String expression = row.get("expression");
        remember(expression);
        switch (row.get("generated")) {
            case "s" -> text.append(" generated always as (").append(expression).append(") stored");
            case "v" -> text.append(" generated always as (").append(expression).append(") virtual");
            default -> text.append(expression.isEmpty() ? "" : " default " + expression);
        }
        if (!row.get("identity").isEmpty()) {
            text.append(row.get("identity").equals("a") ? " generated always" : " generated by default")
                    .append(" as identity (")
                    .append(row.get("sequence"))
                    .append(')');
        }
        return text + (row.get("required").equals("t") ? " not null" : "");
    }

    private void table(Map<String, String> row, String columns) {
        StringBuilder text =
                new StringBuilder(row.get("unlogged").equals("t") ? "create unlogged table " : "create table ");
        text.append(row.get("name"));
        if (row.get("part").equals("t")) {
            text.append(" partition of ").append(row.get("parents")).append(' ').append(row.get("bound"));
            remember(row.get("bound"));
        } else {
            text.append(" (\n").append(columns).append("\n)");
            if (!row.get("parents").isEmpty()) {
                text.append(" inherits (").append(row.get("parents")).append(')');
            }
        }
        if (!row.get("partkey").isEmpty()) {
            text.append(" partition by ").append(row.get("partkey"));
        }
        if (!row.get("options").isEmpty()) {
            text.append(" with (").append(row.get("options")).append(')');
        }
        statement(text.toString());
    }

    private static final String OWNED_SEQUENCES = """
            select format('alter sequence %s owned by %s.%I', c.oid::regclass, d.refobjid::regclass, a.attname)
            from pg_depend d
            join pg_class c on c.oid = d.objid and c.relkind = 'S'
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.classid = 'pg_class'::regclass and d.deptype = 'a' and
            """ + Catalog.OWN + " order by c.oid";

    private static final String OF_TABLES = """
            select format('alter table %s add constraint %I %s', c.oid::regclass, k.conname, pg_get_constraintdef(k.oid))
            from pg_constraint k
            join pg_class c on c.oid = k.conrelid and c.relkind in ('r', 'p')
            join pg_namespace n on n.oid = c.relnamespace
            where k.conparentid = 0 and k.conislocal and
            """;

    private static final String CHECKS = OF_TABLES + Catalog.OWN + " and k.contype = 'c' order by k.oid";

    private static final String KEYS = OF_TABLES + Catalog.OWN + " and k.contype in ('p', 'u', 'x') order by k.oid";

    private static final String FOREIGN_KEYS = OF_TABLES + Catalog.OWN + " and k.contype = 'f' order by k.oid";

    private static final String INDEXES = """
            select pg_get_indexdef(i.indexrelid)
            from pg_index i
            join pg_class c on c.oid = i.indexrelid
            join pg_class t on t.oid = i.indrelid and t.relkind in ('r', 'p')
            join pg_namespace n on n.oid = c.relnamespace
            where i.indisvalid and not c.relispartition
              and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')) and
            """ + Catalog.OWN + " order by c.oid";

    private static final String COLUMN_SETTINGS = """
            select format('alter table %s alter column %I set statistics %s', c.oid::regclass, a.attname, a.attstattarget)
            from pg_attribute a
            join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
            join pg_namespace n on n.oid = c.relnamespace
            where a.attnum > 0 and not a.attisdropped and a.attstattarget >= 0 and
            """ + Catalog.OWN + """
             union all
            select format('alter table %s alter column %I set storage %s', c.oid::regclass, a.attname,
                          case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end)
            from pg_attribute a
            join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
            join pg_type t on t.oid = a.atttypid
            join pg_namespace n on n.oid = c.relnamespace
            where a.attnum > 0 and not a.attisdropped and a.attstorage <> t.typstorage and
            """ + Catalog.OWN;

    private static final String EXTENDED_STATISTICS = """
            select pg_get_statisticsobjdef(x.oid)
            from pg_statistic_ext x
            join pg_class c on c.oid = x.stxrelid
            join pg_namespace n on n.oid = c.relnamespace
            where
            """ + Catalog.OWN + " order by x.oid";

    private static final String TRIGGERS = """
            select pg_get_triggerdef(t.oid)
            from pg_trigger t
            join pg_class c on c.oid = t.tgrelid
            join pg_namespace n on n.oid = c.relnamespace
            where not t.tgisinternal and t.tgparentid = 0 and
            """ + Catalog.OWN + " order by t.oid";

    private static final String DISABLED_TRIGGERS = """
            select format('alter table %s disable trigger %I', c.oid::regclass, t.tgname)
            from pg_trigger t
            join pg_class c on c.oid = t.tgrelid
            join pg_namespace n on n.oid = c.relnamespace
            where not t.tgisinternal and t.tgparentid = 0 and t.tgenabled = 'D' and
            """ + Catalog.OWN + " order by t.oid";

    /** Views stand behind the views they are made of, and the indexes of a materialized one behind it. */
    private void views() throws SQLException {
        section("views");
        each("""
                with recursive uses (view, used) as (
                    select distinct r.ev_class, d.refobjid
                    from pg_rewrite r
                    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                     and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
                    join pg_class v on v.oid = d.refobjid and v.relkind in ('v', 'm')
                ), level (oid, depth) as (
                    select c.oid, 0 from pg_class c where c.relkind in ('v', 'm')
                    union
                    select u.view, l.depth + 1 from level l join uses u on u.used = l.oid
                )
                select format('create %s %s%s as%s%s', case c.relkind when 'm' then 'materialized view' else 'view' end,
                              c.oid::regclass,
                              case when c.reloptions is null then ''
                                   else ' with (' || array_to_string(c.reloptions, ', ') || ')' end,
                              chr(10), pg_get_viewdef(c.oid))
                from pg_class c
                join pg_namespace n on n.oid = c.relnamespace
                join (select oid, max(depth) as depth from level group by oid) as l on l.oid = c.oid
                where c.relkind in ('v', 'm') and c.relpersistence <> 't' and
                """ + Catalog.OWN + " order by l.depth, c.oid", this::statement);
        each("""
                select pg_get_indexdef(i.indexrelid)
                from pg_index i
                join pg_class c on c.oid = i.indrelid and c.relkind = 'm'
                join pg_namespace n on n.oid = c.relnamespace
                where i.indisvalid and
                """ + Catalog.OWN + " order by i.indexrelid", this::statement);
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
