package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Generator;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Builds of millions of rows: ended in the middle, on a disk that fills up, and in how much memory. */
@Tag("proof")
@Tag("beside-others")
class BuildProofTest {
    private static final long SEED = 42;
    private static final String DISK = "HARNESS_TEST_DISK";
    private static final long MOST_BYTES = 512L << 20;

    @TempDir
    Path temporary;

    @Test
    void whatWasEndedInTheMiddleIsBuiltAgainWithTheSameRows() throws Exception {
        DatasetSpec spec = orders(temporary, 1_000_000);
        Path interruptedCache = temporary.resolve("interrupted");
        SnapshotStore store = new SnapshotStore(interruptedCache, TestCluster.servers());
        Thread builder = Thread.currentThread();
        BuildProgress interrupting = new BuildProgress() {
            @Override
            public void phase(String phase) {}

            @Override
            public void rows(String table, long done, long total, double rowsPerSecond) {
                if (done > total / 3) {
                    builder.interrupt();
                }
            }
        };

        assertThatThrownBy(() -> store.obtain(spec, SEED, interrupting)).isInstanceOf(InterruptedException.class);
        Snapshot again = store.obtain(spec, SEED, BuildProgress.SILENT);

        try (BuildingDatabase other = BuildingDatabase.in(temporary.resolve("server"))) {
            String url = other.create("undisturbed");
            new BulkLoader(spec, SEED, BuildProgress.SILENT, 1).load(url);
            assertThat(checksum(again))
                    .isEqualTo(BuildingDatabase.checksum(url))
                    .contains("orders 1000000 ");
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(
            named = DISK,
            matches = ".+",
            disabledReason =
                    "no file system of its own that may be filled: mount one of some 700 MB, and name it in " + DISK)
    void aDiskThatFillsUpIsSaidAndNothingStays() throws Exception {
        Path cache = Files.createTempDirectory(Path.of(System.getenv(DISK)), "build-");
        try {
            // As if others had filled the disk after it was looked at.
            SnapshotStore store = new SnapshotStore(cache, TestCluster.servers(), directory -> Long.MAX_VALUE);

            assertThatThrownBy(() -> store.obtain(orders(cache, 20_000_000), SEED, BuildProgress.SILENT))
                    .isInstanceOfSatisfying(
                            EnvironmentException.class,
                            full -> assertThat(full)
                                    .hasMessageContaining("No space left on device")
                                    .hasMessageContaining(cache.toString()));

            try (Stream<Path> left = Files.list(cache.resolve("snapshots"))) {
                assertThat(left.filter(Files::isDirectory)).isEmpty();
            }
        } finally {
            DirectoryTree.delete(cache);
        }
    }

    /** In a process of its own, whose memory the kernel counts: all that was ever resident at once, the JVM itself included. */
    @Test
    void memoryDoesNotGrowWithTheRows() throws Exception {
        long few = mostBytesResident(100_000);
        long many = mostBytesResident(5_000_000);

        assertThat(many).isLessThan(MOST_BYTES);
        assertThat(many - few).as("what fifty times the rows take").isLessThan(MOST_BYTES / 4);
    }

    private long mostBytesResident(long rows) throws Exception {
        Path cache = temporary.resolve("cache-" + rows);
        Path answer = temporary.resolve("answer-" + rows);
        Process build = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Drehearsal.home=" + System.getProperty("rehearsal.home"),
                        InItsOwnProcess.class.getName(),
                        cache.toString(),
                        Long.toString(rows),
                        answer.toString())
                .inheritIO()
                .start();
        try {
            assertThat(build.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(build.exitValue()).isZero();
        } finally {
            build.destroyForcibly();
        }
        return Long.parseLong(Files.readString(answer).strip());
    }

    /** Builds one dataset, and writes down how many bytes were resident at most. */
    static final class InItsOwnProcess {
        private InItsOwnProcess() {}

        public static void main(String[] arguments) throws Exception {
            Path cache = Path.of(arguments[0]);
            DatasetSpec spec = orders(cache, Long.parseLong(arguments[1]));
            try (SnapshotStore store = new SnapshotStore(cache, TestCluster.servers())) {
                store.obtain(spec, SEED, BuildProgress.SILENT);
            }
            String most = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .findFirst()
                    .orElseThrow();
            long kilobytes = Long.parseLong(most.replaceAll("\\D", ""));
            Files.writeString(Path.of(arguments[2]), Long.toString(kilobytes * 1024));
        }
    }

    private String checksum(Snapshot snapshot) throws Exception {
        Path clone = temporary.resolve("clone-" + snapshot.fingerprint());
        new CopyCloner().copy(snapshot.dataDirectory(), clone);
        try (ServerLauncher.RunningServer server = TestCluster.servers().start(clone, Map.of())) {
            return BuildingDatabase.checksum(server.jdbcUrl(Snapshot.DATABASE));
        }
    }

    private static DatasetSpec orders(Path folder, long rows) throws IOException {
        String schema = """
                create table orders (
                    id bigint primary key, customer_id bigint not null, amount numeric(12, 2) not null, email text not null unique, note text);
                """;
        Map<String, Generator> generators = new LinkedHashMap<>();
        generators.put("id", new Generator.Sequence(1));
        generators.put("customer_id", new Generator.Zipf(1, 1_000_000, 1.05));
        generators.put("amount", new Generator.UniformDecimal(BigDecimal.ONE, new BigDecimal("500.00"), 2));
        generators.put("note", new Generator.Nullable(new Generator.Text(10, 80), 0.1));
        DatasetDefinition definition = new DatasetDefinition(
                "orders", folder, schema, Map.of("orders", new TableDefinition("orders", rows, generators)));
        return new DatasetSpec(definition, 1, Map.of());
    }
}
