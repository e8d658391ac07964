package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetSpec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Not a test: run by {@code harness/benchmarks/loading-beside-copy}. Each way loads the same number of rows into the same server, one after the other. */
class LoadingBesideCopy {
    private static final long ROWS = Long.getLong("rows", 10_000_000);
    /** Rows of one unit of pgbench's scale. */
    private static final long SCALE_ROWS = 100_000;

    @TempDir
    private Path folder;

    @Test
    void measure() throws Exception {
        DatasetSpec spec = RowsBesideCopy.MeasuredTable.dataset(folder, ROWS);
        try (BuildingDatabase databases = BuildingDatabase.in(folder.resolve("server"))) {
            String url = databases.create("ours");
            Rows rows = new Rows();
            long start = System.nanoTime();
            new BulkLoader(spec, 42, rows).load(url);
            double whole = seconds(start);
            print("ours, rows alone (generated and taken)", rows.seconds);
            print("ours, with freezing, key and statistics", whole);

            String file = BuildingDatabase.ask(url, "show data_directory") + "/ready";
            execute(url, "copy t to '" + file + "' (format binary)");
            String peer = databases.create("peer");
            execute(peer, RowsBesideCopy.MeasuredTable.SQL);
            start = System.nanoTime();
            execute(peer, "copy t from '" + file + "' (format binary)");
            double copied = seconds(start);
            execute(peer, "alter table t add primary key (id)");
            execute(peer, "vacuum (freeze, analyze) t");
            print("COPY FROM a ready file, one connection, rows alone", copied);
            print("the same, with key, freezing and statistics", seconds(start));

            String bench = databases.create("bench");
            start = System.nanoTime();
            pgbench(bench);
            print("pgbench -i, with key and vacuum", seconds(start));
            System.out.printf(
                    Locale.ROOT,
                    "rows alone beside COPY: %.2f (wanted: at least 1.35); whole build beside pgbench -i: %.2f (wanted: above 1)%n",
                    copied / rows.seconds,
                    seconds(start) / whole);
        }
    }

    /** From the first row told to the last. */
    private static final class Rows implements BuildProgress {
        private final long[] ends = new long[2];
        private double seconds;

        @Override
        public void phase(String phase) {}

        @Override
        public synchronized void rows(String table, long done, long total, double rowsPerSecond) {
            long now = System.nanoTime();
            ends[0] = ends[0] == 0 ? now : ends[0];
            ends[1] = now;
            seconds = (ends[1] - ends[0]) / 1e9;
        }
    }

    private static void pgbench(String jdbcUrl) throws Exception {
        String uri = BuildingDatabase.libpqUri(jdbcUrl);
        Process process = new ProcessBuilder(
                        "pgbench", "-i", "-q", "-s", Long.toString(Math.max(1, ROWS / SCALE_ROWS)), uri)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new AssertionError("pgbench -i failed");
        }
    }

    private static void execute(String url, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private static void print(String what, double seconds) {
        System.out.printf(Locale.ROOT, "%-52s %8.1f s %,12.0f rows/s%n", what, seconds, ROWS / seconds);
    }
}
