package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoredTables;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** Fills a database of a server that others run: what {@link SnapshotStore} does without a data directory of its own. */
public final class DatasetLoad {
    private DatasetLoad() {}

    /**
     * Loads a dataset into an empty database.
     *
     * @param jdbcUrl with user and password in it, of a role that owns the database
     * @param seed everything random in the rows derives from it
     * @param others who load the rows, which are the same then; empty: this process does
     * @return the rows that the server took, by table, in the order of loading
     * @throws InvalidScenarioException if the server refuses a statement of the schema, or a column cannot be made as the definition says
     * @throws EnvironmentException if one of the others is lost, or fails otherwise
     * @throws SQLException if the server fails otherwise
     */
    public static Map<String, Long> into(
            String jdbcUrl, DatasetSpec spec, long seed, BuildProgress progress, Optional<RowLoaders> others)
            throws InvalidScenarioException, EnvironmentException, SQLException, InterruptedException {
        return new BulkLoader(spec, seed, progress, others).load(jdbcUrl);
    }

    /**
     * The name of everything that the rows depend on.
     *
     * @param serverVersion such as {@code 18.6}
     */
    public static String fingerprint(DatasetSpec spec, long seed, String serverVersion) {
        return Fingerprint.of(spec, seed, serverVersion, Fingerprint.platform());
    }

    /** The same of data that were there before, as far as it can be told without reading them: schema and row counts. */
    public static String fingerprint(String database, RestoredTables tables, String serverVersion) {
        return Fingerprint.of(Map.of(
                "server",
                serverVersion,
                "database",
                database,
                "schema",
                tables.schema().toString(),
                "rows",
                tables.rows().toString()));
    }
}
