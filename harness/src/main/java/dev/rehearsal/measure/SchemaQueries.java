package dev.rehearsal.measure;

import dev.rehearsal.engine.PostgresVersion;
import java.util.List;

/** The catalog queries of {@link SchemaFingerprint}: each row a key and a definition. Words in capitals stand for what not every version has. */
final class SchemaQueries {
    /** Of {@code pg_namespace n}: the schemas that are the user's. Objects of extensions are covered by their extension's line. */
    private static final String USER_SCHEMA =
            " n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'harness_instruments') ";

    /** The schema of {@code pg_namespace n} as a prefix, without {@code public}. */
    private static final String SCHEMA = " case n.nspname when 'public' then '' else n.nspname || '.' end ";

    private static final String SCHEMAS = """
            select 'schema ' || n.nspname,
                concat_ws('; ', 'owner ' || n.nspowner::regrole, 'grants ' || array_to_string(n.nspacl, ','),
                    'comment ' || obj_description(n.oid, 'pg_namespace'))
            from pg_namespace n where""" + USER_SCHEMA;

    private static final String RELATIONS = "select" + SCHEMA + """
            || c.relname || ': ' || case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
                    when 'm' then 'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence' when 'c' then 'composite type' end,
                concat_ws('; ',
                    case c.relpersistence when 'u' then 'unlogged' end,
                    'owner ' || c.relowner::regrole,
                    'access method ' || am.amname,
                    'tablespace ' || t.spcname,
                    'options ' || array_to_string(array(select o from unnest(c.reloptions) o order by o), ','),
                    'replica identity ' || nullif(c.relreplident::text, 'd'),
                    case when c.relrowsecurity then 'row security' end,
                    case when c.relforcerowsecurity then 'row security forced' end,
                    'partition by ' || pg_get_partkeydef(c.oid),
                    'partition ' || pg_get_expr(c.relpartbound, c.oid),
                    'inherits ' || (select string_agg(i.inhparent::regclass::text, ',' order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
                    case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
                    case when c.relkind = 'm' and not c.relispopulated then 'not populated' end,
                    (select format('%s from %s to %s start %s by %s cache %s%s', s.seqtypid::regtype, s.seqmin, s.seqmax, s.seqstart, s.seqincrement,
                        s.seqcache, case when s.seqcycle then ' cycle' end) from pg_sequence s where s.seqrelid = c.oid),
                    'owned by ' || (select d.refobjid::regclass || '.' || a.attname from pg_depend d
                        join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                        where c.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
                            and d.refclassid = 'pg_class'::regclass),
                    'grants ' || (select string_agg(g::text, ',' order by g::text) from unnest(c.relacl) g),
                    'comment ' || obj_description(c.oid, 'pg_class'))
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
                left join pg_am am on am.oid = c.relam left join pg_tablespace t on t.oid = c.reltablespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c') and""" + USER_SCHEMA;

    /** The position counts columns that are there, so that a dropped one before it does not show. */
    private static final String COLUMNS = "select" + SCHEMA + """
            || c.relname || '.' || a.attname,
                concat_ws('; ',
                    'column ' || row_number() over (partition by c.oid order by a.attnum),
                    format_type(a.atttypid, a.atttypmod),
                    'collation ' || nullif(a.attcollation, ty.typcollation)::regcollation,
                    case when a.attnotnull then 'not null' end,
                    case a.attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end,
                    case a.attgenerated when 's' then 'generated stored' when 'v' then 'generated virtual' end,
                    'default ' || pg_get_expr(d.adbin, d.adrelid),
                    'storage ' || nullif(a.attstorage, ty.typstorage)::text,
                    COMPRESSION
                    'statistics ' || nullif(a.attstattarget, -1),
                    'options ' || nullif(array_to_string(array(select o from unnest(a.attoptions) o where o not like 'pg\\_%' order by o), ','), ''),
                    'grants ' || (select string_agg(g::text, ',' order by g::text) from unnest(a.attacl) g),
                    'comment ' || col_description(c.oid, a.attnum))
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
                join pg_type ty on ty.oid = a.atttypid
                left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and""" + USER_SCHEMA;

    private static final String CONSTRAINTS = "select" + SCHEMA + """
            || coalesce(c.relname, t.typname) || ': constraint ' || k.conname,
                concat_ws('; ', pg_get_constraintdef(k.oid), case when not k.convalidated then 'not validated' end,
                    case when not k.conislocal then 'inherited' end, 'comment ' || obj_description(k.oid, 'pg_constraint'))
            from pg_constraint k join pg_namespace n on n.oid = k.connamespace
                left join pg_class c on c.oid = k.conrelid left join pg_type t on t.oid = k.contypid
            where""" + USER_SCHEMA;

    private static final String INDEXES = "select" + SCHEMA + """
            || c.relname || ': index ' || i.relname,
                concat_ws('; ', pg_get_indexdef(x.indexrelid), case when not x.indisvalid then 'invalid' end,
                    case when not x.indisready then 'not ready' end, case when x.indisclustered then 'clustered' end,
                    case when x.indisreplident then 'replica identity' end, 'tablespace ' || t.spcname,
                    'comment ' || obj_description(i.oid, 'pg_class'))
            from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
                join pg_namespace n on n.oid = c.relnamespace left join pg_tablespace t on t.oid = i.reltablespace
            where""" + USER_SCHEMA;

    private static final String EXTENDED_STATISTICS = "select" + SCHEMA + """
            || 'statistics ' || s.stxname, concat_ws('; ', pg_get_statisticsobjdef(s.oid), 'comment ' || obj_description(s.oid, 'pg_statistic_ext'))
            from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where""" + USER_SCHEMA;

    private static final String TRIGGERS = "select" + SCHEMA + """
            || c.relname || ': trigger ' || g.tgname,
                concat_ws('; ', pg_get_triggerdef(g.oid), 'enabled ' || nullif(g.tgenabled::text, 'O'),
                    'comment ' || obj_description(g.oid, 'pg_trigger'))
            from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
            where not g.tgisinternal and""" + USER_SCHEMA;

    private static final String RULES = "select" + SCHEMA + """
            || c.relname || ': rule ' || r.rulename, concat_ws('; ', pg_get_ruledef(r.oid), 'enabled ' || nullif(r.ev_enabled::text, 'O'))
            from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
            where r.rulename <> '_RETURN' and""" + USER_SCHEMA;

    private static final String POLICIES = "select" + SCHEMA + """
            || c.relname || ': policy ' || p.polname,
                concat_ws('; ', 'for ' || p.polcmd::text, case when p.polpermissive then 'permissive' else 'restrictive' end,
                    'to ' || (select string_agg(case r when 0 then 'public' else r::regrole::text end, ',' order by r::regrole::text) from unnest(p.polroles) r),
                    'using ' || pg_get_expr(p.polqual, p.polrelid), 'with check ' || pg_get_expr(p.polwithcheck, p.polrelid))
            from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
            where""" + USER_SCHEMA;

    private static final String FUNCTIONS = "select" + SCHEMA + """
            || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
                concat_ws('; ', case when p.prokind = 'a' then
                        (select format('aggregate %s %s %s %s', g.aggtransfn, g.aggfinalfn, g.aggtranstype::regtype, g.agginitval)
                            from pg_aggregate g where g.aggfnoid = p.oid)
                    else pg_get_functiondef(p.oid) end,
                    'owner ' || p.proowner::regrole, 'grants ' || (select string_agg(g::text, ',' order by g::text) from unnest(p.proacl) g),
                    'comment ' || obj_description(p.oid, 'pg_proc'))
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') and""" + USER_SCHEMA;

    private static final String TYPES = "select" + SCHEMA + """
            || t.typname || ': ' || case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'r' then 'range' else 'type' end,
                concat_ws('; ',
                    (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
                    case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
                    case when t.typnotnull then 'not null' end, 'default ' || t.typdefault,
                    (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid),
                    'owner ' || t.typowner::regrole,
                    'grants ' || (select string_agg(g::text, ',' order by g::text) from unnest(t.typacl) g),
                    'comment ' || obj_description(t.oid, 'pg_type'))
            from pg_type t join pg_namespace n on n.oid = t.typnamespace
            where t.typtype in ('e', 'd', 'r', 'b') and t.typcategory <> 'A'
                and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e') and""" + USER_SCHEMA;

    private static final String PUBLICATIONS = """
            select 'publication ' || p.pubname,
                concat_ws('; ', case when p.puballtables then 'all tables' end,
                    concat(case when p.pubinsert then 'insert ' end, case when p.pubupdate then 'update ' end,
                        case when p.pubdelete then 'delete ' end, case when p.pubtruncate then 'truncate' end),
                    PARTS)
            from pg_publication p""";

    private static final String PARTS_OF_PUBLICATIONS = """
            (select string_agg(r.prrelid::regclass || coalesce(' where ' || pg_get_expr(r.prqual, r.prrelid), '')
                || coalesce(' columns ' || (select string_agg(a.attname, ',' order by a.attname) from pg_attribute a
                    where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)), ''), ', ' order by r.prrelid::regclass::text)
                from pg_publication_rel r where r.prpubid = p.oid),
            (select string_agg('schema ' || s.pnnspid::regnamespace, ', ' order by s.pnnspid::regnamespace::text)
                from pg_publication_namespace s where s.pnpubid = p.oid)""";

    private static final String WHOLE_TABLES_OF_PUBLICATIONS = """
            (select string_agg(r.prrelid::regclass::text, ', ' order by r.prrelid::regclass::text)
                from pg_publication_rel r where r.prpubid = p.oid)""";

    private static final String EXTENSIONS = """
            select 'extension ' || e.extname, e.extversion || ' in ' || e.extnamespace::regnamespace from pg_extension e""";

    private static final String EVENT_TRIGGERS = """
            select 'event trigger ' || t.evtname, concat_ws('; ', t.evtevent, t.evtfoid::regprocedure::text, 'enabled ' || t.evtenabled::text,
                array_to_string(t.evttags, ','))
            from pg_event_trigger t join pg_proc p on p.oid = t.evtfoid where p.pronamespace::regnamespace::text <> 'harness_instruments'""";

    private static final String DEFAULT_PRIVILEGES = """
            select 'default privileges of ' || d.defaclrole::regrole || ' on ' || d.defaclobjtype::text
                    || coalesce(' in ' || nullif(d.defaclnamespace, 0)::regnamespace, ''),
                (select string_agg(g::text, ',' order by g::text) from unnest(d.defaclacl) g)
            from pg_default_acl d""";

    private SchemaQueries() {}

    static List<String> of(PostgresVersion version) {
        return List.of(
                SCHEMAS,
                RELATIONS,
                COLUMNS.replace(
                        "COMPRESSION",
                        version.compressesByColumn() ? "'compression ' || nullif(a.attcompression::text, '')," : ""),
                CONSTRAINTS,
                INDEXES,
                EXTENDED_STATISTICS,
                TRIGGERS,
                RULES,
                POLICIES,
                FUNCTIONS,
                TYPES,
                PUBLICATIONS.replace(
                        "PARTS",
                        version.publishesPartsOfTables() ? PARTS_OF_PUBLICATIONS : WHOLE_TABLES_OF_PUBLICATIONS),
                EXTENSIONS,
                EVENT_TRIGGERS,
                DEFAULT_PRIVILEGES);
    }
}
