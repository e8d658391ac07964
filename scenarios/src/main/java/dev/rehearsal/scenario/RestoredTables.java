package dev.rehearsal.scenario;

import dev.rehearsal.scenario.sql.SqlSchema;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the server says of a database that was restored. A dump does not say it before, or only to who reads all of it.
 *
 * @param rows by table, as {@link SqlSchema#tables()} names them; partitions are counted with the table that they are of
 */
public record RestoredTables(SqlSchema schema, Map<String, Long> rows) {
    public RestoredTables {
        rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
    }
}
