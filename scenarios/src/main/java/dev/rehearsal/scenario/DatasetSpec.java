package dev.rehearsal.scenario;

import java.util.HashMap;
import java.util.Map;

/**
 * The data that a rehearsal starts from: a dataset's definition, sized for this scenario.
 *
 * @param definition what {@code use} points to, read and checked
 * @param scale multiplies every row count of the definition
 * @param tableRows row counts that replace the definition's (already absolute: scale does not apply to them)
 */
public record DatasetSpec(DatasetDefinition definition, double scale, Map<String, Long> tableRows)
        implements StartingData {
    public DatasetSpec {
        tableRows = Map.copyOf(tableRows);
    }

    @Override
    public String name() {
        return definition.name();
    }

    /** Rows of one table at this size; at least 1 for a table that has rows at all. */
    public long rows(String table) {
        Long override = tableRows.get(table);
        if (override != null) {
            return override;
        }
        DatasetDefinition.TableDefinition known = definition.tables().get(table);
        long rows = known == null ? DatasetDefinition.DEFAULT_ROWS : known.rows();
        return rows == 0 ? 0 : Math.max(1, Math.round(rows * scale));
    }

    /** Whether somebody wrote down how many rows the table has. */
    public boolean sized(String table) {
        DatasetDefinition.TableDefinition known = definition.tables().get(table);
        return tableRows.containsKey(table) || (known != null && known.sized());
    }

    /** The same with other rows; a table that has any keeps one. */
    DatasetSpec times(double rows) {
        Map<String, Long> scaled = new HashMap<>();
        tableRows.forEach((table, count) -> scaled.put(table, count == 0 ? 0 : Math.max(1, Math.round(count * rows))));
        return new DatasetSpec(definition, scale * rows, scaled);
    }
}
