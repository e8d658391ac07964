package dev.rehearsal.dataset;

import com.sun.management.OperatingSystemMXBean;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** Makes a data directory with a dataset in it: a new cluster, a server that forgoes safety for speed, the load, a clean stop. */
final class DatasetBuilder {
    private static final long MEMORY = memoryBytes();

    /**
     * A crash while building costs the build, nothing else; so nothing waits for the disk. What is finished is synced by {@link SnapshotStore}.
     */
    static final Map<String, String> BUILD_SETTINGS = Map.ofEntries(
            Map.entry("fsync", "off"),
            Map.entry("synchronous_commit", "off"),
            Map.entry("full_page_writes", "off"),
            Map.entry("wal_level", "minimal"),
            Map.entry("max_wal_senders", "0"),
            Map.entry("max_wal_size", DiskEstimate.MOST_WRITE_AHEAD_LOG / (1 << 20) + "MB"),
            Map.entry("checkpoint_timeout", "1h"),
            Map.entry("autovacuum", "off"),
            Map.entry("shared_buffers", megabytes(MEMORY / 8, 128, 1024)),
            // Each stream may sort an index.
            Map.entry("maintenance_work_mem", megabytes(MEMORY / 32, 64, 768)),
            Map.entry("log_lock_waits", "off"));

    /** Of this machine, or of as much of it as this process may use. */
    private static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    private static String megabytes(long bytes, long least, long most) {
        return Math.clamp(bytes >> 20, least, most) + "MB";
    }

    private final ServerLauncher launcher;

    DatasetBuilder(ServerLauncher launcher) {
        this.launcher = launcher;
    }

    /** Fills the empty database behind a URL, and says which table has how many rows. */
    interface Load {
        Map<String, Long> into(String jdbcUrl)
                throws InvalidScenarioException, EnvironmentException, SQLException, InterruptedException;
    }

    /**
     * Builds.
     *
     * @param what is done, such as {@code building the dataset shop}
     * @param dataDirectory does not exist yet; afterwards a stopped server's
     * @return rows by table
     */
    Map<String, Long> build(String what, Path dataDirectory, BuildProgress progress, Load load)
            throws EnvironmentException, InvalidScenarioException, InterruptedException {
        progress.phase("making a server");
        launcher.initialise(dataDirectory);
        return BuildServer.run(launcher, dataDirectory, BUILD_SETTINGS, what, server -> {
            createDatabase(server.jdbcUrl("postgres"));
            Map<String, Long> rows = load.into(server.jdbcUrl(Snapshot.DATABASE));
            progress.phase("writing to disk");
            keepFewSegments(server.jdbcUrl("postgres"));
            return rows;
        });
    }

    /**
     * Leaves as many segments of write-ahead log as {@code min_wal_size} says, ready to be written again, and not the gigabytes of a bulk load. None at
     * all would be smaller, but then the first transactions of every rehearsal would wait for new ones to be filled with zeros.
     */
    static void keepFewSegments(String jdbcUrl) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set max_wal_size = '80MB'");
            statement.execute("select pg_reload_conf()");
            statement.execute("checkpoint");
            statement.execute("alter system reset max_wal_size");
        }
    }

    private static void createDatabase(String jdbcUrl) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + Snapshot.DATABASE);
        }
    }
}
