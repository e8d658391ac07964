package dev.rehearsal.scenario.sql;

import java.util.List;
import java.util.Optional;

/**
 * A constraint as a statement writes it.
 *
 * @param name empty: the server makes one
 * @param notValid not checked against the rows that are there
 */
public record TableConstraint(Optional<String> name, Kind kind, boolean notValid) {

    /** What has to hold. */
    public sealed interface Kind {}

    /** @param expression between the parentheses, as written */
    public record Check(String expression) implements Kind {}

    /** {@code not null column}: a constraint with a name, from PostgreSQL 18 on. */
    public record NotNull(String column) implements Kind {}

    /**
     * @param columns empty if an index is given
     * @param index {@code using index}
     */
    public record Unique(List<String> columns, boolean primaryKey, Optional<String> index, String options)
            implements Kind {
        public Unique {
            columns = List.copyOf(columns);
        }
    }

    /**
     * @param table that it refers to
     * @param referenced its columns; empty: its primary key
     * @param options what follows, as written: actions, deferrable
     */
    public record ForeignKey(List<String> columns, String table, List<String> referenced, String options)
            implements Kind {
        public ForeignKey {
            columns = List.copyOf(columns);
            referenced = List.copyOf(referenced);
        }
    }

    /** {@code exclude using …}. */
    public record Exclusion() implements Kind {}
}
