package dev.rehearsal.dataset;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table as the server's catalog has it.
 *
 * @param name with its schema in front unless that is {@code public}, as {@link dev.rehearsal.scenario.sql.SqlSchema} names tables
 * @param sqlName as SQL needs it: with its schema, quoted
 * @param columns by name, in the table's order
 * @param keys what no two rows may share, the primary key first, then those of fewer columns
 * @param filled the schema itself put rows into it
 */
record ServerTable(
        String name,
        String sqlName,
        Map<String, ServerColumn> columns,
        List<UniqueKey> keys,
        List<ForeignKey> foreignKeys,
        List<Check> checks,
        Optional<Partitioning> partitioning,
        boolean filled) {
    ServerTable {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        keys = List.copyOf(keys);
        foreignKeys = List.copyOf(foreignKeys);
        checks = List.copyOf(checks);
    }

    /**
     * A primary key, unique constraint or unique index.
     *
     * @param columns that it is about, those within expressions included
     * @param partial only some rows are in it
     */
    record UniqueKey(String name, List<String> columns, boolean partial) {
        UniqueKey {
            columns = List.copyOf(columns);
        }
    }

    /**
     * A foreign key.
     *
     * @param target the referenced table's {@link ServerTable#name()}
     * @param targetColumns of it, in the order of {@code columns}
     */
    record ForeignKey(String name, List<String> columns, String target, List<String> targetColumns) {
        ForeignKey {
            columns = List.copyOf(columns);
            targetColumns = List.copyOf(targetColumns);
        }
    }

    /**
     * A check constraint, of the table or of a column's domain.
     *
     * @param expression what must hold, as the server writes it; of a domain, with the column's name for {@code VALUE}
     */
    record Check(String name, String expression) {}

    /**
     * How the table's rows go into its partitions.
     *
     * @param strategy {@code r} by range, {@code l} by list, {@code h} by hash
     * @param columns of the key; empty if it has an expression
     * @param bounds of the partitions, as the server writes them: {@code FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')}, {@code DEFAULT}
     */
    record Partitioning(char strategy, List<String> columns, List<String> bounds) {
        Partitioning {
            columns = List.copyOf(columns);
            bounds = List.copyOf(bounds);
        }
    }
}
