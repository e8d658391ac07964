package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetLoader;
import dev.rehearsal.scenario.DatasetSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Not a test: run by {@code harness/benchmarks/rows-beside-copy}. What it costs to make a row of the measured table and write it in the binary format, and
 * what the server's one connection needs to take it from a ready file.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RowsBesideCopy {
    private static final int MADE = 10_000;
    private static final int TAKEN = 1_000_000;

    @Test
    void measure() throws Exception {
        new Runner(new OptionsBuilder()
                        .include(RowsBesideCopy.class.getName())
                        .jvmArgs("-XX:+UseSerialGC", "-Drehearsal.home=" + System.getProperty("rehearsal.home"))
                        .build())
                .run();
    }

    /** The generators of the measured table's columns. */
    @State(Scope.Thread)
    public static class Columns {
        private ColumnGenerator[] generators = {};
        private final CopyBuffer buffer = new CopyBuffer(1 << 17);
        private long row;

        @Setup(Level.Trial)
        public void compile() throws Exception {
            Path folder = Files.createTempDirectory("rows-");
            try (BuildingDatabase databases = BuildingDatabase.in(folder.resolve("server"))) {
                String url = databases.create("columns");
                execute(url, MeasuredTable.SQL);
                DatasetSpec spec = MeasuredTable.dataset(folder, TAKEN);
                DatasetDefinition definition = spec.definition();
                TableDefinition table = definition.tables().get("t");
                try (Connection connection = DriverManager.getConnection(url)) {
                    Map<String, ServerColumn> columns =
                            ServerCatalog.read(connection).tables().get("t").columns();
                    ColumnCompiler compiler = new ColumnCompiler(spec, 42);
                    generators = new ColumnGenerator[columns.size()];
                    int index = 0;
                    for (ServerColumn column : columns.values()) {
                        generators[index++] =
                                compiler.compile(column, table.columns().get(column.name()));
                    }
                }
            } finally {
                DirectoryTree.delete(folder);
            }
        }
    }

    @Benchmark
    @Fork(2)
    @Warmup(iterations = 3, time = 1)
    @Measurement(iterations = 5, time = 1)
    @OperationsPerInvocation(MADE)
    public int make(Columns columns) {
        long first = columns.row;
        columns.row = (first + MADE) % TAKEN;
        CopyBuffer buffer = columns.buffer;
        for (long row = first; row < first + MADE; row++) {
            buffer.writeShort(columns.generators.length);
            for (ColumnGenerator column : columns.generators) {
                column.write(row, buffer);
            }
            if (buffer.size() >= 1 << 16) {
                buffer.clear();
            }
        }
        return buffer.size();
    }

    /** A server with a file that its own COPY wrote. */
    @State(Scope.Thread)
    public static class ReadyFile {
        private Path folder = Path.of("");
        private BuildingDatabase databases;
        private String url = "";
        private String file = "";

        @Setup(Level.Trial)
        public void start() throws Exception {
            folder = Files.createTempDirectory("ready-");
            databases = BuildingDatabase.in(folder.resolve("server"));
            String source = databases.create("source");
            new BulkLoader(MeasuredTable.dataset(folder, TAKEN), 42, BuildProgress.SILENT).load(source);
            file = folder.resolve("ready").toString();
            execute(source, "copy t to '" + file + "' (format binary)");
            url = databases.create("peer");
            execute(url, MeasuredTable.SQL);
        }

        @Setup(Level.Invocation)
        public void empty() throws Exception {
            execute(url, "truncate t");
        }

        @TearDown(Level.Trial)
        public void stop() throws Exception {
            databases.close();
            DirectoryTree.delete(folder);
        }
    }

    @Benchmark
    @Fork(1)
    @BenchmarkMode(Mode.SingleShotTime)
    @Warmup(iterations = 1)
    @Measurement(iterations = 5)
    @OperationsPerInvocation(TAKEN)
    public void take(ReadyFile ready) throws Exception {
        execute(ready.url, "copy t from '" + ready.file + "' (format binary)");
    }

    private static void execute(String url, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The table that loading is measured with: about 114 bytes a row. */
    static final class MeasuredTable {
        static final String SQL =
                "create table t (id bigint not null, customer integer not null, status text not null, amount numeric(12, 2) not null,"
                        + " created_at timestamptz not null, note text not null);";

        private MeasuredTable() {}

        /** @param folder that schema.sql and dataset.yaml are written to */
        static DatasetSpec dataset(Path folder, long rows) throws Exception {
            Files.writeString(folder.resolve("schema.sql"), SQL + "\nalter table t add primary key (id);\n");
            Files.writeString(folder.resolve("dataset.yaml"), """
                    name: measured
                    tables:
                      t:
                        rows: %d
                        columns:
                          id: { sequence: 1 }
                          customer: { uniform: [1, 1_000_000] }
                          status: { choice: [new, paid, shipped, delivered] }
                          amount: { uniform: [1.00, 500.00] }
                          created_at: { timestamp: { from: 2023-01-01, to: 2026-01-01, correlation: 1 } }
                          note: { text: [40, 80] }
                    """.formatted(rows));
            return new DatasetSpec(DatasetLoader.load(folder), 1, Map.of());
        }
    }
}
