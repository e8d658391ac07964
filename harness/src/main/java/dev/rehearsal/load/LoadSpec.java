package dev.rehearsal.load;

import dev.rehearsal.scenario.Workload;
import java.util.List;

/**
 * What the load needs to know of a run.
 *
 * @param seed of arrivals, operations and parameter values
 * @param jdbcUrl through the fault proxy, user and password in it: the application's way
 * @param replicaJdbcUrls likewise to each replica, for the operations that read there
 * @param directJdbcUrl straight to the server: for reading the keys that parameters refer to
 * @param pooled whether a pooler is in that way, which then is told by a name of its own who each client is
 */
public record LoadSpec(
        Workload workload,
        long seed,
        String jdbcUrl,
        List<String> replicaJdbcUrls,
        String directJdbcUrl,
        boolean pooled) {
    public LoadSpec {
        replicaJdbcUrls = List.copyOf(replicaJdbcUrls);
    }

    /** Without a pooler. */
    public LoadSpec(Workload workload, long seed, String jdbcUrl, List<String> replicaJdbcUrls, String directJdbcUrl) {
        this(workload, seed, jdbcUrl, replicaJdbcUrls, directJdbcUrl, false);
    }
}
