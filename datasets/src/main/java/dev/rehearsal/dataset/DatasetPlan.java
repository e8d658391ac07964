package dev.rehearsal.dataset;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How every table of a schema is filled: what the definition says, and what was chosen where it says nothing.
 *
 * @param tables by {@link ServerTable#name()}
 * @param notes for people: what is not as they may expect, one sentence each
 */
record DatasetPlan(Map<String, TablePlan> tables, List<String> notes) implements ColumnCompiler.Tables {
    DatasetPlan {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
        notes = List.copyOf(notes);
    }

    /**
     * One table.
     *
     * @param rows to load
     * @param columns that are filled, by name; the others keep their default
     * @param present fields of the rows that the schema itself put there, by column, of a table that is left as it is; none otherwise
     */
    record TablePlan(ServerTable table, long rows, Map<String, ColumnPlan> columns, Map<String, byte[][]> present) {
        TablePlan {
            columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
            present = Map.copyOf(present);
        }

        /** Rows that a foreign key may refer to. */
        long keys() {
            return present.values().stream()
                    .findFirst()
                    .map(fields -> (long) fields.length)
                    .orElse(rows);
        }
    }

    @Override
    public long rows(String table) {
        TablePlan plan = tables.get(table);
        return plan == null ? 0 : plan.keys();
    }

    @Override
    public Optional<ColumnPlan> column(String table, String column) {
        return Optional.ofNullable(tables.get(table))
                .flatMap(plan -> Optional.ofNullable(plan.columns().get(column)));
    }

    @Override
    public Optional<byte[][]> fields(String table, String column) {
        return Optional.ofNullable(tables.get(table))
                .flatMap(plan -> Optional.ofNullable(plan.present().get(column)));
    }
}
