package dev.rehearsal.plan;

import dev.rehearsal.plan.TableShape.Column;
import dev.rehearsal.plan.TableShape.Constraint;
import dev.rehearsal.plan.TableShape.Index;
import dev.rehearsal.plan.TableShape.OwnedSequence;
import dev.rehearsal.scenario.sql.ColumnDefinition;
import dev.rehearsal.scenario.sql.SqlSchema;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parts of a column that the server would compute for every row under a lock, by a copy of the table that has the column from the start, is filled in
 * batches, and takes the table's place.
 *
 * <p>Only for a table that nothing hangs on which a copy could not take over, see {@link TableShape#attachments}.
 *
 * @param name of the table, as SQL needs it
 * @param base of names that are made up
 * @param schema of the table as a prefix, as SQL needs it; may be empty
 */
record TableCopy(
        TableShape table, String name, String base, String schema, ColumnDefinition column, String expression) {
    private String second() {
        return base + "_" + column.name() + "_copy";
    }

    private String copy() {
        return schema + SqlSchema.quoted(second());
    }

    private String keep() {
        return SqlSchema.quoted(second() + "_keep");
    }

    private String function() {
        return schema + keep();
    }

    /** There is nothing left to do, or nothing to do it on. */
    private String guard() {
        return "if to_regclass(" + literal(copy()) + ") is null then return; end if;\n";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String block(String body) {
        return "do $do$\nbegin\n" + body.indent(2) + "end\n$do$;";
    }

    private String fresh(String ofTheTable) {
        return SqlSchema.quoted(ofTheTable + "_copy");
    }

    /** Columns that a row is copied by: all but those that are computed. */
    private String written(String prefix) {
        return table.columns().values().stream()
                .filter(each -> !each.computed() || isNumbered(each))
                .map(each -> prefix + SqlSchema.quoted(each.name()))
                .collect(Collectors.joining(", "));
    }

    private boolean isNumbered(Column each) {
        return table.sequences().stream()
                .anyMatch(sequence -> sequence.identity() && sequence.column().equals(each.name()));
    }

    private String key(String prefix) {
        return table.primaryKey().stream()
                .map(each -> prefix + SqlSchema.quoted(each))
                .collect(Collectors.joining(", "));
    }

    private Stream<Constraint> constraints(String types) {
        return table.constraints().stream().filter(constraint -> types.indexOf(constraint.type()) >= 0);
    }

    List<PlannedStep> steps() {
        return List.of(
                PlannedStep.together("copy", "An empty table like it, which has the column from the start.", made()),
                PlannedStep.together("keep", "From here on every row that is written is written there too.", kept()),
                PlannedStep.batched(
                        "backfill",
                        "By ranges of the key, each a transaction of its own, whose rows nobody else changes meanwhile.",
                        new BatchedWork(table.name(), table.primaryKey(), guard(), filled())),
                PlannedStep.together(
                        "compare", "Both are read whole while everybody works: not a row may be missing.", compared()),
                PlannedStep.together(
                        "swap",
                        "A brief lock: the table goes, and the copy takes its name and the names of what is on it. All or nothing.",
                        swapped()));
    }

    private String made() {
        StringBuilder body = new StringBuilder("if to_regclass(" + literal(copy()) + ") is not null or exists (\n"
                + "    select from pg_attribute where attrelid = " + literal(name) + "::regclass and attname = "
                + literal(column.name()) + " and not attisdropped) then\n  return;\nend if;\n"
                + "create table " + copy() + " (like " + name + " including all excluding indexes);\n"
                + "execute (select format('alter table %s owner to %s', " + literal(copy()) + ", relowner::regrole)\n"
                + "    from pg_class where oid = " + literal(name) + "::regclass);\n"
                + "alter table " + copy() + " add column " + SqlSchema.quoted(column.name()) + " " + column.type()
                + " generated always as (" + expression + ") stored" + (column.notNull() ? " not null" : "") + ";\n");
        constraints("pux")
                .forEach(constraint -> body.append("alter table " + copy() + " add constraint "
                        + fresh(constraint.name()) + " " + constraint.definition() + ";\n"));
        for (Index index : table.indexes()) {
            body.append(index.definition()
                            .replaceFirst(
                                    "INDEX (?:\\S+|\"[^\"]+\") ON (?:ONLY )?(?:\\S+|\"[^\"]+\") USING",
                                    java.util.regex.Matcher.quoteReplacement(
                                            "INDEX " + fresh(index.name()) + " ON " + copy() + " USING"))
                    + ";\n");
        }
        constraints("f")
                .forEach(constraint -> body.append("alter table " + copy() + " add constraint "
                        + SqlSchema.quoted(constraint.name()) + " " + constraint.definition() + ";\n"));
        return block(body.toString());
    }

    private String kept() {
        return block(guard()
                + """
                create or replace function %1$s() returns trigger language plpgsql as $keep$
                begin
                  if tg_op <> 'INSERT' then
                    delete from %2$s where (%3$s) = (%4$s);
                  end if;
                  if tg_op <> 'DELETE' then
                    insert into %2$s (%5$s) overriding system value values (%6$s);
                  end if;
                  return null;
                end
                $keep$;
                drop trigger if exists %7$s on %8$s;
                create trigger %7$s after insert or update or delete on %8$s for each row execute function %1$s();
                """.formatted(function(), copy(), key(""), key("old."), written(""), written("new."), keep(), name));
    }

    private String filled() {
        return "insert into %s (%s) overriding system value select %s from %s where %s for share on conflict do nothing;"
                .formatted(copy(), written(""), written(""), name, BatchedWork.RANGE);
    }

    private String compared() {
        return block(guard()
                + """
                analyze %1$s;
                if exists (select from (select %2$s from %1$s) c full join (select %2$s from %3$s) t on (%4$s) = (%5$s)
                    where c is distinct from t) then
                  raise exception '%% is not what %% is: begin again', %6$s, %7$s;
                end if;
                """.formatted(copy(), written(""), name, key("c."), key("t."), literal(second()), literal(base)));
    }

    private String swapped() {
        StringBuilder body = new StringBuilder(guard() + "lock table " + name + " in access exclusive mode;\n");
        for (OwnedSequence sequence : table.sequences()) {
            String own = schema + SqlSchema.quoted(sequence.name());
            if (sequence.identity()) {
                body.append("execute (select format('select setval(%L, %s, %L)', pg_get_serial_sequence("
                        + literal(copy()) + ", " + literal(sequence.column()) + "), last_value, is_called) from " + own
                        + ");\n");
            } else {
                body.append("alter sequence " + own + " owned by " + copy() + "." + SqlSchema.quoted(sequence.column())
                        + ";\n");
            }
        }
        body.append("drop table " + name + ";\n"
                + "drop function " + function() + "();\n"
                + "alter table " + copy() + " rename to " + SqlSchema.quoted(base) + ";\n");
        constraints("pux")
                .forEach(constraint -> body.append("alter table " + name + " rename constraint "
                        + fresh(constraint.name()) + " to " + SqlSchema.quoted(constraint.name()) + ";\n"));
        table.indexes()
                .forEach(index -> body.append("alter index " + schema + fresh(index.name()) + " rename to "
                        + SqlSchema.quoted(index.name()) + ";\n"));
        table.sequences().stream()
                .filter(OwnedSequence::identity)
                .forEach(sequence -> body.append("execute (select format('alter sequence %s rename to %I', "
                        + "pg_get_serial_sequence(" + literal(name) + ", " + literal(sequence.column()) + "), "
                        + literal(sequence.name()) + "));\n"));
        if (column.notNull()) {
            // Servers from 18 on name it; of a name that was cut off nobody knows how.
            body.append("if exists (select from pg_constraint where conrelid = " + literal(name)
                    + "::regclass and conname = " + literal(second() + "_" + column.name() + "_not_null") + ") then\n"
                    + "  alter table " + name + " rename constraint "
                    + SqlSchema.quoted(second() + "_" + column.name() + "_not_null") + " to "
                    + SqlSchema.quoted(base + "_" + column.name() + "_not_null") + ";\nend if;\n");
        }
        return block(body.toString());
    }

    PlannedStep back() {
        return PlannedStep.together(
                "drop column",
                "What an unfinished try has left, and the column.",
                "drop trigger if exists " + keep() + " on " + name + ";\n"
                        + "drop function if exists " + function() + "();\n"
                        + "drop table if exists " + copy() + ";\n"
                        + "alter table " + name + " drop column if exists " + SqlSchema.quoted(column.name()) + ";");
    }
}
