package dev.rehearsal.inspect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the catalogs say at one moment, as far as a change of it tells what a statement does.
 *
 * @param relations tables, materialised views and indexes, by OID
 * @param constraints by OID
 * @param columns {@code table.column} of all
 * @param notNull those of them that may hold no null
 */
record Catalog(
        Map<Long, Relation> relations, Map<Long, Constraint> constraints, Set<String> columns, Set<String> notNull) {
    /** The name of {@code pg_class c} in {@code pg_namespace n}, without {@code public}. */
    static final String NAME = " case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname ";

    static final String USER_SCHEMA =
            " n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'harness_instruments') ";

    private static final String RELATIONS = "select c.oid::bigint," + NAME + """
            , c.relkind, pg_relation_filenode(c.oid)::bigint, coalesce(x.indrelid, 0)::bigint
            from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index x on x.indexrelid = c.oid
            where c.relkind in ('r', 'p', 'm', 'i', 'I', 'f') and""" + USER_SCHEMA;

    private static final String CONSTRAINTS = """
            select k.oid::bigint, k.conrelid::bigint, k.contype, k.convalidated, k.confrelid::bigint,
                coalesce(pg_get_expr(k.conbin, k.conrelid), ''),
                coalesce((select string_agg(a.attname, ',') from pg_attribute a
                    where a.attrelid = k.conrelid and a.attnum = any (k.conkey)), '')
            from pg_constraint k join pg_namespace n on n.oid = k.connamespace
            where k.conrelid <> 0 and""" + USER_SCHEMA;

    private static final String COLUMNS = "select" + NAME + """
            || '.' || a.attname, a.attnotnull
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and""" + USER_SCHEMA;

    /**
     * @param kind {@code pg_class.relkind}
     * @param filenode 0 if it has none
     * @param table of an index; else 0
     */
    record Relation(String name, char kind, long filenode, long table) {
        boolean isTable() {
            return table == 0;
        }
    }

    /**
     * @param type {@code pg_constraint.contype}
     * @param referenced the other table of a foreign key; else 0
     * @param columns joined by commas
     */
    record Constraint(long table, char type, boolean validated, long referenced, String expression, String columns) {}

    static Catalog of(Connection connection) throws SQLException {
        Map<Long, Relation> relations = new HashMap<>();
        Map<Long, Constraint> constraints = new HashMap<>();
        Set<String> columns = new HashSet<>();
        Set<String> notNull = new HashSet<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(RELATIONS)) {
                while (rows.next()) {
                    relations.put(
                            rows.getLong(1),
                            new Relation(
                                    rows.getString(2), rows.getString(3).charAt(0), rows.getLong(4), rows.getLong(5)));
                }
            }
            try (ResultSet rows = statement.executeQuery(CONSTRAINTS)) {
                while (rows.next()) {
                    constraints.put(
                            rows.getLong(1),
                            new Constraint(
                                    rows.getLong(2),
                                    rows.getString(3).charAt(0),
                                    rows.getBoolean(4),
                                    rows.getLong(5),
                                    rows.getString(6),
                                    rows.getString(7)));
                }
            }
            try (ResultSet rows = statement.executeQuery(COLUMNS)) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                    if (rows.getBoolean(2)) {
                        notNull.add(rows.getString(1));
                    }
                }
            }
        }
        return new Catalog(relations, constraints, columns, notNull);
    }

    Optional<Long> table(String name) {
        return relations.entrySet().stream()
                .filter(entry ->
                        entry.getValue().isTable() && entry.getValue().name().equals(name))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    String name(long relation) {
        Relation found = relations.get(relation);
        return found == null ? "" : found.name();
    }

    /** Tables that are there, so that a change of them can be felt. */
    Set<String> tableNames() {
        Set<String> names = new HashSet<>();
        relations.values().stream()
                .filter(Relation::isTable)
                .map(Relation::name)
                .forEach(names::add);
        return names;
    }

    List<String> indexNames() {
        return relations.values().stream()
                .filter(relation -> !relation.isTable())
                .map(Relation::name)
                .sorted()
                .toList();
    }

    /** Whether a valid check says that the column is never null, and nothing weaker. */
    boolean provesNotNull(long table, String column) {
        String proof = column + " IS NOT NULL";
        return constraints.values().stream()
                .filter(constraint -> constraint.table() == table && constraint.type() == 'c' && constraint.validated())
                .map(Constraint::expression)
                .anyMatch(expression -> (expression.contains("(" + proof + ")")
                                || expression.contains("(\"" + column + "\" IS NOT NULL)"))
                        && !expression.contains(" OR "));
    }
}
