package dev.rehearsal.engine;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What a PostgreSQL server can do, by its major version. The oldest that is supported is 13.
 *
 * @param major such as 18
 */
public record PostgresVersion(int major) {
    public static PostgresVersion of(Connection connection) throws SQLException {
        return new PostgresVersion(connection.getMetaData().getDatabaseMajorVersion());
    }

    /** How the server's log is to be written, so that we can read it. */
    public LogFormat logFormat() {
        return major >= 15 ? LogFormat.JSON : LogFormat.CSV;
    }

    /**
     * Whether a session can be told to report its statistics when its transaction ends ({@code pg_stat_force_next_flush}), which sets its own
     * row counts back to zero. Older ones report, and set back, at most twice a second.
     */
    public boolean reportsStatisticsOnDemand() {
        return major >= 15;
    }

    /** Whether statistics are read out of shared memory, and not out of a file that another process is first asked to write. */
    public boolean sharesStatisticsInMemory() {
        return major >= 15;
    }

    /** Whether the checkpointer's counts have a view of their own, {@code pg_stat_checkpointer}. */
    public boolean countsCheckpointsApart() {
        return major >= 17;
    }

    /** {@code pg_locks.waitstart}. */
    public boolean saysSinceWhenLocksAreWaitedFor() {
        return major >= 14;
    }

    /** {@code pg_attribute.attcompression}. */
    public boolean compressesByColumn() {
        return major >= 14;
    }

    /** Publications of whole schemas, of some columns, of some rows. */
    public boolean publishesPartsOfTables() {
        return major >= 15;
    }
}
