package dev.rehearsal.scenario.sql;

import java.util.List;
import java.util.Optional;

/**
 * A column as {@code add column} writes it.
 *
 * @param name as the server folds it
 * @param type as written
 * @param notNull it says NOT NULL, or is a primary key, an identity or of a serial type
 * @param defaultExpression as written; of a serial type and an identity empty
 * @param constraints beside NOT NULL, those of the column alone
 */
public record ColumnDefinition(
        String name,
        String type,
        boolean notNull,
        Optional<String> defaultExpression,
        Optional<Generated> generated,
        Identity identity,
        List<TableConstraint> constraints) {
    public ColumnDefinition {
        constraints = List.copyOf(constraints);
    }

    /** {@code generated always as (expression)}, with or without {@code stored}. */
    public record Generated(String expression, boolean stored) {}

    /** {@code generated … as identity}. */
    public enum Identity {
        NONE,
        ALWAYS,
        BY_DEFAULT
    }

    /** {@code serial} and its relatives: an integer with a sequence of its own. */
    public boolean serial() {
        return type.toLowerCase(java.util.Locale.ROOT).matches("(small|big)?serial[248]?");
    }
}
