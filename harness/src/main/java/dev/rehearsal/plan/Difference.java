package dev.rehearsal.plan;

import dev.rehearsal.plan.TableShape.Column;
import dev.rehearsal.plan.TableShape.Constraint;
import dev.rehearsal.scenario.sql.ColumnDefinition;
import dev.rehearsal.scenario.sql.SqlSchema;
import java.util.List;
import java.util.Optional;

/** What is different in a copy of a table, see {@link TableCopy}. */
sealed interface Difference {
    /** That is changed, or added. */
    String column();

    /** Tells this difference's steps from another's. */
    String label();

    /** Makes an empty copy different; statements of PL/pgSQL. */
    String made(String copy);

    /** What stands in the copy for a value of a column, as an expression over the table's row. */
    default String value(Column of) {
        return SqlSchema.quoted(of.name());
    }

    /** The same with the exact type that it has in the copy. */
    default String typed(Column of) {
        return value(of);
    }

    /** A stored generated column more. */
    record Generated(ColumnDefinition definition, String expression) implements Difference {
        @Override
        public String column() {
            return definition.name();
        }

        @Override
        public String label() {
            return column();
        }

        @Override
        public String made(String copy) {
            return "alter table " + copy + " add column if not exists " + SqlSchema.quoted(column()) + " "
                    + definition.type() + " generated always as (" + expression + ") stored"
                    + (definition.notNull() ? " not null" : "") + ";\n";
        }
    }

    /**
     * Another type of a column.
     *
     * @param before as it is in the table
     * @param checks on the column, whose text is read anew over the new type
     * @param using how a value becomes one of that type; empty: as an assignment makes it
     */
    record Retyped(Column before, List<Constraint> checks, String type, Optional<String> using) implements Difference {
        public Retyped {
            checks = List.copyOf(checks);
        }

        @Override
        public String column() {
            return before.name();
        }

        @Override
        public String label() {
            return column() + " " + type;
        }

        @Override
        public String made(String copy) {
            String alter = "alter table " + copy + " ";
            String column = alter + "alter column " + SqlSchema.quoted(column()) + " ";
            StringBuilder body = new StringBuilder();
            checks.forEach(check -> body.append(alter + "drop constraint " + SqlSchema.quoted(check.name()) + ";\n"));
            before.defaultExpression().ifPresent(expression -> body.append(column + "drop default;\n"));
            body.append(column + "type " + type
                    + using.map(expression -> " using " + expression).orElse("") + ";\n");
            before.defaultExpression()
                    .ifPresent(expression -> body.append(column + "set default " + expression + ";\n"));
            checks.forEach(check -> body.append(
                    alter + "add constraint " + SqlSchema.quoted(check.name()) + " " + check.definition() + ";\n"));
            return body.toString();
        }

        @Override
        public String value(Column of) {
            return of.name().equals(column())
                    ? using.map(expression -> "(" + expression + ")").orElse(SqlSchema.quoted(column()))
                    : SqlSchema.quoted(of.name());
        }

        @Override
        public String typed(Column of) {
            return of.name().equals(column()) ? value(of) + "::" + type : value(of);
        }
    }
}
