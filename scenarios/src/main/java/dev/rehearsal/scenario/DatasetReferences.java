package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetLoader.Dataset;
import dev.rehearsal.scenario.sql.SqlSchema;
import java.util.Optional;

/**
 * Checks what a scenario says about its dataset's tables.
 *
 * @param dataset empty if it could not be read: then nothing is checked, because the cause has been reported
 */
record DatasetReferences(Optional<Dataset> dataset) {
    /** {@code table.column} of a table that has rows. */
    Optional<Distributions.Column> column(Value value) {
        Optional<Distributions.Column> column = Distributions.column(value);
        if (column.isPresent() && dataset.isPresent() && table(column.get().table(), value)) {
            SqlSchema.Table table =
                    dataset.get().schema().tables().get(column.get().table());
            if (table.columnsKnown()
                    && !table.columns().containsKey(column.get().column())) {
                value.problem("table " + table.name() + " has no column "
                        + column.get().column() + "; "
                        + Nearest.advice(column.get().column(), table.columns().keySet()));
            }
        }
        return column;
    }

    private boolean table(String name, Value value) {
        Dataset known = dataset.orElseThrow();
        if (!known.schema().tables().containsKey(name)) {
            value.problem("the dataset has no table " + name + "; "
                    + Nearest.advice(name, known.schema().tables().keySet()));
            return false;
        }
        DatasetDefinition.TableDefinition filled = known.definition().tables().get(name);
        if (filled == null || filled.rows() == 0) {
            value.problem("table " + name + " has no rows in this dataset, so there is no value to take");
            return false;
        }
        return true;
    }
}
