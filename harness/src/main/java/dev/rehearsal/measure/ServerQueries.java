package dev.rehearsal.measure;

import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.run.RunEvent.ServerTotals;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a server is asked for its picture, over one connection: one query of the backends, one of the counts. Not safe for use by several threads. */
final class ServerQueries implements AutoCloseable {
    /** One row a wait event, and one of all together, which is there also when nobody is. */
    private static final String ACTIVITY = """
            select grouping(b.event) = 1, b.event,
                count(*) filter (where b.client and b.active), count(*) filter (where b.client and b.queued),
                count(*) filter (where b.autovacuum), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint
            from (
                select coalesce(a.wait_event_type || ' ' || a.wait_event, 'running') as event,
                    a.backend_type = 'client backend' as client, a.state = 'active' as active,
                    a.wait_event_type = 'Lock' as queued, a.backend_type = 'autovacuum worker' as autovacuum
                from pg_catalog.pg_stat_activity a
                where a.pid <> pg_backend_pid()) b
            group by grouping sets ((), (b.event))""";

    private static final String TOTALS = """
            select %s, pg_stat_get_db_blocks_fetched(d.oid) - pg_stat_get_db_blocks_hit(d.oid), pg_stat_get_db_blocks_hit(d.oid)
            from pg_catalog.pg_database d, pg_catalog.%s c
            where d.datname = current_database()""";

    private final PreparedStatement activity;
    private final Optional<PreparedStatement> totals;

    /** @param active backends of clients */
    record Activity(
            int active, int waitingForLocks, Map<String, Integer> activeByWait, int autovacuumWorkers, long walBytes) {}

    ServerQueries(Connection connection) throws SQLException {
        PostgresVersion version = PostgresVersion.of(connection);
        activity = connection.prepareStatement(ACTIVITY);
        totals = version.sharesStatisticsInMemory()
                ? Optional.of(connection.prepareStatement(totalsOf(version)))
                : Optional.empty();
    }

    private static String totalsOf(PostgresVersion version) {
        return version.countsCheckpointsApart()
                ? TOTALS.formatted("c.num_timed + c.num_requested, c.buffers_written", "pg_stat_checkpointer")
                : TOTALS.formatted("c.checkpoints_timed + c.checkpoints_req, c.buffers_checkpoint", "pg_stat_bgwriter");
    }

    Activity activity() throws SQLException {
        Map<String, Integer> byWait = new HashMap<>();
        Activity all = new Activity(0, 0, Map.of(), 0, 0);
        try (ResultSet rows = activity.executeQuery()) {
            while (rows.next()) {
                if (rows.getBoolean(1)) {
                    all = new Activity(rows.getInt(3), rows.getInt(4), byWait, rows.getInt(5), rows.getLong(6));
                } else if (rows.getInt(3) > 0) {
                    byWait.put(rows.getString(2), rows.getInt(3));
                }
            }
        }
        return all;
    }

    /** Empty where it is not cheap to ask. */
    Optional<ServerTotals> totals() throws SQLException {
        if (totals.isEmpty()) {
            return Optional.empty();
        }
        try (ResultSet rows = totals.get().executeQuery()) {
            rows.next();
            return Optional.of(new ServerTotals(rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getLong(4)));
        }
    }

    @Override
    public void close() throws SQLException {
        activity.close();
        if (totals.isPresent()) {
            totals.get().close();
        }
    }
}
