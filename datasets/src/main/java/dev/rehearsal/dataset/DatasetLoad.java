package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoredTables;
import java.sql.SQLException;
import java.util.Map;

/** Fills a database of a server that others run: what {@link SnapshotStore} does without a data directory of its own. */
public final class DatasetLoad {
    private DatasetLoad() {}

    /**
     * Loads a dataset into an empty database.
     *
     * @param jdbcUrl with user and password in it, of a role that owns the database
     * @param seed everything random in the rows derives from it
     * @return the rows that the server took, by table, in the order of loading
     * @throws InvalidScenarioException if the server refuses a statement of the schema, or a column cannot be made as the definition says
     * @throws SQLException if the server fails otherwise
     */
    public static Map<String, Long> into(String jdbcUrl, DatasetSpec spec, long seed, BuildProgress progress)
            throws InvalidScenarioException, SQLException, InterruptedException {
        return new BulkLoader(spec, seed, progress).load(jdbcUrl);
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
