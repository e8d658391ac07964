package dev.rehearsal.scenario.sql;

import java.util.List;
import java.util.Optional;

/**
 * What one statement of a migration does, as far as its text tells. The server has the last word: what is not understood here is {@link Unread}, and runs
 * all the same.
 */
public sealed interface SchemaChange {
    /** @param table as the server folds it, with its schema unless that is {@code public} */
    record TableAltered(String table, List<TableAction> actions) implements SchemaChange {
        public TableAltered {
            actions = List.copyOf(actions);
        }
    }

    /**
     * @param name empty: the server makes one
     * @param columns those that are plain names
     * @param definition what follows the table's name, as written
     */
    record IndexCreated(
            Optional<String> name,
            String table,
            boolean unique,
            boolean concurrently,
            boolean ifNotExists,
            List<String> columns,
            String definition)
            implements SchemaChange {
        public IndexCreated {
            columns = List.copyOf(columns);
        }
    }

    /** {@code create table} in every form. */
    record TableCreated(String table) implements SchemaChange {}

    /**
     * {@code drop …}.
     *
     * @param kind in lower case, such as {@code table} or {@code index}
     */
    record Dropped(String kind, boolean concurrently, List<String> names) implements SchemaChange {
        public Dropped {
            names = List.copyOf(names);
        }
    }

    /**
     * Rows of a table are changed.
     *
     * @param verb {@code insert}, {@code update}, {@code delete}, {@code merge}, {@code truncate}
     * @param everyRow an update or delete without WHERE, or a truncate
     */
    record RowsChanged(String verb, String table, boolean everyRow) implements SchemaChange {}

    /** {@code begin}, {@code commit} and the like, {@code set}, {@code comment}, {@code select}: it changes no table. */
    record Nothing() implements SchemaChange {}

    /** Something else is created or altered: a function, a trigger, a view, a type. */
    record OtherObject(String words) implements SchemaChange {}

    /** @param why it could not be read: a phrase */
    record Unread(String why) implements SchemaChange {}

    /** Reads one statement. */
    static SchemaChange read(String statement) {
        return new ChangeReader(statement).read();
    }
}
