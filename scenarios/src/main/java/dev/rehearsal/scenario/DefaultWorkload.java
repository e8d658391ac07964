package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.OperationStatement;
import dev.rehearsal.scenario.Workload.Reads;
import dev.rehearsal.scenario.sql.NamedParameters;
import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.sql.StatementKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The traffic of a scenario that describes none: rows of the dataset's tables are read, updated and inserted by key. The tables that the
 * migration speaks of come first, then the largest.
 *
 * <p>An insert copies an existing row, so that it needs to know nothing about the columns; it is made only where that cannot collide.
 *
 * @param ledger whether operations that write leave entries in the ledger
 */
record DefaultWorkload(DatasetDefinition dataset, SqlSchema schema, Set<String> migrationNames, boolean ledger) {
    static final double ARRIVALS_PER_SECOND = 100;

    private static final int TABLES = 4;
    private static final double SKEW = 1.05;
    private static final Workload.Pool POOL = new Workload.Pool(20, Duration.ofSeconds(2));

    /** Empty if no table has a key to read by. */
    Optional<Workload> workload() {
        List<Operation> operations = new ArrayList<>();
        dataset.tables().values().stream()
                .filter(table -> table.rows() > 0 && key(table).isPresent())
                .sorted(Comparator.<TableDefinition, Boolean>comparing(table -> !migrationNames.contains(table.name()))
                        .thenComparing(
                                Comparator.comparingLong(TableDefinition::rows).reversed()))
                .limit(TABLES)
                .forEach(table -> addOperations(table, schema.tables().get(table.name()), operations));
        if (operations.isEmpty()) {
            return Optional.empty();
        }
        Workload.Service service =
                new Workload.Service("default", ARRIVALS_PER_SECOND, POOL, Optional.empty(), operations);
        return Optional.of(new Workload(Workload.Arrivals.POISSON, List.of(service)));
    }

    private Optional<String> key(TableDefinition table) {
        return Optional.ofNullable(schema.tables().get(table.name()))
                .filter(SqlSchema.Table::columnsKnown)
                .flatMap(SqlSchema.Table::key)
                .filter(key -> !(table.columns().get(key) instanceof Generator.Nullable));
    }

    private void addOperations(TableDefinition filled, SqlSchema.Table table, List<Operation> operations) {
        String key = table.key().orElseThrow();
        String name = name(table.name());
        String where = " where " + SqlSchema.quoted(key) + " = :id";
        // Columns by name, as applications ask for them: "select *" fails once, wherever a plan is cached, when a
        // column is added.
        String all = table.columns().values().stream()
                .map(column -> SqlSchema.quoted(column.name()))
                .collect(Collectors.joining(", "));
        operations.add(operation("read-" + table.name(), 2, filled, key, "select " + all + " from " + name + where));
        updated(table).ifPresent(column -> {
            String quoted = SqlSchema.quoted(column);
            String update = "update " + name + " set " + quoted + " = " + quoted + where;
            operations.add(operation("update-" + table.name(), 1, filled, key, update));
        });
        if (copies(filled, table, key)) {
            String columns = table.columns().values().stream()
                    .filter(column -> !column.name().equals(key) && !column.generated())
                    .map(column -> SqlSchema.quoted(column.name()))
                    .collect(Collectors.joining(", "));
            String insert = "insert into " + name + " (" + columns + ") select " + columns + " from " + name + where;
            operations.add(operation("insert-" + table.name(), 1, filled, key, insert));
        }
    }

    private static String name(String table) {
        int dot = table.indexOf('.');
        return dot < 0
                ? SqlSchema.quoted(table)
                : SqlSchema.quoted(table.substring(0, dot)) + "." + SqlSchema.quoted(table.substring(dot + 1));
    }

    private Operation operation(String name, double weight, TableDefinition table, String key, String sql) {
        NamedParameters named = NamedParameters.of(sql);
        OperationStatement statement = new OperationStatement(
                sql, named.jdbcSql(), named.names(), StatementKind.of(sql).writes());
        return new Operation(
                name,
                weight,
                Map.of("id", new Parameter.References(table.name(), key, SKEW)),
                List.of(statement),
                Reads.PRIMARY,
                ledger && statement.writes());
    }

    /** A column whose update costs least: no key, no unique index, no foreign key. */
    private static Optional<String> updated(SqlSchema.Table table) {
        return table.columns().values().stream()
                .filter(column -> !column.generated())
                .map(SqlSchema.Column::name)
                .filter(column -> !table.primaryKey().contains(column)
                        && !table.isUnique(column)
                        && !table.foreignKeys().contains(column))
                .findFirst();
    }

    private static boolean copies(TableDefinition filled, SqlSchema.Table table, String key) {
        // A key that nobody speaks of is made by the server, and goes on where the last one was.
        boolean numbered = Optional.ofNullable(filled.columns().get(key))
                .map(generator -> generator instanceof Generator.Sequence)
                .orElse(true);
        return numbered
                && table.columns().get(key).defaulted()
                && table.unique().isEmpty()
                && table.columns().values().stream()
                        .anyMatch(column -> !column.name().equals(key) && !column.generated());
    }
}
