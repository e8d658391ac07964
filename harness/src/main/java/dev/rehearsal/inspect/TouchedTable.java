package dev.rehearsal.inspect;

import java.util.List;

/**
 * A table that a statement touches, and what hangs on it.
 *
 * @param rows before the migration, as the server estimates them
 * @param bytes with indexes and TOAST
 */
public record TouchedTable(String name, long rows, long bytes, List<Dependent> dependents) {
    public TouchedTable {
        dependents = List.copyOf(dependents);
    }

    /**
     * @param kind {@code view}, {@code materialized view}, {@code trigger}, {@code function}, {@code foreign key to}, {@code foreign key from},
     *     {@code index}, {@code publication}, {@code policy}, {@code generated column}, {@code partition}, {@code check}
     * @param detail what is worth knowing of it, a phrase; may be empty
     */
    public record Dependent(String kind, String name, String detail) {}

    List<String> named(String... kinds) {
        List<String> wanted = List.of(kinds);
        return dependents.stream()
                .filter(dependent -> wanted.contains(dependent.kind()))
                .map(Dependent::name)
                .toList();
    }
}
