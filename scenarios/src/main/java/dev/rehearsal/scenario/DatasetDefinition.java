package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A dataset folder as read: {@code dataset.yaml} and the text of its {@code schema.sql}.
 *
 * @param directory the folder, absolute
 * @param schemaSql the whole DDL, tables first, then keys, indexes, constraints, views, functions and triggers
 * @param tables in the file's order, which is the order of loading (a referenced table stands before its referrer)
 */
public record DatasetDefinition(String name, Path directory, String schemaSql, Map<String, TableDefinition> tables) {
    public DatasetDefinition {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /**
     * One table to fill.
     *
     * @param rows at scale 1
     * @param columns a generator for each column that is filled; columns not named keep their default
     */
    public record TableDefinition(String name, long rows, Map<String, Generator> columns) {
        public TableDefinition {
            columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        }
    }
}
