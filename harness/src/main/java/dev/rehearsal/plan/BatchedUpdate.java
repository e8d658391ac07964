package dev.rehearsal.plan;

import dev.rehearsal.scenario.sql.SqlSchema;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A backfill as plain SQL: by ranges of the primary key, each a transaction of its own, then a breath. It can be run again at any time.
 *
 * @param table as the catalogs have it, schema-qualified unless in {@code public}
 * @param key columns of the primary key
 * @param set such as {@code token = gen_random_uuid()}
 * @param condition of the rows that still need it
 */
public record BatchedUpdate(String table, List<String> key, String set, String condition) {
    /** Rows of a batch where nobody has tried others. */
    public static final int ROWS = 5_000;

    private static final String PAUSE_SECONDS = "0.02";

    public BatchedUpdate {
        key = List.copyOf(key);
    }

    String sql(int rows) {
        String name = Planner.quotedName(table);
        List<String> columns = key.stream().map(SqlSchema::quoted).toList();
        String list = String.join(", ", columns);
        String first = variables("first", key.size());
        String next = variables("next", key.size());
        String declarations = columns.stream()
                .map(column -> {
                    int number = columns.indexOf(column) + 1;
                    return "  first_%d %s.%s%%type;\n  next_%d %s.%s%%type;\n"
                            .formatted(number, name, column, number, name, column);
                })
                .collect(Collectors.joining());
        return """
                do $$
                declare
                %sbegin
                  select %s into %s from %s order by %s limit 1;
                  while found loop
                    select %s into %s from %s where (%s) >= (%s) order by %s offset %d limit 1;
                    if not found then
                      update %s set %s where (%s) >= (%s) and (%s);
                      commit;
                      exit;
                    end if;
                    update %s set %s where (%s) >= (%s) and (%s) < (%s) and (%s);
                    commit;
                    perform pg_sleep(%s);
                    select %s into %s;
                  end loop;
                end
                $$;""".formatted(
                        declarations,
                        list,
                        first,
                        name,
                        list,
                        list,
                        next,
                        name,
                        list,
                        first,
                        list,
                        rows,
                        name,
                        set,
                        list,
                        first,
                        condition,
                        name,
                        set,
                        list,
                        first,
                        list,
                        next,
                        condition,
                        PAUSE_SECONDS,
                        next,
                        first);
    }

    private static String variables(String prefix, int count) {
        return java.util.stream.IntStream.rangeClosed(1, count)
                .mapToObj(number -> prefix + "_" + number)
                .collect(Collectors.joining(", "));
    }
}
