package dev.rehearsal.inspect;

import dev.rehearsal.run.RunEvent.StatementPredicted;
import java.util.List;

/**
 * The static view of one statement.
 *
 * @param prediction what is expected of it, as the run's record keeps it
 * @param tables that it touches, with what hangs on them
 * @param columns that it adds
 */
public record StatementView(StatementPredicted prediction, List<TouchedTable> tables, List<NewColumn> columns) {
    public StatementView {
        tables = List.copyOf(tables);
        columns = List.copyOf(columns);
    }
}
