package dev.rehearsal.inspect;

import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.Service;
import dev.rehearsal.scenario.sql.SqlMentions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What the scenario's operations, those of every version, say of tables and columns. */
record UsedColumns(Workload workload) {
    /** Operations that read all columns of a table. */
    List<String> readingAll(String table) {
        return operations(mentions -> mentions.allColumns() && mentions.names().contains(unqualified(table)));
    }

    /** Operations that insert into a table without naming columns. */
    List<String> insertingByPosition(String table) {
        return operations(
                mentions -> mentions.positionalInsert().filter(table::equals).isPresent());
    }

    /** Operations that name a column, of a table that they name. */
    List<String> naming(String table, String column) {
        return operations(mentions -> mentions.names().contains(unqualified(table))
                && mentions.names().contains(column));
    }

    private List<String> operations(Predicate<SqlMentions> wanted) {
        Set<String> names = new LinkedHashSet<>();
        for (Service service : workload.services()) {
            service.operations().forEach(operation -> add(names, service, operation, "", wanted));
            service.versions()
                    .forEach((version, operations) -> operations.forEach(
                            operation -> add(names, service, operation, " (" + version + ")", wanted)));
        }
        return List.copyOf(names);
    }

    private static void add(
            Set<String> names, Service service, Operation operation, String version, Predicate<SqlMentions> wanted) {
        boolean found = operation.transaction().stream()
                .map(statement -> SqlMentions.of(statement.sql()))
                .anyMatch(wanted);
        if (found) {
            names.add(service.name() + "/" + operation.name() + version);
        }
    }

    private static String unqualified(String table) {
        return table.substring(table.lastIndexOf('.') + 1);
    }
}
