package dev.rehearsal.inspect;

import dev.rehearsal.inspect.TouchedTable.Dependent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Asks the catalogs what hangs on a table. */
final class Dependents {
    /** For the table whose OID stands in {@code TABLE_OID}'s place. */
    private static final String QUERY = """
            with recursive reading as (
                select r.ev_class as oid from pg_depend d join pg_rewrite r on r.oid = d.objid
                    where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = TABLE_OID and r.ev_class <> TABLE_OID
                union
                select r.ev_class from reading v join pg_depend d on d.refobjid = v.oid and d.refclassid = 'pg_class'::regclass
                    join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass and r.ev_class <> v.oid
            )
            select 1, case c.relkind when 'm' then 'materialized view' else 'view' end, c.oid::regclass::text,
                case when pg_get_viewdef(c.oid) ~* ('\\y' || (select relname from pg_class where oid = TABLE_OID) || '\\y') then '' else 'through another view' end
                from reading v join pg_class c on c.oid = v.oid where c.relkind in ('v', 'm')
            union all
            select 2, 'trigger', g.tgname,
                concat_ws(' ', case when g.tgtype & 2 > 0 then 'before' when g.tgtype & 64 > 0 then 'instead of' else 'after' end,
                    concat_ws(' or ', case when g.tgtype & 4 > 0 then 'insert' end, case when g.tgtype & 16 > 0 then 'update' end,
                        case when g.tgtype & 8 > 0 then 'delete' end, case when g.tgtype & 32 > 0 then 'truncate' end),
                    'for each', case when g.tgtype & 1 > 0 then 'row' else 'statement' end, 'runs', g.tgfoid::regproc::text,
                    case when g.tgenabled = 'D' then '(disabled)' end)
                from pg_trigger g where g.tgrelid = TABLE_OID and not g.tgisinternal
            union all
            select 3, 'function', p.oid::regprocedure::text, 'mentions it in its body'
                from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where p.prokind in ('f', 'p') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'harness_instruments')
                    and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
                    and (p.prosrc ~* ('\\y' || (select relname from pg_class where oid = TABLE_OID) || '\\y')
                        or exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                            and d.refclassid = 'pg_class'::regclass and d.refobjid = TABLE_OID))
            union all
            select 4, 'foreign key to', k.confrelid::regclass::text, k.conname || case when k.convalidated then '' else ', not valid' end
                from pg_constraint k where k.contype = 'f' and k.conrelid = TABLE_OID and k.conparentid = 0
            union all
            select 5, 'foreign key from', k.conrelid::regclass::text, k.conname || case when k.convalidated then '' else ', not valid' end
                from pg_constraint k where k.contype = 'f' and k.confrelid = TABLE_OID and k.conparentid = 0
            union all
            select 6, 'index', x.indexrelid::regclass::text,
                concat_ws(', ', case when x.indisprimary then 'primary key' when x.indisunique then 'unique' end,
                    case when not x.indisvalid then 'INVALID' end,
                    substring(pg_get_indexdef(x.indexrelid) from ' USING (.*)$'))
                from pg_index x where x.indrelid = TABLE_OID
            union all
            select 7, 'publication', p.pubname, '' from pg_publication_tables p
                where format('%I.%I', p.schemaname, p.tablename)::regclass = TABLE_OID::oid::regclass
            union all
            select 8, 'policy', p.polname, '' from pg_policy p where p.polrelid = TABLE_OID
            union all
            select 9, 'generated column', a.attname, pg_get_expr(d.adbin, d.adrelid)
                from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where a.attrelid = TABLE_OID and a.attgenerated <> '' and not a.attisdropped
            union all
            select 10, 'partition', i.inhrelid::regclass::text, '' from pg_inherits i where i.inhparent = TABLE_OID
            union all
            select 11, 'check', k.conname, pg_get_expr(k.conbin, k.conrelid) from pg_constraint k where k.contype = 'c' and k.conrelid = TABLE_OID
            order by 1, 3""";

    private Dependents() {}

    static List<Dependent> of(Connection connection, long table) throws SQLException {
        List<Dependent> dependents = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(QUERY.replace("TABLE_OID", Long.toString(table)));
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                dependents.add(new Dependent(rows.getString(2), rows.getString(3), rows.getString(4)));
            }
        }
        return dependents;
    }
}
