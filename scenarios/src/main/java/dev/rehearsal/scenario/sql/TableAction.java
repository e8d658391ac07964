package dev.rehearsal.scenario.sql;

import java.util.Optional;

/** One action of an {@code alter table}. Names are as the server folds them, expressions and types as written. */
public sealed interface TableAction {
    record ColumnAdded(ColumnDefinition column, boolean ifNotExists) implements TableAction {}

    record ColumnDropped(String column) implements TableAction {}

    record TypeChanged(String column, String type, Optional<String> using) implements TableAction {}

    record NotNullSet(String column) implements TableAction {}

    record NotNullDropped(String column) implements TableAction {}

    record DefaultSet(String column, String expression) implements TableAction {}

    record DefaultDropped(String column) implements TableAction {}

    record ConstraintAdded(TableConstraint constraint) implements TableAction {}

    record ConstraintValidated(String name) implements TableAction {}

    record ConstraintDropped(String name) implements TableAction {}

    /** @param column empty: the table itself, or one of its constraints */
    record Renamed(Optional<String> column, String to) implements TableAction {}

    record PartitionAttached(String partition) implements TableAction {}

    record PartitionDetached(String partition, boolean concurrently) implements TableAction {}

    /** Anything else, such as {@code set (fillfactor = 70)}. */
    record Other(String words) implements TableAction {}
}
