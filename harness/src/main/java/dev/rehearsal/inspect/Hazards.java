package dev.rehearsal.inspect;

import static dev.rehearsal.run.HazardRule.*;

import dev.rehearsal.inspect.NewColumn.Volatility;
import dev.rehearsal.inspect.TouchedTable.Dependent;
import dev.rehearsal.run.HazardRule;
import dev.rehearsal.run.RunEvent.Certainty;
import dev.rehearsal.run.RunEvent.ExpectedLock;
import dev.rehearsal.run.RunEvent.Hazard;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.sql.ColumnDefinition;
import dev.rehearsal.scenario.sql.ColumnDefinition.Identity;
import dev.rehearsal.scenario.sql.SchemaChange;
import dev.rehearsal.scenario.sql.TableAction;
import dev.rehearsal.scenario.sql.TableConstraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The rules: which hazards a statement has, by what is known of it. The worst come first. */
final class Hazards {
    private static final long MANY_ROWS = 10_000;

    private final Facts facts;
    private final Effect effect;
    private final boolean afterUnknown;
    private final List<Hazard> found = new ArrayList<>();

    /** @param afterUnknown whether a step came before whose SQL is not known */
    Hazards(Facts facts, boolean afterUnknown) {
        this.afterUnknown = afterUnknown;
        this.facts = facts;
        this.effect = facts.effect();
    }

    List<Hazard> all() {
        refused();
        rewrites();
        scans();
        indexes();
        foreignKeys();
        locks();
        rows();
        dependents();
        lost();
        return List.copyOf(found);
    }

    private void add(HazardRule rule, Certainty certainty, String message) {
        found.add(new Hazard(rule.id(), certainty, message, rule.saferWay()));
    }

    private void refused() {
        effect.refusal()
                .ifPresent(refusal -> add(
                        REFUSED,
                        afterUnknown ? Certainty.POSSIBLE : Certainty.CERTAIN,
                        "the server refuses it"
                                + (afterUnknown
                                        ? " as long as the steps before it that could not be read are not done"
                                        : "")
                                + ": " + refusal.message() + " (" + refusal.sqlState() + ")"));
        facts.refusedForItsRows()
                .ifPresent(refusal -> add(
                        NOT_NULL_WITHOUT_DEFAULT,
                        Certainty.CERTAIN,
                        "the server refuses it as soon as there is a row: " + refusal.message() + " ("
                                + refusal.sqlState() + ")"));
        facts.notAnalysed()
                .ifPresent(why -> add(
                        NOT_ANALYSED,
                        Certainty.POSSIBLE,
                        why
                                + (effect.ended()
                                        ? "; a copy without rows shows its locks and rewrites, but not what it does to rows"
                                        : "; what it does is not known beforehand")));
    }

    private void rewrites() {
        for (String table : effect.rewritten()) {
            String what = "rewrites " + withRows(table) + " and its indexes under AccessExclusive: ";
            List<String> reasons = new ArrayList<>();
            Optional<HazardRule> rule = Optional.empty();
            for (TableAction action : facts.actions()) {
                if (action instanceof TableAction.ColumnAdded added) {
                    Optional<HazardRule> reason = reason(added.column());
                    reason.ifPresent(found -> reasons.add(words(found, added.column())));
                    rule = rule.or(() -> reason);
                } else if (action instanceof TableAction.TypeChanged changed) {
                    reasons.add(changed.column() + " has to be converted to " + changed.type());
                    rule = rule.or(() -> Optional.of(TYPE_CHANGE));
                }
            }
            add(
                    rule.orElse(REWRITE),
                    Certainty.CERTAIN,
                    what + (reasons.isEmpty() ? "the server gives it a new file" : String.join("; ", reasons)));
        }
        for (TableAction action : facts.actions()) {
            if (action instanceof TableAction.ColumnAdded added
                    && added.column()
                            .generated()
                            .filter(generated -> !generated.stored())
                            .isPresent()) {
                add(
                        GENERATED_VIRTUAL,
                        Certainty.CERTAIN,
                        added.column().name() + " is computed whenever it is read; nothing is rewritten now");
            }
        }
    }

    /** Why adding this column rewrites the table. */
    private Optional<HazardRule> reason(ColumnDefinition column) {
        if (column.generated().filter(ColumnDefinition.Generated::stored).isPresent()) {
            return Optional.of(GENERATED_STORED);
        }
        if (column.serial() || column.identity() != Identity.NONE) {
            return Optional.of(SERIAL_OR_IDENTITY);
        }
        boolean isVolatile = facts.columns().stream()
                .anyMatch(added -> added.type().equals(column.type())
                        && added.defaultExpression().equals(column.defaultExpression())
                        && added.volatility() == Volatility.VOLATILE);
        if (isVolatile) {
            return Optional.of(VOLATILE_DEFAULT);
        }
        // Nothing else in a plain column makes the server write all rows, but a constraint of its type.
        boolean alone = facts.actions().size() == 1;
        return alone ? Optional.of(DOMAIN_WITH_CHECK) : Optional.empty();
    }

    private static String words(HazardRule rule, ColumnDefinition column) {
        return switch (rule) {
            case GENERATED_STORED -> column.name() + " is generated and stored, so it is computed for every row";
            case SERIAL_OR_IDENTITY -> column.name() + " takes a number of a sequence for every row";
            case VOLATILE_DEFAULT ->
                "the default " + column.defaultExpression().orElse("")
                        + " is volatile, so it is computed for every row";
            default -> "the type " + column.type() + " has a constraint that is checked for every row";
        };
    }

    private void scans() {
        for (String table : effect.checked()) {
            if (!effect.rewritten().contains(table)) {
                add(
                        CHECK_SCAN,
                        Certainty.CERTAIN,
                        "reads " + withRows(table) + " under " + lockOn(table) + " to prove a check");
            }
        }
        for (String table : facts.notNullScans()) {
            add(
                    NOT_NULL_SCAN,
                    Certainty.CERTAIN,
                    "reads " + withRows(table) + " under " + lockOn(table)
                            + " to prove NOT NULL, which no valid check proves");
        }
        for (String table : effect.validated()) {
            add(
                    VALIDATION_SCAN,
                    Certainty.CERTAIN,
                    "reads " + withRows(table) + " under " + lockOn(table)
                            + ", which stops neither readers nor writers");
        }
        for (TableAction action : facts.actions()) {
            if (action instanceof TableAction.PartitionAttached attached) {
                add(
                        PARTITION_SCAN,
                        Certainty.LIKELY,
                        "reads " + withRows(attached.partition())
                                + ", unless a valid check proves that its rows belong there");
            }
        }
    }

    private void indexes() {
        boolean concurrently = facts.change() instanceof SchemaChange.IndexCreated created && created.concurrently();
        for (String table : effect.indexed()) {
            if (effect.rewritten().contains(table) || concurrently) {
                continue;
            }
            if (facts.change() instanceof SchemaChange.IndexCreated) {
                add(
                        INDEX_BLOCKS_WRITES,
                        Certainty.CERTAIN,
                        "reads " + withRows(table) + " under Share: nobody writes it until the index is built");
            } else {
                add(
                        INDEX_UNDER_LOCK,
                        Certainty.CERTAIN,
                        "builds an index of " + withRows(table) + " under " + lockOn(table));
            }
        }
        if (concurrently) {
            add(
                    CONCURRENTLY_WAITS,
                    Certainty.POSSIBLE,
                    "waits for every transaction that is older, also of other tables; stopped halfway it leaves an invalid index");
        }
    }

    private void foreignKeys() {
        for (TouchedTable table : facts.tables()) {
            if (facts.referring().contains(table.name())) {
                add(
                        FOREIGN_KEY_SCAN,
                        Certainty.CERTAIN,
                        "reads " + withRows(table.name()) + " to prove the foreign key, under " + lockOn(table.name()));
            }
        }
        List<String> parents = effect.locks().stream()
                .filter(lock -> lock.mode().equals("ShareRowExclusive"))
                .map(ExpectedLock::relation)
                .toList();
        for (String parent : referenced()) {
            if (parents.contains(parent)) {
                add(
                        FOREIGN_KEY_LOCKS_BOTH,
                        Certainty.CERTAIN,
                        "takes ShareRowExclusive on " + withRows(parent)
                                + " too: its writers wait as long as this does");
            }
        }
        facts.columns().stream()
                .filter(column -> column.index().isPresent())
                .forEach(column -> add(
                        FOREIGN_KEY_WITHOUT_INDEX,
                        Certainty.LIKELY,
                        "no index begins with " + column.name()
                                + ": each delete in the other table reads this one whole"));
    }

    private Set<String> referenced() {
        Set<String> tables = new TreeSet<>();
        for (TableAction action : facts.actions()) {
            if (action instanceof TableAction.ConstraintAdded added) {
                referenced(added.constraint(), tables);
            } else if (action instanceof TableAction.ColumnAdded added) {
                added.column().constraints().forEach(constraint -> referenced(constraint, tables));
            }
        }
        return tables;
    }

    private static void referenced(TableConstraint constraint, Set<String> tables) {
        if (constraint.kind() instanceof TableConstraint.ForeignKey key) {
            tables.add(key.table());
        }
    }

    private void locks() {
        List<String> blocking = effect.locks().stream()
                .filter(lock -> HeldLocks.stopsWrites(lock.mode()))
                .map(ExpectedLock::relation)
                .toList();
        if (!blocking.isEmpty() && !facts.lockTimeout()) {
            String table = blocking.getFirst();
            add(
                    LOCK_QUEUE,
                    Certainty.POSSIBLE,
                    "has no lock timeout: behind a long transaction it waits for " + lockOn(table) + " on " + table
                            + ", and everybody who comes later waits behind it");
        }
        Set<String> others = new TreeSet<>(facts.held().stoppingWrites());
        others.removeAll(blocking);
        if (!others.isEmpty() && !blocking.isEmpty()) {
            add(
                    TWO_TABLES_LOCKED,
                    Certainty.POSSIBLE,
                    "queues for " + String.join(", ", blocking) + " while its transaction holds "
                            + String.join(", ", others));
        }
        for (TouchedTable table : facts.tables()) {
            List<String> partitions = table.named("partition");
            if (!partitions.isEmpty() && blocking.contains(table.name())) {
                add(
                        PARTITIONED,
                        Certainty.CERTAIN,
                        "locks " + partitions.size() + (partitions.size() == 1 ? " partition" : " partitions") + " of "
                                + table.name() + " along with it");
            }
        }
    }

    private void rows() {
        if (!(facts.change() instanceof SchemaChange.RowsChanged rows)
                || rows.verb().equals("truncate")) {
            return;
        }
        if (!facts.held().stoppingAll().isEmpty()) {
            add(
                    ROWS_CHANGED_UNDER_LOCK,
                    Certainty.CERTAIN,
                    "changes rows while its transaction holds AccessExclusive on "
                            + String.join(", ", facts.held().stoppingAll()) + ": all of it is a standstill");
        }
        if (rows.everyRow() && facts.sizes().of(rows.table()).rows() >= MANY_ROWS) {
            add(
                    MANY_ROWS_AT_ONCE,
                    Certainty.CERTAIN,
                    rows.verb() + "s " + withRows(rows.table()) + " in one transaction");
        }
        if (!rows.verb().equals("insert") || facts.sizes().of(rows.table()).rows() >= MANY_ROWS) {
            facts.tables().stream()
                    .filter(table -> table.name().equals(rows.table()))
                    .flatMap(table -> table.dependents().stream())
                    .filter(dependent -> dependent.kind().equals("trigger")
                            && dependent.detail().contains("for each row")
                            && dependent.detail().contains(rows.verb().equals("merge") ? "" : rows.verb()))
                    .forEach(trigger -> add(
                            ROW_TRIGGERS,
                            Certainty.CERTAIN,
                            trigger.name() + " fires for each row (" + trigger.detail() + ")"));
        }
    }

    private void dependents() {
        boolean columnsChange = facts.actions().stream()
                .anyMatch(action -> action instanceof TableAction.ColumnAdded
                        || action instanceof TableAction.ColumnDropped
                        || action instanceof TableAction.TypeChanged
                        || action instanceof TableAction.Renamed);
        if (!columnsChange || !(facts.change() instanceof SchemaChange.TableAltered altered)) {
            return;
        }
        operations(altered.table());
        Optional<TouchedTable> table = facts.tables().stream()
                .filter(touched -> touched.name().equals(altered.table()))
                .findFirst();
        table.ifPresent(touched -> {
            named(VIEWS, touched, "it is read by ", "view", "materialized view");
            named(FUNCTIONS, touched, "it is mentioned by ", "function");
            named(PUBLICATION, touched, "it is published by ", "publication");
        });
    }

    private void named(HazardRule rule, TouchedTable table, String words, String... kinds) {
        List<String> names = table.dependents().stream()
                .filter(dependent -> List.of(kinds).contains(dependent.kind()))
                .map(Dependent::name)
                .toList();
        if (!names.isEmpty()) {
            add(rule, Certainty.POSSIBLE, words + String.join(", ", names));
        }
    }

    private void operations(String table) {
        List<String> all = facts.used().readingAll(table);
        if (!all.isEmpty()) {
            add(
                    SELECT_STAR,
                    Certainty.LIKELY,
                    String.join(", ", all) + " reads all columns: prepared statements fail once with 0A000");
        }
        List<String> positional = facts.used().insertingByPosition(table);
        boolean added = facts.actions().stream().anyMatch(TableAction.ColumnAdded.class::isInstance);
        if (!positional.isEmpty()) {
            add(
                    POSITIONAL_INSERT,
                    Certainty.LIKELY,
                    String.join(", ", positional) + " inserts without naming columns"
                            + (added ? ", and leaves the new one out at best" : ""));
        }
        for (TableAction action : facts.actions()) {
            String column = action instanceof TableAction.ColumnDropped dropped
                    ? dropped.column()
                    : action instanceof TableAction.Renamed renamed
                            ? renamed.column().orElse("")
                            : "";
            List<String> naming = column.isEmpty() ? List.of() : facts.used().naming(table, column);
            if (!naming.isEmpty()) {
                add(COLUMN_IN_USE, Certainty.LIKELY, String.join(", ", naming) + " uses " + column);
            }
        }
    }

    private void lost() {
        for (TableAction action : facts.actions()) {
            if (action instanceof TableAction.ColumnDropped dropped
                    && facts.change() instanceof SchemaChange.TableAltered altered) {
                boolean own = facts.phase() == Phase.ROLLBACK;
                add(
                        LOSES_DATA,
                        own ? Certainty.POSSIBLE : Certainty.CERTAIN,
                        (own ? "what was written to " : "what is in ") + altered.table() + "." + dropped.column()
                                + (own ? " since the migration is gone" : " is gone, and no rollback brings it again"));
            }
        }
        if (facts.change() instanceof SchemaChange.Dropped dropped
                && dropped.kind().toLowerCase(Locale.ROOT).equals("table")) {
            dropped.names().stream()
                    .filter(name -> facts.sizes().of(name).rows() > 0)
                    .forEach(name -> add(LOSES_DATA, Certainty.CERTAIN, withRows(name) + " is gone"));
        }
    }

    private String withRows(String table) {
        return "%s (%,d rows)".formatted(table, facts.sizes().of(table).rows());
    }

    private String lockOn(String table) {
        return effect.locks().stream()
                .filter(lock -> lock.relation().equals(table))
                .map(ExpectedLock::mode)
                .findFirst()
                .orElse(facts.held().stoppingAll().contains(table) ? "AccessExclusive" : "a lock of its transaction");
    }
}
