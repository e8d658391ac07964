package dev.rehearsal.plan;

import dev.rehearsal.plan.Plan.Impossible;
import dev.rehearsal.plan.Plan.Phased;
import dev.rehearsal.plan.TableShape.Column;
import dev.rehearsal.plan.TableShape.Constraint;
import dev.rehearsal.scenario.sql.ColumnDefinition;
import dev.rehearsal.scenario.sql.ColumnDefinition.Identity;
import dev.rehearsal.scenario.sql.SchemaChange;
import dev.rehearsal.scenario.sql.SchemaChange.IndexCreated;
import dev.rehearsal.scenario.sql.SchemaChange.TableAltered;
import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.sql.TableAction;
import dev.rehearsal.scenario.sql.TableConstraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes the phases of one change. Pure: the same statement over the same table gives the same text. */
public final class Planner {
    private static final String VIRTUAL =
            "From PostgreSQL 18 on the same column as VIRTUAL needs no rewrite, no copy and no trigger: decide whether each read may compute it, and"
                    + " whether an index on it is needed, which it cannot have.";

    private static final String COPIED =
            "The copy needs the disk that the table needs, with its indexes, and every write is made twice while there are both.";
    private static final Set<String> INTEGERS = Set.of("smallint", "integer", "bigint", "int", "int2", "int4", "int8");

    private final TableShape table;
    private final String name;
    private final boolean defaultIsVolatile;
    private final boolean onlyAction;

    private Planner(TableShape table, boolean defaultIsVolatile, boolean onlyAction) {
        this.table = table;
        this.onlyAction = onlyAction;
        this.name = quotedName(table.name());
        this.defaultIsVolatile = defaultIsVolatile;
    }

    /**
     * @param table that the change is about, as it is before it
     * @param defaultIsVolatile what the server says of the default of the column that is added, if one is
     */
    public static Plan plan(SchemaChange change, TableShape table, boolean defaultIsVolatile) {
        Planner planner = new Planner(
                table,
                defaultIsVolatile,
                !(change instanceof TableAltered altered) || altered.actions().size() == 1);
        return switch (change) {
            case TableAltered altered -> planner.altered(altered);
            case IndexCreated index -> planner.index(index);
            case SchemaChange.TableCreated created -> notRisky("a new table");
            case SchemaChange.Dropped dropped ->
                new Impossible(
                        "what is dropped cannot be dropped in phases",
                        "Decide when nobody uses it any more; then drop it with a short lockTimeout and retries.");
            case SchemaChange.RowsChanged rows ->
                new Impossible(
                        "a statement that changes rows can be cut into batches only by who knows which rows depend on each other",
                        "Decide whether it can be done by ranges of the key, and write it as a backfill.");
            case SchemaChange.OtherObject other -> notRisky("'" + other.words() + "'");
            case SchemaChange.Nothing nothing -> notRisky("a statement that changes no table");
            case SchemaChange.Unread unread ->
                new Impossible(
                        "the statement could not be read: " + unread.why(),
                        "Decide which change is meant, and write it as one alter table or create index statement.");
        };
    }

    private static Impossible notRisky(String what) {
        return new Impossible(
                what + " has no phases",
                "Decide nothing: give its step a short lockTimeout and retries, and rehearse it as it is.");
    }

    /** As SQL needs it, part by part. */
    static String quotedName(String table) {
        int dot = table.indexOf('.');
        return dot < 0
                ? SqlSchema.quoted(table)
                : SqlSchema.quoted(table.substring(0, dot)) + "." + SqlSchema.quoted(table.substring(dot + 1));
    }

    private Plan altered(TableAltered altered) {
        Phased all = new Phased(List.of(), List.of(), List.of());
        for (TableAction action : altered.actions()) {
            switch (action(action)) {
                case Phased phased -> all = all.then(phased);
                case Impossible impossible -> {
                    return impossible;
                }
            }
        }
        return all;
    }

    private Plan action(TableAction action) {
        return switch (action) {
            case TableAction.ColumnAdded added -> column(added.column());
            case TableAction.NotNullSet set -> notNull(set.column());
            case TableAction.TypeChanged changed -> type(changed);
            case TableAction.ConstraintAdded added -> constraint(added.constraint(), List.of());
            case TableAction.DefaultSet set ->
                brief(
                        "default",
                        "alter column " + SqlSchema.quoted(set.column()) + " set default " + set.expression(),
                        before(set.column()));
            case TableAction.DefaultDropped dropped ->
                brief(
                        "no default",
                        "alter column " + SqlSchema.quoted(dropped.column()) + " drop default",
                        before(dropped.column()));
            case TableAction.NotNullDropped dropped ->
                new Impossible(
                        "the way back of dropping NOT NULL scans the table again",
                        "Decide whether there is to be one; the change itself needs no phases.");
            case TableAction.ConstraintValidated validated ->
                new Impossible("a validation has no phases", "Decide nothing: it lets everybody work.");
            case TableAction.ConstraintDropped dropped -> noPhases("dropping a constraint");
            case TableAction.ColumnDropped dropped ->
                new Impossible(
                        "a column that is dropped takes its values with it, which no phase brings back",
                        "Decide when no version of the application uses it any more, and whether its values are kept elsewhere.");
            case TableAction.Renamed renamed ->
                new Impossible(
                        "a name has one moment in which it changes, for all versions of the application at once",
                        "Decide whether both names are to work for a while: then add the new column, write both, and move the readers.");
            case TableAction.PartitionAttached attached -> noPhases("attaching a partition");
            case TableAction.PartitionDetached detached -> noPhases("detaching a partition");
            case TableAction.Other other -> noPhases("'" + other.words() + "'");
        };
    }

    private static Impossible noPhases(String what) {
        return new Impossible(
                what + " has no phases that are known here",
                "Decide whether its lock can be had in a quiet moment: give the step a short lockTimeout and retries.");
    }

    private String before(String column) {
        Column known = table.columns().get(column);
        return known == null
                ? ""
                : known.defaultExpression()
                        .map(expression -> "alter column " + SqlSchema.quoted(column) + " set default " + expression)
                        .orElse("alter column " + SqlSchema.quoted(column) + " drop default");
    }

    private Phased brief(String step, String action, String back) {
        return new Phased(
                List.of(PlannedStep.together(step, "Only the catalog changes.", alter(action))),
                back.isEmpty() ? List.of() : List.of(PlannedStep.together(step + ", back", "As it was.", alter(back))),
                List.of());
    }

    private String alter(String action) {
        return "alter table " + name + " " + action + ";";
    }

    private Plan column(ColumnDefinition column) {
        String quoted = SqlSchema.quoted(column.name());
        if (column.serial() || column.identity() != Identity.NONE) {
            return new Impossible(
                    "the numbers that existing rows are to get from the sequence of " + column.name()
                            + " have no order that is known",
                    "Decide in which order they are numbered; then add a bare integer column, set its default to a sequence, and backfill.");
        }
        if (column.generated().isPresent() && !column.generated().get().stored()) {
            return brief(
                    "add column",
                    "add column if not exists " + quoted + " " + column.type() + " generated always as ("
                            + column.generated().get().expression() + ") virtual",
                    "drop column if exists " + quoted);
        }
        if (column.generated().isPresent()) {
            return stored(column, column.generated().get().expression());
        }
        boolean filled = column.defaultExpression().isPresent();
        if (column.notNull() && !filled) {
            return new Impossible(
                    "nobody says what the rows that are there get in " + column.name() + ", which is to be NOT NULL",
                    "Decide on a value for them: give the column a default, or add it without NOT NULL and backfill it first.");
        }
        if (filled && defaultIsVolatile && table.primaryKey().isEmpty()) {
            return noKey();
        }
        List<PlannedStep> steps = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        String bare = "add column if not exists " + quoted + " " + column.type();
        if (!filled) {
            steps.add(PlannedStep.together("add column", "Bare: only the catalog changes.", alter(bare)));
        } else if (!defaultIsVolatile) {
            steps.add(PlannedStep.together(
                    "add column",
                    "The default is the same for every row, so the server keeps it once, in the catalog, and writes no row.",
                    alter(bare + " default " + column.defaultExpression().get()
                            + (column.notNull() ? " not null" : ""))));
        } else {
            String expression = column.defaultExpression().get();
            steps.add(PlannedStep.together("add column", "Bare: only the catalog changes.", alter(bare)));
            steps.add(PlannedStep.together(
                    "default",
                    "From here on new rows have one.",
                    alter("alter column " + quoted + " set default " + expression)));
            steps.add(backfill(quoted + " = " + expression, quoted + " is null", notes));
            if (column.notNull()) {
                steps.addAll(notNullSteps(column.name()));
            }
        }
        Phased phased = new Phased(
                steps,
                List.of(PlannedStep.together(
                        "drop column", "Takes with it what hangs on it.", alter("drop column if exists " + quoted))),
                notes);
        return withConstraints(phased, column);
    }

    private Plan withConstraints(Phased bare, ColumnDefinition column) {
        Phased phased = bare;
        for (TableConstraint constraint : column.constraints()) {
            switch (constraint(constraint, List.of(column.name()))) {
                case Phased more ->
                    phased = phased.then(new Phased(more.steps(), List.of(), more.notes(), more.otherEnd()));
                case Impossible impossible -> {
                    return impossible;
                }
            }
        }
        return phased;
    }

    /**
     * A stored generated column, by a copy of the table where that can take its place, and else as an ordinary column that a trigger keeps.
     *
     * <p>The server has no other way: {@code add column … stored} and {@code alter column … set expression} both write the table anew (PostgreSQL 18,
     * ALTER TABLE, Notes), and nothing makes an ordinary column a generated one.
     */
    private Plan stored(ColumnDefinition column, String expression) {
        if (table.primaryKey().isEmpty()) {
            return noKey();
        }
        if (!inTheWayOfACopy().isEmpty()) {
            return kept(column, expression);
        }
        TableCopy copy = new TableCopy(table, name, base(), schema(), new Difference.Generated(column, expression));
        return withConstraints(new Phased(copy.steps(), copy.backByDropping(), List.of(COPIED, VIRTUAL)), column);
    }

    /** Why a copy cannot take the table's place: what it would have to take over, in words. */
    private List<String> inTheWayOfACopy() {
        return onlyAction
                ? table.attachments()
                : Stream.concat(Stream.of("what else the statement does"), table.attachments().stream())
                        .toList();
    }

    /**
     * The same values, in another schema. The trigger is the last of its moment by its name, because a generated column is computed after all of them.
     */
    private Plan kept(ColumnDefinition column, String expression) {
        String quoted = SqlSchema.quoted(column.name());
        String trigger = SqlSchema.quoted("zz_" + base() + "_" + column.name() + "_keep");
        String function = schema() + SqlSchema.quoted(base() + "_" + column.name() + "_keep");
        List<PlannedStep> steps = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        steps.add(PlannedStep.together(
                "add column",
                "Bare: only the catalog changes.",
                alter("add column if not exists " + quoted + " " + column.type())));
        steps.add(PlannedStep.together(
                "keep",
                "From here on every row that is written has it, whatever was written into the column.",
                """
                create or replace function %s() returns trigger language plpgsql as $$
                begin
                  new.%s := (select %s from (select new.*) as %s);
                  return new;
                end
                $$;
                drop trigger if exists %s on %s;
                create trigger %s before insert or update on %s for each row execute function %s();""".formatted(
                                function,
                                quoted,
                                expression,
                                SqlSchema.quoted(base()),
                                trigger,
                                name,
                                trigger,
                                name,
                                function)));
        steps.add(
                backfill(quoted + " = (" + expression + ")", quoted + " is distinct from (" + expression + ")", notes));
        if (column.notNull()) {
            steps.addAll(notNullSteps(column.name()));
        }
        notes.add(VIRTUAL);
        return withConstraints(
                new Phased(
                        steps,
                        List.of(PlannedStep.together(
                                "drop column",
                                "Takes with it what hangs on it.",
                                "drop trigger if exists " + trigger + " on " + name + ";\n"
                                        + "drop function if exists " + function + "();\n"
                                        + alter("drop column if exists " + quoted))),
                        notes,
                        Optional.of("Ends in an ordinary column " + column.name()
                                + " that a trigger keeps equal to (" + expression
                                + "), because PostgreSQL cannot make a column that is filled a generated one, computes a stored one by writing the"
                                + " whole table anew, and a copy of the table could not take its place: it would have to take over "
                                + String.join(", ", inTheWayOfACopy()) + ".")),
                column);
    }

    PlannedStep backfill(String set, String condition, List<String> notes) {
        if (!table.updateTriggers().isEmpty()) {
            notes.add("The backfill updates every row, so " + String.join(", ", table.updateTriggers())
                    + " fires for each of them: decide whether what it writes may change.");
        }
        return PlannedStep.batched(
                "backfill",
                "By ranges of the key, each a transaction of its own.",
                BatchedWork.update(table.name(), table.primaryKey(), set, condition));
    }

    private Impossible noKey() {
        return new Impossible(
                table.name() + " has no primary key, so its rows have no order to go by in batches",
                "Decide which columns identify a row, and give the table a key first.");
    }

    private Plan notNull(String column) {
        Column known = table.columns().get(column);
        if (known == null) {
            return new Impossible("there is no column " + column + " in " + table.name(), "Decide which one is meant.");
        }
        return new Phased(
                notNullSteps(column),
                List.of(PlannedStep.together(
                        "nullable",
                        "Only the catalog changes.",
                        "alter table " + name + " drop constraint if exists " + proof(column) + ";\n"
                                + alter("alter column " + SqlSchema.quoted(column) + " drop not null"))),
                List.of(
                        "A row without a value makes the validation fail: what such rows are to get is decided before, by a backfill."));
    }

    private String proof(String column) {
        return SqlSchema.quoted(base() + "_" + column + "_given");
    }

    private String base() {
        return table.name().substring(table.name().lastIndexOf('.') + 1);
    }

    List<PlannedStep> notNullSteps(String column) {
        String quoted = SqlSchema.quoted(column);
        String proof = proof(column);
        return List.of(
                PlannedStep.together(
                        "check",
                        "A brief lock: rows that are there are not looked at. Dropped first, so that it can be run again.",
                        "alter table " + name + " drop constraint if exists " + proof + ";\n"
                                + alter("add constraint " + proof + " check (" + quoted + " is not null) not valid")),
                PlannedStep.together(
                        "validate", "Reads the table while everybody works.", alter("validate constraint " + proof)),
                PlannedStep.together(
                        "not null",
                        "No scan: the valid check proves it.",
                        alter("alter column " + quoted + " set not null")),
                PlannedStep.together("drop check", "Has done its work.", alter("drop constraint if exists " + proof)));
    }

    /** @param added columns that are not in the table yet */
    private Plan constraint(TableConstraint constraint, List<String> added) {
        return switch (constraint.kind()) {
            case TableConstraint.Check check ->
                twoHalves(
                        constraint,
                        names(constraint, onlyColumn(check.expression(), added), "check"),
                        "check (" + check.expression() + ")");
            case TableConstraint.ForeignKey key ->
                twoHalves(
                        constraint,
                        names(constraint, String.join("_", key.columns()), "fkey"),
                        "foreign key (" + list(key.columns()) + ") references " + quotedName(key.table())
                                + (key.referenced().isEmpty() ? "" : " (" + list(key.referenced()) + ")")
                                + (key.options().isEmpty() ? "" : " " + key.options()));
            case TableConstraint.Unique unique -> unique(constraint, unique);
            case TableConstraint.NotNull notNull -> notNull(notNull.column());
            case TableConstraint.Exclusion exclusion ->
                new Impossible(
                        "an exclusion constraint's index cannot be built beside the traffic",
                        "Decide when its table can stand still for as long as the index takes, or whether a trigger can do its work.");
        };
    }

    /** The server takes the columns of the check in its name if there is exactly one. */
    private String onlyColumn(String expression, List<String> added) {
        List<String> columns = new ArrayList<>(table.columns().keySet());
        columns.addAll(added);
        List<String> mentioned = columns.stream()
                .filter(column -> Pattern.compile("(?<![\\w\"])\"?" + Pattern.quote(column) + "\"?(?![\\w\"])")
                        .matcher(expression)
                        .find())
                .toList();
        return mentioned.size() == 1 ? mentioned.get(0) : "";
    }

    private String names(TableConstraint constraint, String columns, String suffix) {
        return SqlSchema.quoted(
                constraint.name().orElse(base() + (columns.isEmpty() ? "" : "_" + columns) + "_" + suffix));
    }

    private static String list(List<String> columns) {
        return String.join(", ", columns.stream().map(SqlSchema::quoted).toList());
    }

    private Phased twoHalves(TableConstraint constraint, String constraintName, String definition) {
        if (constraint.notValid()) {
            return new Phased(
                    List.of(PlannedStep.together(
                            "constraint",
                            "A brief lock.",
                            "alter table " + name + " drop constraint if exists " + constraintName + ";\n"
                                    + alter("add constraint " + constraintName + " " + definition + " not valid"))),
                    List.of(drop(constraintName)),
                    List.of());
        }
        return new Phased(
                List.of(
                        PlannedStep.together(
                                "constraint " + constraintName,
                                "A brief lock: rows that are there are not looked at. Dropped first, so that it can be run again.",
                                "alter table " + name + " drop constraint if exists " + constraintName + ";\n"
                                        + alter("add constraint " + constraintName + " " + definition + " not valid")),
                        PlannedStep.together(
                                "validate " + constraintName,
                                "Reads the table while everybody works.",
                                alter("validate constraint " + constraintName))),
                List.of(drop(constraintName)),
                List.of());
    }

    private PlannedStep drop(String constraintName) {
        return PlannedStep.together(
                "drop " + constraintName,
                "Only the catalog changes.",
                alter("drop constraint if exists " + constraintName));
    }

    private Plan unique(TableConstraint constraint, TableConstraint.Unique unique) {
        if (unique.index().isPresent() || unique.columns().isEmpty()) {
            return new Impossible(
                    "the index is there already", "Decide nothing: give the step a short lockTimeout and retries.");
        }
        if (unique.primaryKey()) {
            for (String column : unique.columns()) {
                Column known = table.columns().get(column);
                if (known == null || !known.notNull()) {
                    return new Impossible(
                            "a primary key makes " + column + " NOT NULL, which it is not yet",
                            "Decide what rows without a value get; then set it NOT NULL first (harness plan does that).");
                }
            }
        }
        String suffix = unique.primaryKey() ? "pkey" : "key";
        String columns = unique.primaryKey() ? "" : String.join("_", unique.columns());
        String constraintName = names(constraint, columns, suffix);
        String definition =
                "(" + list(unique.columns()) + ")" + (unique.options().isEmpty() ? "" : " " + unique.options());
        return new Phased(
                List.of(
                        clearInvalid(constraintName),
                        PlannedStep.patient(
                                "unique index",
                                "Built while everybody works.",
                                "create unique index concurrently if not exists " + constraintName + " on " + name + " "
                                        + definition + ";"),
                        PlannedStep.together(
                                "constraint " + constraintName, "A brief lock: the index is there.", """
                                do $$
                                begin
                                  if not exists (select from pg_constraint where conrelid = '%s'::regclass and conname = '%s') then
                                    alter table %s add constraint %s %s using index %s;
                                  end if;
                                end
                                $$;""".formatted(
                                                name,
                                                unquoted(constraintName),
                                                name,
                                                constraintName,
                                                unique.primaryKey() ? "primary key" : "unique",
                                                constraintName))),
                List.of(drop(constraintName), dropIndex(constraintName)),
                List.of("Values that are there twice make the index fail: which of them is right is decided before."));
    }

    private static String unquoted(String quoted) {
        return SqlSchema.name(quoted).replace("'", "''");
    }

    PlannedStep clearInvalid(String index) {
        return PlannedStep.together(
                "clear " + index,
                "An index that a try before this one left invalid is no use; there is nothing to do otherwise.",
                """
                do $$
                begin
                  if exists (select from pg_index where indexrelid = to_regclass('%s') and not indisvalid) then
                    drop index %s;
                  end if;
                end
                $$;""".formatted(schema() + index, schema() + index));
    }

    private PlannedStep dropIndex(String index) {
        return PlannedStep.patient(
                "drop index " + index,
                "Waits for those who use it, and stops nobody.",
                "drop index concurrently if exists " + schema() + index + ";");
    }

    /** The schema of an index is its table's. */
    String schema() {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(0, dot + 1);
    }

    private Plan index(IndexCreated index) {
        String indexName = SqlSchema.quoted(index.name()
                .orElse(base() + "_" + String.join("_", index.columns())
                        + (index.columns().isEmpty() ? "expr_idx" : "_idx")));
        return new Phased(
                List.of(
                        clearInvalid(indexName),
                        PlannedStep.patient(
                                "index",
                                "Built while everybody works.",
                                "create " + (index.unique() ? "unique " : "") + "index concurrently if not exists "
                                        + indexName + " on " + name + " " + index.definition() + ";")),
                List.of(dropIndex(indexName)),
                List.of());
    }

    private Plan type(TableAction.TypeChanged changed) {
        Column column = table.columns().get(changed.column());
        if (column == null) {
            return new Impossible(
                    "there is no column " + changed.column() + " in " + table.name(), "Decide which one is meant.");
        }
        if (table.primaryKey().isEmpty()) {
            return noKey();
        }
        List<String> readers = table.readers().stream()
                .filter(reader -> reader.column().equals(changed.column()))
                .map(TableShape.Reader::view)
                .toList();
        if (!readers.isEmpty()) {
            return new Impossible(
                    "views hold on to the old column (" + String.join(", ", readers) + ")",
                    "Decide when they can be away for a moment, and make them anew over the new column in the step that swaps.");
        }
        boolean numbered = table.sequences().stream()
                .anyMatch(sequence -> sequence.identity() && sequence.column().equals(changed.column()));
        if (column.computed() && !numbered) {
            return new Impossible(
                    changed.column() + " is computed by the server", "Decide how its values are made in the meantime.");
        }
        if (changed.type().toLowerCase(Locale.ROOT).equals(column.type())) {
            return new Impossible(
                    changed.column() + " has that type already",
                    "Decide whether its values are to change: that is a backfill, and no change of type.");
        }
        List<Constraint> on = table.constraints().stream()
                .filter(constraint -> constraint.columns().contains(changed.column()))
                .toList();
        boolean stillFits =
                INTEGERS.contains(changed.type().toLowerCase(Locale.ROOT)) && INTEGERS.contains(column.type());
        List<String> wouldHaveToFollow = on.stream()
                .filter(constraint -> constraint.type() == 'f' && !stillFits)
                .map(Constraint::name)
                .toList();
        if (!wouldHaveToFollow.isEmpty()) {
            return new Impossible(
                    changed.column() + " is part of " + String.join(", ", wouldHaveToFollow)
                            + ", whose other side would have to change its type too",
                    "Decide in which order the key and what refers to it are moved: add the new column, its own unique index and foreign keys, and move each"
                            + " by itself.");
        }
        List<String> inTheWay = inTheWayOfACopy();
        if (inTheWay.isEmpty()) {
            return copied(
                    changed,
                    column,
                    on.stream().filter(each -> each.type() == 'c').toList());
        }
        List<String> keys = Stream.concat(
                        numbered ? Stream.of("what numbers the rows") : Stream.empty(),
                        on.stream()
                                .filter(constraint -> constraint.type() != 'c' && constraint.type() != 'n')
                                .map(Constraint::name))
                .toList();
        if (!keys.isEmpty()) {
            return new Impossible(
                    changed.column() + " is part of " + String.join(", ", keys)
                            + ", and a copy of the table could not take its place: it would have to take over "
                            + String.join(", ", inTheWay),
                    "Decide what of that can be away for a while, or in which order the key and what refers to it are moved.");
        }
        return swapped(changed, column, inTheWay);
    }

    private Phased copied(TableAction.TypeChanged changed, Column column, List<Constraint> checks) {
        TableCopy copy = new TableCopy(
                table, name, base(), schema(), new Difference.Retyped(column, checks, changed.type(), changed.using()));
        Column after = new Column(
                column.name(), changed.type(), column.notNull(), column.defaultExpression(), column.computed());
        List<String> notes = new ArrayList<>(List.of(COPIED));
        table.sequences().stream()
                .filter(sequence -> !sequence.identity() && sequence.column().equals(column.name()))
                .forEach(
                        sequence -> notes.add(
                                "The sequence " + sequence.name()
                                        + " keeps its own type, and with it the last number it gives: alter sequence … as is a change of its own."));
        changed.using()
                .ifPresent(expression -> notes.add("The way back takes " + cast(after.name(), column.type())
                        + " of what is then there: whether that undoes " + expression + " is for a person to decide."));
        return new Phased(
                copy.steps(),
                copy.backBy(new Difference.Retyped(
                        after, checks, column.type(), Optional.of(cast(column.name(), column.type())))),
                notes);
    }

    private static String cast(String column, String type) {
        return SqlSchema.quoted(column) + "::" + type;
    }

    private Phased swapped(TableAction.TypeChanged changed, Column column, List<String> inTheWay) {
        ColumnSwap forward = new ColumnSwap(this.table, name, base(), column, changed.type(), changed.using());
        Column after = new Column(column.name(), changed.type(), column.notNull(), column.defaultExpression(), false);
        ColumnSwap back = new ColumnSwap(this.table, name, base(), after, column.type(), Optional.empty());
        List<PlannedStep> rollback = new ArrayList<>(List.of(forward.abandon()));
        List<String> notes = new ArrayList<>();
        rollback.addAll(back.steps(this, notes));
        return new Phased(
                forward.steps(this, notes),
                rollback,
                Stream.concat(
                                Stream.of(
                                        "The column ends as the last one of its table, because it is a new one (a copy of the table could not take its"
                                                + " place: it would have to take over " + String.join(", ", inTheWay)
                                                + "): nothing may depend on the order of columns."),
                                notes.stream().distinct())
                        .toList());
    }
}
