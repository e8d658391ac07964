package dev.rehearsal.plan;

import dev.rehearsal.scenario.sql.SqlSchema;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What goes over a whole table, as plain SQL: by ranges of the primary key, each a transaction of its own, then a breath. It can be run again at any time.
 *
 * @param table as the catalogs have it, schema-qualified unless in {@code public}
 * @param key columns of the primary key
 * @param guard of PL/pgSQL, before anything is done; may be empty
 * @param work one statement of PL/pgSQL for the rows of a {@value #RANGE}
 */
public record BatchedWork(String table, List<String> key, String guard, String work) {
    /** Rows of a batch where nobody has tried others. */
    public static final int ROWS = 5_000;

    /** Stands in the work for the condition that a row is of the range. */
    static final String RANGE = ":range";

    private static final String PAUSE_SECONDS = "0.02";

    public BatchedWork {
        key = List.copyOf(key);
    }

    /**
     * @param set such as {@code token = gen_random_uuid()}
     * @param condition of the rows that still need it
     */
    static BatchedWork update(String table, List<String> key, String set, String condition) {
        return new BatchedWork(
                table,
                key,
                "",
                "update " + Planner.quotedName(table) + " set " + set + " where " + RANGE + " and (" + condition
                        + ");");
    }

    String sql(int rows) {
        String name = Planner.quotedName(table);
        List<String> columns = key.stream().map(SqlSchema::quoted).toList();
        String list = String.join(", ", columns);
        String first = variables("first");
        String next = variables("next");
        String from = "(" + list + ") >= (" + first + ")";
        String declarations = IntStream.rangeClosed(1, key.size())
                .mapToObj(number -> {
                    String type = " %s.%s%%type;\n".formatted(name, columns.get(number - 1));
                    return "  first_" + number + type + "  next_" + number + type;
                })
                .collect(Collectors.joining());
        return """
                do $$
                declare
                %sbegin
                %s  select %s into %s from %s order by %s limit 1;
                  while found loop
                    select %s into %s from %s where %s order by %s offset %d limit 1;
                    if not found then
                      %s
                      commit;
                      exit;
                    end if;
                    %s
                    commit;
                    perform pg_sleep(%s);
                    select %s into %s;
                  end loop;
                end
                $$;""".formatted(
                        declarations,
                        guard.isEmpty() ? "" : guard.indent(2),
                        list,
                        first,
                        name,
                        list,
                        list,
                        next,
                        name,
                        from,
                        list,
                        rows,
                        work.replace(RANGE, from),
                        work.replace(RANGE, from + " and (" + list + ") < (" + next + ")"),
                        PAUSE_SECONDS,
                        next,
                        first);
    }

    private String variables(String prefix) {
        return IntStream.rangeClosed(1, key.size())
                .mapToObj(number -> prefix + "_" + number)
                .collect(Collectors.joining(", "));
    }
}
