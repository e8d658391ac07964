package dev.rehearsal.fault;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Looks, every few milliseconds, whether the migration's session waits for or has a lock that stops writes, on the tables of cues. What is over sooner than
 * that it may not see. On a thread of its own, over a connection of its own.
 */
final class LockWatch implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(2);

    private static final String LOCKS = """
            select wanted.name, l.granted
            from unnest(?::text[]) wanted(name)
            join pg_catalog.pg_locks l on l.relation = to_regclass(wanted.name)
            where l.locktype = 'relation'
              and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
              and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
              and l.pid in (select pid from pg_catalog.pg_stat_activity where application_name = ?)""";

    /** @param granted whether the migration has it, or waits for it */
    record Seen(String table, boolean granted) {}

    private final Thread thread;
    private volatile boolean closed;

    private LockWatch(
            String directJdbcUrl,
            String migration,
            List<String> tables,
            Consumer<Seen> seen,
            Consumer<SQLException> lost) {
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("lock-watch")
                .unstarted(() -> watch(directJdbcUrl, migration, tables, seen, lost));
    }

    /**
     * @param migration the application name of its session
     * @param seen called again and again, as long as it is so
     * @param lost called at most once: nothing is seen any more
     */
    static LockWatch started(
            String directJdbcUrl,
            String migration,
            List<String> tables,
            Consumer<Seen> seen,
            Consumer<SQLException> lost) {
        LockWatch watch = new LockWatch(directJdbcUrl, migration, tables, seen, lost);
        watch.thread.start();
        return watch;
    }

    private void watch(
            String directJdbcUrl,
            String migration,
            List<String> tables,
            Consumer<Seen> seen,
            Consumer<SQLException> lost) {
        try (Connection connection = DriverManager.getConnection(directJdbcUrl);
                PreparedStatement query = connection.prepareStatement(LOCKS)) {
            query.setArray(1, connection.createArrayOf("text", tables.toArray()));
            query.setString(2, migration);
            while (!closed) {
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        seen.accept(new Seen(rows.getString(1), rows.getBoolean(2)));
                    }
                }
                Thread.sleep(INTERVAL);
            }
        } catch (SQLException e) {
            if (!closed) {
                lost.accept(e);
            }
        } catch (InterruptedException e) {
            // close() is the only one who interrupts this thread.
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
