package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A dataset as read: the text of its schema, and what {@code dataset.yaml} says about the rows, if there is one.
 *
 * @param used what {@code use} names, absolute: a folder, or a schema file that stands alone
 * @param schemaFile the file that {@code schemaSql} is the text of, absolute
 * @param schemaSql the whole DDL, in any order that a server takes
 * @param tables those of {@code dataset.yaml} in its order, then the schema's others, as far as they can be read without a server
 */
public record DatasetDefinition(
        String name, Path used, Path schemaFile, String schemaSql, Map<String, TableDefinition> tables) {
    /** Of a table that nobody gives rows. */
    public static final long DEFAULT_ROWS = 10_000;

    public DatasetDefinition {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /** A folder with a {@code schema.sql}. */
    public DatasetDefinition(String name, Path folder, String schemaSql, Map<String, TableDefinition> tables) {
        this(name, folder, folder.resolve("schema.sql"), schemaSql, tables);
    }

    /**
     * One table to fill.
     *
     * @param rows at scale 1
     * @param sized whether somebody wrote down {@code rows}; if not, fewer will do where the table's keys have no room for as many
     * @param columns a generator for each column that {@code dataset.yaml} names; the others get one from their type, constraints and name
     */
    public record TableDefinition(String name, long rows, boolean sized, Map<String, Generator> columns) {
        public TableDefinition {
            columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        }

        public TableDefinition(String name, long rows, Map<String, Generator> columns) {
            this(name, rows, true, columns);
        }

        /** A table that nobody speaks of. */
        public static TableDefinition unmentioned(String name) {
            return new TableDefinition(name, DEFAULT_ROWS, false, Map.of());
        }
    }
}
