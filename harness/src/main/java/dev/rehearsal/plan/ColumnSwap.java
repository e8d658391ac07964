package dev.rehearsal.plan;

import dev.rehearsal.plan.TableShape.Column;
import dev.rehearsal.plan.TableShape.Constraint;
import dev.rehearsal.plan.TableShape.Index;
import dev.rehearsal.scenario.sql.SqlSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a change of type by a second column, which takes the first one's place.
 *
 * @param name of the table, as SQL needs it
 * @param base of names that are made up
 * @param type of the second column
 * @param using how a value becomes one of that type; empty: by a cast
 */
record ColumnSwap(TableShape table, String name, String base, Column column, String type, Optional<String> using) {
    private String fresh() {
        return column.name() + "_new";
    }

    private String follow() {
        // Among triggers of one moment the last in the alphabet is the last to run: it sees what the others made.
        return SqlSchema.quoted("zz_" + base + "_" + column.name() + "_follow");
    }

    private String function() {
        return base + "_" + column.name() + "_follow";
    }

    private String converted(String source) {
        String old = SqlSchema.quoted(column.name());
        return using.map(expression -> renamed(expression, column.name(), source))
                .orElse(source.equals(column.name()) ? old + "::" + type : source + "::" + type);
    }

    PlannedStep abandon() {
        return PlannedStep.together(
                "abandon",
                "What an unfinished try has left; nothing otherwise.",
                "drop trigger if exists " + follow() + " on " + name + ";\n"
                        + "drop function if exists " + SqlSchema.quoted(function()) + "();\n"
                        + "alter table " + name + " drop column if exists " + SqlSchema.quoted(fresh()) + ";");
    }

    List<PlannedStep> steps(Planner planner, List<String> notes) {
        String old = SqlSchema.quoted(column.name());
        String fresh = SqlSchema.quoted(fresh());
        String suffix = type.replaceAll("[^a-z0-9]+", "_");
        List<PlannedStep> steps = new ArrayList<>();
        steps.add(PlannedStep.together(
                "add " + suffix,
                "Bare: only the catalog changes.",
                "alter table " + name + " add column if not exists " + fresh + " " + type + ";"));
        steps.add(PlannedStep.together(
                "follow " + suffix, "From here on every row that is written has both.", """
                create or replace function %s() returns trigger language plpgsql as $$
                begin
                  new.%s := %s;
                  return new;
                end
                $$;
                drop trigger if exists %s on %s;
                create trigger %s before insert or update on %s for each row execute function %s();""".formatted(
                                SqlSchema.quoted(function()),
                                fresh,
                                using.map(expression -> renamed(expression, column.name(), "new." + old))
                                        .orElse("new." + old),
                                follow(),
                                name,
                                follow(),
                                name,
                                SqlSchema.quoted(function()))));
        PlannedStep backfill = planner.backfill(
                fresh + " = " + converted(column.name()),
                fresh + " is distinct from " + converted(column.name()),
                notes);
        steps.add(backfill.named("backfill " + suffix));
        if (column.notNull()) {
            for (PlannedStep step : planner.notNullSteps(fresh())) {
                steps.add(step.named(step.name() + " " + suffix));
            }
        }
        StringBuilder swap = new StringBuilder("drop trigger if exists " + follow() + " on " + name + ";\n"
                + "alter table " + name + " drop column " + old + ";\n"
                + "alter table " + name + " rename column " + fresh + " to " + old + ";\n");
        column.defaultExpression()
                .ifPresent(expression -> swap.append(
                        "alter table " + name + " alter column " + old + " set default " + expression + ";\n"));
        for (Constraint constraint : table.constraints()) {
            if (!constraint.columns().contains(column.name())) {
                continue;
            }
            if (constraint.type() == 'n') {
                swap.append("alter table " + name + " rename constraint "
                        + SqlSchema.quoted(base + "_" + fresh() + "_not_null") + " to "
                        + SqlSchema.quoted(constraint.name()) + ";\n");
            } else {
                String second = SqlSchema.quoted(constraint.name() + "_new");
                steps.add(PlannedStep.together(
                        "constraint " + second + " " + suffix,
                        "The new column's own, in two halves.",
                        "alter table " + name + " drop constraint if exists " + second + ";\n"
                                + "alter table " + name + " add constraint " + second + " "
                                + renamed(constraint.definition(), column.name(), fresh)
                                        .replaceFirst(" NOT VALID$", "")
                                + " not valid;"));
                steps.add(PlannedStep.together(
                        "validate " + second + " " + suffix,
                        "Reads the table while everybody works.",
                        "alter table " + name + " validate constraint " + second + ";"));
                swap.append("alter table " + name + " rename constraint " + second + " to "
                        + SqlSchema.quoted(constraint.name()) + ";\n");
            }
        }
        for (Index index : table.indexes()) {
            if (index.columns().contains(column.name())) {
                String second = SqlSchema.quoted(index.name() + "_new");
                PlannedStep clear = planner.clearInvalid(second);
                steps.add(clear.named(clear.name() + " " + suffix));
                steps.add(PlannedStep.patient(
                        "index " + second + " " + suffix,
                        "Built while everybody works.",
                        renamed(index.definition(), column.name(), fresh)
                                        .replaceFirst(
                                                "INDEX (\\S+|\"[^\"]+\") ON",
                                                Matcher.quoteReplacement(
                                                        "INDEX CONCURRENTLY IF NOT EXISTS " + second + " ON"))
                                + ";"));
                swap.append("alter index " + planner.schema() + second + " rename to " + SqlSchema.quoted(index.name())
                        + ";\n");
            }
        }
        swap.append("drop function if exists " + SqlSchema.quoted(function()) + "();");
        steps.add(PlannedStep.together(
                "swap " + suffix,
                "A brief lock: the old column goes with what hangs on it, and the new one takes its name. All or nothing.",
                swap.toString()));
        return steps;
    }

    /** An expression over the other column. */
    private static String renamed(String expression, String column, String to) {
        return expression.replaceAll(
                "(?<![\\w\".])\"?" + Pattern.quote(column) + "\"?(?![\\w\"(])", Matcher.quoteReplacement(to));
    }
}
