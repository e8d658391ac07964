package dev.rehearsal.inspect;

import dev.rehearsal.inspect.NewColumn.Volatility;
import dev.rehearsal.run.RunEvent.ExpectedLock;
import dev.rehearsal.run.RunEvent.ExpectedRefusal;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.sql.ColumnDefinition.Identity;
import dev.rehearsal.scenario.sql.SchemaChange;
import dev.rehearsal.scenario.sql.SchemaChange.TableAltered;
import dev.rehearsal.scenario.sql.TableAction;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that is known of one statement.
 *
 * @param held by statements before it in the same transaction
 */
record Facts(
        SchemaChange change,
        Effect effect,
        List<TouchedTable> tables,
        List<NewColumn> columns,
        TableSizes sizes,
        UsedColumns used,
        boolean lockTimeout,
        Phase phase,
        HeldLocks held) {
    private static final String NOT_NULL_VIOLATION = "23502";

    List<TableAction> actions() {
        return change instanceof TableAltered altered ? altered.actions() : List.of();
    }

    /** Tables that it reads whole. */
    Set<String> scans() {
        Set<String> scans = new TreeSet<>(effect.rewritten());
        scans.addAll(effect.indexed());
        scans.addAll(effect.checked());
        scans.addAll(effect.validated());
        scans.addAll(referring());
        scans.addAll(notNullScans());
        for (TableAction action : actions()) {
            if (action instanceof TableAction.PartitionAttached attached) {
                scans.add(attached.partition());
            }
        }
        if (change instanceof SchemaChange.RowsChanged rows) {
            if (rows.everyRow() && !rows.verb().equals("truncate")) {
                scans.add(rows.table());
            } else {
                scans.clear();
            }
        }
        return scans;
    }

    /** Why a statement cannot be foreseen as a whole, a phrase; empty if it can. */
    Optional<String> notAnalysed() {
        if (change instanceof SchemaChange.Unread unread) {
            return Optional.of(unread.why());
        }
        return effect.ended() ? Optional.empty() : Optional.of("it did not end in time on a copy without rows");
    }

    /** Rows are looked for as a query wants it, and what a text that is not understood does to rows is not known either. */
    boolean scansKnown() {
        return switch (change) {
                    case SchemaChange.RowsChanged rows -> rows.everyRow();
                    case SchemaChange.TableCreated created -> false;
                    case SchemaChange.Unread unread -> false;
                    case SchemaChange.OtherObject object -> false;
                    case SchemaChange.Nothing nothing -> false;
                    case SchemaChange.TableAltered altered -> true;
                    case SchemaChange.IndexCreated created -> !created.concurrently();
                    case SchemaChange.Dropped dropped -> true;
                }
                && effect.done();
    }

    /** A new column that refers and has no default holds nothing, which has nothing to be proved. */
    Set<String> referring() {
        boolean nothingToProve = !columns.isEmpty()
                && columns.stream().allMatch(column -> column.volatility() == Volatility.NONE)
                && actions().stream().noneMatch(TableAction.ConstraintAdded.class::isInstance);
        return nothingToProve ? Set.of() : effect.referring();
    }

    /** Tables that a new foreign key refers to: the server joins them as it finds best. */
    Set<String> perhapsScanned() {
        Set<String> tables = new TreeSet<>();
        if (!referring().isEmpty()) {
            effect.locks().stream()
                    .filter(lock -> lock.mode().equals("ShareRowExclusive"))
                    .map(ExpectedLock::relation)
                    .forEach(tables::add);
        }
        effect.validated()
                .forEach(table -> effect.before()
                        .table(table)
                        .ifPresent(oid -> effect.before().constraints().values().stream()
                                .filter(constraint -> constraint.table() == oid
                                        && constraint.type() == 'f'
                                        && !constraint.validated())
                                .forEach(
                                        constraint -> tables.add(effect.before().name(constraint.referenced())))));
        tables.removeAll(scans());
        return tables;
    }

    /** Tables of which a column becomes NOT NULL that no valid check proves so. */
    Set<String> notNullScans() {
        Set<String> tables = new TreeSet<>();
        for (String full : effect.madeNotNull()) {
            String table = full.substring(0, full.lastIndexOf('.'));
            String column = full.substring(full.lastIndexOf('.') + 1);
            boolean proved = effect.before()
                    .table(table)
                    .map(oid -> effect.before().provesNotNull(oid, column))
                    .orElse(false);
            if (!proved) {
                tables.add(table);
            }
        }
        return tables;
    }

    /** NOT NULL without a default: an empty table takes it, any other does not. */
    Optional<ExpectedRefusal> refusedForItsRows() {
        if (!(change instanceof TableAltered altered)
                || sizes.of(altered.table()).rows() == 0) {
            return Optional.empty();
        }
        return actions().stream()
                .filter(TableAction.ColumnAdded.class::isInstance)
                .map(TableAction.ColumnAdded.class::cast)
                .filter(added -> !effect.before()
                        .columns()
                        .contains(altered.table() + "." + added.column().name()))
                .map(TableAction.ColumnAdded::column)
                .filter(column -> column.notNull()
                        && column.defaultExpression().isEmpty()
                        && column.generated().isEmpty()
                        && !column.serial()
                        && column.identity() == Identity.NONE)
                .findFirst()
                .map(column -> new ExpectedRefusal(
                        NOT_NULL_VIOLATION,
                        "column \"%s\" of relation \"%s\" contains null values"
                                .formatted(column.name(), altered.table()),
                        false));
    }
}
