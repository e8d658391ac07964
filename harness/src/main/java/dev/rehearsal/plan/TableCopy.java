package dev.rehearsal.plan;

import dev.rehearsal.plan.TableShape.Column;
import dev.rehearsal.plan.TableShape.Constraint;
import dev.rehearsal.plan.TableShape.Index;
import dev.rehearsal.plan.TableShape.OwnedSequence;
import dev.rehearsal.scenario.sql.SqlSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parts of a change that the server would make by writing the whole table under a lock, by a copy of the table that is changed while it is empty, is filled
 * in batches, and takes the table's place.
 *
 * <p>The copy takes over what hangs on the table: its constraints, indexes, triggers, sequences, grants and options, the views over it, and the foreign keys
 * that refer to it. Where there is something else it is not to be had, see {@link TableShape#attachments}.
 *
 * @param name of the table, as SQL needs it
 * @param base of names that are made up
 * @param schema of the table as a prefix, as SQL needs it; may be empty
 */
record TableCopy(TableShape table, String name, String base, String schema, Difference difference) {
    /** For one of several locks, at most. Half of the server's patience with a deadlock if that is less: so the plan gives way, and nobody who works is rolled back. */
    private static final int PATIENCE_MILLIS = 300;

    private static final int TRIES = 100;

    private String second() {
        return base + "_" + difference.column() + "_copy";
    }

    private String copy() {
        return schema + SqlSchema.quoted(second());
    }

    private String first() {
        return SqlSchema.quoted(base + "_" + difference.column() + "_gone");
    }

    private String function() {
        return schema + SqlSchema.quoted(second() + "_keep");
    }

    /** The first of its moment by its name: what later ones write has to come to the copy after this. */
    private String trigger(String kind) {
        return SqlSchema.quoted("00_" + second() + "_" + kind);
    }

    /** There is nothing left to do, or nothing to do it on. */
    private String guard() {
        return "if to_regclass(" + literal(copy()) + ") is null then return; end if;\n";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String block(String declarations, String body) {
        return "do $do$\n" + declarations + "begin\n" + body.indent(2) + "end\n$do$;";
    }

    private String fresh(String ofTheTable) {
        return SqlSchema.quoted(ofTheTable + "_copy");
    }

    /** Columns that a row is copied by: all but those that are computed. */
    private String written(Function<Column, String> each) {
        return table.columns().values().stream()
                .filter(column -> !column.computed() || isNumbered(column))
                .map(each)
                .collect(Collectors.joining(", "));
    }

    private String names() {
        return written(column -> SqlSchema.quoted(column.name()));
    }

    private boolean isNumbered(Column each) {
        return table.sequences().stream()
                .anyMatch(sequence -> sequence.identity() && sequence.column().equals(each.name()));
    }

    private String key(Function<String, String> each) {
        return table.primaryKey().stream().map(each).collect(Collectors.joining(", "));
    }

    private String keyOf(String row) {
        return key(column -> row + SqlSchema.quoted(column));
    }

    private Stream<Constraint> own(String types) {
        return table.constraints().stream()
                .filter(constraint -> constraint.outgoing() && types.indexOf(constraint.type()) >= 0);
    }

    /** Foreign keys that the copy can have from the start. */
    private Stream<Constraint> references() {
        return own("f").filter(constraint -> !constraint.incoming());
    }

    /** Foreign keys that can be made only when the copy has the table's name. */
    private Stream<Constraint> referrers() {
        return table.constraints().stream().filter(Constraint::incoming);
    }

    List<PlannedStep> steps() {
        String of = " " + difference.label();
        List<PlannedStep> steps = new ArrayList<>(List.of(
                PlannedStep.together(
                        "copy" + of, "An empty table like it, which is changed before there is a row in it.", made()),
                PlannedStep.together(
                        "keep" + of, "From here on every row that is written is written there too.", kept()),
                PlannedStep.batched(
                        "backfill" + of,
                        "By ranges of the key, each a transaction of its own, whose rows nobody else changes meanwhile.",
                        new BatchedWork(table.name(), table.primaryKey(), guard(), filled())),
                PlannedStep.together(
                        "compare" + of,
                        "Both are read whole while everybody works: not a row may be missing.",
                        compared()),
                PlannedStep.together(
                        "swap" + of,
                        "A brief lock: the table goes, and the copy takes its name and what hangs on it. All or nothing.",
                        swapped())));
        steps.addAll(validated());
        return steps;
    }

    private List<PlannedStep> validated() {
        return referrers()
                .filter(Constraint::valid)
                .map(key -> PlannedStep.together(
                        "validate " + key.name() + " after " + difference.label(),
                        "Reads the table that refers to it while everybody works.",
                        "alter table " + key.on() + " validate constraint " + SqlSchema.quoted(key.name()) + ";"))
                .toList();
    }

    private String made() {
        String known = table.columns().keySet().stream().map(TableCopy::literal).collect(Collectors.joining(", "));
        StringBuilder body = new StringBuilder("""
                if to_regclass(%1$s) is not null then return; end if;
                if exists (select from pg_attribute where attrelid = %2$s::regclass and attnum > 0 and not attisdropped
                    and attname not in (%3$s, %4$s)) then
                  raise exception '%% has got a column since this was planned: plan it again', %5$s;
                end if;
                create table %6$s (like %7$s including all excluding indexes);
                """.formatted(
                                literal(copy()),
                                literal(name),
                                known,
                                literal(difference.column()),
                                literal(base),
                                copy(),
                                name)
                + numbering()
                + difference.made(copy())
                + """
                if not exists (select attname, atttypid, atttypmod from pg_attribute where attrelid = %1$s::regclass and attnum > 0 and not attisdropped
                    except select attname, atttypid, atttypmod from pg_attribute where attrelid = %2$s::regclass and not attisdropped) then
                  drop table %3$s; -- it is changed already
                  return;
                end if;
                for statement in
                  select format('alter table %%s owner to %%s', %1$s, relowner::regrole) from pg_class where oid = %2$s::regclass
                  union all select format('alter table %%s set (%%s)', %1$s, array_to_string(reloptions, ', ')) from pg_class
                    where oid = %2$s::regclass and reloptions is not null
                  union all select format('comment on table %%s is %%L', %1$s, obj_description(%2$s::regclass, 'pg_class'))
                    where obj_description(%2$s::regclass, 'pg_class') is not null
                  union all select format('grant %%s on %%s to %%s%%s', g.privilege_type, %1$s, case g.grantee when 0 then 'public' else g.grantee::regrole::text end,
                      case when g.is_grantable then ' with grant option' end)
                    from pg_class c, aclexplode(c.relacl) g where c.oid = %2$s::regclass and g.grantee <> c.relowner
                loop
                  execute statement;
                end loop;
                """.formatted(literal(copy()), literal(name), copy()));
        own("pux")
                .forEach(constraint -> body.append("alter table " + copy() + " add constraint "
                        + fresh(constraint.name()) + " " + constraint.definition() + ";\n"));
        for (Index index : table.indexes()) {
            body.append(index.definition()
                            .replaceFirst(
                                    "INDEX (?:\\S+|\"[^\"]+\") ON (?:ONLY )?(?:\\S+|\"[^\"]+\") USING",
                                    Matcher.quoteReplacement(
                                            "INDEX " + fresh(index.name()) + " ON " + copy() + " USING"))
                    + ";\n");
        }
        references()
                .forEach(constraint -> body.append("alter table " + copy() + " add constraint "
                        + SqlSchema.quoted(constraint.name()) + " " + constraint.definition() + ";\n"));
        return block("declare\n  statement text;\n", givingWay(body.toString()));
    }

    /** {@code like} gives every identity column a sequence of bigint, with the limits of the one that it is like. */
    private String numbering() {
        return table.sequences().stream()
                .filter(OwnedSequence::identity)
                .map(sequence -> "execute (select format('alter sequence %s as %s', pg_get_serial_sequence("
                        + literal(copy()) + ", " + literal(sequence.column())
                        + "), format_type(seqtypid, null)) from pg_sequence where seqrelid = "
                        + literal(schema + SqlSchema.quoted(sequence.name())) + "::regclass);\n")
                .collect(Collectors.joining());
    }

    private String kept() {
        String row = "(select %s.*) as " + SqlSchema.quoted(base);
        return block(
                "",
                guard()
                        + """
                        create or replace function %1$s() returns trigger language plpgsql security definer set search_path from current as $keep$
                        begin
                          if tg_op = 'TRUNCATE' then
                            truncate %2$s;
                            return null;
                          end if;
                          if tg_op <> 'INSERT' then
                            delete from %2$s where (%3$s) = (select %4$s from %5$s);
                          end if;
                          if tg_op <> 'DELETE' then
                            insert into %2$s (%6$s) overriding system value select %7$s from %8$s;
                          end if;
                          return null;
                        end
                        $keep$;
                        drop trigger if exists %9$s on %11$s;
                        create trigger %9$s after insert or update or delete on %11$s for each row execute function %1$s();
                        drop trigger if exists %10$s on %11$s;
                        create trigger %10$s after truncate on %11$s for each statement execute function %1$s();
                        """.formatted(
                                function(),
                                copy(),
                                keyOf(""),
                                key(column -> difference.typed(table.columns().get(column))),
                                row.formatted("old"),
                                names(),
                                written(difference::value),
                                row.formatted("new"),
                                trigger("row"),
                                trigger("truncate"),
                                name));
    }

    private String filled() {
        return "insert into %s (%s) overriding system value select %s from %s where %s for share on conflict do nothing;"
                .formatted(copy(), names(), written(difference::value), name, BatchedWork.RANGE);
    }

    private String compared() {
        return block(
                "",
                guard()
                        + """
                        analyze %1$s;
                        -- By their bytes, because not every type can be compared.
                        if exists (select from (select %2$s from %1$s) c full join (select %3$s from %4$s) t on (%5$s) = (%6$s)
                            where (%5$s) is null or (%6$s) is null or c *<> t) then
                          raise exception '%% is not what %% is: begin again', %7$s, %8$s;
                        end if;
                        """.formatted(
                                copy(),
                                names(),
                                written(column -> difference.typed(column) + " as " + SqlSchema.quoted(column.name())),
                                name,
                                keyOf("c."),
                                keyOf("t."),
                                literal(second()),
                                literal(base)));
    }

    private String swapped() {
        StringBuilder body = new StringBuilder(locked() + remembered());
        referrers()
                .filter(key -> !key.outgoing())
                .forEach(key -> body.append(
                        "alter table " + key.on() + " drop constraint " + SqlSchema.quoted(key.name()) + ";\n"));
        body.append(numbersHandedOver()
                + "alter table " + name + " rename to " + first() + ";\n"
                + "alter table " + copy() + " rename to " + SqlSchema.quoted(base) + ";\n"
                + "foreach statement in array statements loop\n  execute statement;\nend loop;\n"
                + "drop table " + schema + first() + ";\n"
                + "drop function " + function() + "();\n"
                + named());
        referrers()
                .forEach(key -> body.append("alter table " + key.on() + " add constraint "
                        + SqlSchema.quoted(key.name()) + " " + key.definition().replaceFirst(" NOT VALID$", "")
                        + " not valid;\n"));
        return block("declare\n  statements text[];\n  statement text;\n", guard() + givingWay(body.toString()));
    }

    /** The table, and those that keys lead to and from; what has changed on it is not passed over. */
    private String locked() {
        String everything = Stream.of(
                        referrers().map(Constraint::on),
                        Stream.of(name),
                        references().flatMap(key -> key.refersTo().stream()))
                .flatMap(each -> each)
                .distinct()
                .collect(Collectors.joining(", "));
        return """
                lock table %1$s in access exclusive mode;
                if exists (select attname from pg_attribute where attrelid = %2$s::regclass and attnum > 0 and not attisdropped
                      except select attname from pg_attribute where attrelid = %3$s::regclass and not attisdropped)
                    or (select count(*) from pg_index where indrelid = %2$s::regclass) <> (select count(*) from pg_index where indrelid = %3$s::regclass)
                    or exists (select contype, count(*) from pg_constraint where conrelid = %2$s::regclass and contype in ('c', 'f', 'x')
                        and confrelid <> conrelid group by contype
                      except select contype, count(*) from pg_constraint where conrelid = %3$s::regclass group by contype) then
                  raise exception '%% has columns, indexes or constraints that its copy has not: it has changed since this was planned', %4$s;
                end if;
                """.formatted(everything, literal(name), literal(copy()), literal(base));
    }

    /** What makes the views and the triggers what they are, to be said again when the copy has the table's name. */
    private String remembered() {
        return """
                statements := array(
                  select format('create or replace view %%s%%s as %%s', oid::regclass, ' with (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(oid))
                    from pg_class where relkind = 'v' and oid in (select r.ev_class from pg_depend d join pg_rewrite r on r.oid = d.objid
                      where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = %1$s::regclass)
                  union all select pg_get_triggerdef(oid) || case tgenabled when 'O' then '' else format('; alter table %%s %%s trigger %%I', %1$s,
                      case tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, tgname) end
                    from pg_trigger where tgrelid = %1$s::regclass and not tgisinternal and tgname not in (%2$s, %3$s));
                """.formatted(
                literal(name), literal(SqlSchema.name(trigger("row"))), literal(SqlSchema.name(trigger("truncate"))));
    }

    private String numbersHandedOver() {
        StringBuilder body = new StringBuilder();
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
        return body.toString();
    }

    /** What is on the copy takes the names of what was on the table. */
    private String named() {
        StringBuilder body = new StringBuilder();
        own("pux")
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
        String made = second() + "_" + difference.column() + "_not_null";
        // Servers from 18 on name it; of a name that was cut off nobody knows how.
        body.append("if exists (select from pg_constraint where conrelid = " + literal(name)
                + "::regclass and conname = " + literal(made) + ") then\n"
                + "  alter table " + name + " rename constraint " + SqlSchema.quoted(made) + " to "
                + SqlSchema.quoted(base + "_" + difference.column() + "_not_null") + ";\nend if;\n");
        return body.toString();
    }

    /** Tries again what could not have a lock, with those let go that it had. */
    private static String givingWay(String work) {
        return """
                perform set_config('lock_timeout', greatest(1, least(%1$d, setting::int / 2))::text, true) from pg_settings where name = 'deadlock_timeout';
                for try in 1..%2$d loop
                  begin
                %3$s    return;
                  exception when lock_not_available then
                    if try = %2$d then raise; end if;
                    perform pg_sleep(0.05);
                  end;
                end loop;
                """.formatted(PATIENCE_MILLIS, TRIES, work.indent(4));
    }

    /** Leaves nothing of a try that is not finished; nothing to do otherwise. */
    private List<PlannedStep> abandoned() {
        List<PlannedStep> steps = new ArrayList<>(List.of(PlannedStep.alone(
                "abandon " + difference.label(),
                "What an unfinished try has left; nothing otherwise.",
                "drop trigger if exists " + trigger("row") + " on " + name + ";\n"
                        + "drop trigger if exists " + trigger("truncate") + " on " + name + ";\n"
                        + "drop function if exists " + function() + "();\n"
                        + "drop table if exists " + copy() + ";")));
        steps.addAll(validated().stream()
                .map(step -> step.named("first " + step.name()))
                .toList());
        return steps;
    }

    /** The way back by dropping the column. */
    List<PlannedStep> backByDropping() {
        List<PlannedStep> steps = abandoned();
        steps.add(PlannedStep.together(
                "drop column",
                "Only the catalog changes.",
                "alter table " + name + " drop column if exists " + SqlSchema.quoted(difference.column()) + ";"));
        return steps;
    }

    /** The way back by another copy. */
    List<PlannedStep> backBy(Difference opposite) {
        List<PlannedStep> steps = abandoned();
        steps.addAll(new TableCopy(table, name, base, schema, opposite).steps());
        return steps;
    }
}
