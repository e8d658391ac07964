package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.environment.LocalServers;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetLoader;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds with real servers: what is generated is what the server then holds. */
class SnapshotBuildTest {
    private static final long SEED = 42;

    @TempDir
    Path temporary;

    /** Remembers which tables it was told of. */
    private static final class Listener implements BuildProgress {
        private final Set<String> phases = new ConcurrentSkipListSet<>();
        private final Map<String, Long> rows = new LinkedHashMap<>();

        @Override
        public void phase(String phase) {
            phases.add(phase);
        }

        @Override
        public void rows(String table, long done, long total, double rowsPerSecond) {
            rows.put(table, done);
        }
    }

    @Test
    void shopHoldsWhatItsDefinitionSays() throws Exception {
        Path shop = Path.of(System.getProperty("rehearsal.home"), "datasets", "catalog", "shop");
        DatasetSpec spec = new DatasetSpec(DatasetLoader.load(shop), 0.002, Map.of());
        LocalServers servers = TestCluster.servers();
        SnapshotStore store = new SnapshotStore(temporary, servers);
        Listener listener = new Listener();

        Snapshot built = store.obtain(spec, SEED, listener);
        Snapshot found = store.obtain(spec, SEED, new Listener());

        Map<String, Long> expected =
                Map.of("customers", 200L, "products", 20L, "orders", 2_000L, "order_items", 4_000L, "payments", 1_800L);
        assertThat(built.rows()).isEqualTo(expected);
        assertThat(listener.rows).isEqualTo(expected);
        assertThat(listener.phases).contains("freezing rows", "gathering statistics");
        assertThat(built.buildSeconds()).isPositive();
        assertThat(found)
                .isEqualTo(new Snapshot("shop", built.fingerprint(), built.directory(), expected, built.bytes(), 0));
        assertThat(store.list()).extracting(KeptSnapshot::snapshot).containsExactly(found);
        assertThat(built.dataDirectory().resolve("postmaster.pid")).doesNotExist();

        Path clone = temporary.resolve("clone");
        Cloner.between(built.dataDirectory(), temporary).copy(built.dataDirectory(), clone);
        try (ServerLauncher.RunningServer server = servers.start(clone, Map.of());
                Connection connection = DriverManager.getConnection(server.jdbcUrl(Snapshot.DATABASE))) {
            assertThat(ask(connection, "select count(*) from orders")).isEqualTo("2000");
            assertThat(ask(connection, "select count(*) from orders where currency is null"))
                    .isEqualTo("0");
            assertThat(ask(
                            connection,
                            "select string_agg(contype::text, '' order by contype) from pg_constraint"
                                    + " where connamespace = 'public'::regnamespace and contype <> 'n'"))
                    .isEqualTo("ccccccffffppppp");
            assertThat(ask(connection, "select count(*) from pg_constraint where not convalidated"))
                    .isEqualTo("0");
            assertThat(ask(connection, "insert into orders (customer_id, amount) values (1, 5) returning id"))
                    .as("the key after the largest one loaded")
                    .isEqualTo("2001");
            assertThat(
                            ask(
                                    connection,
                                    "update orders set status = 'paid' where id = 1 returning updated_at > now() - interval '1 hour'"))
                    .as("the trigger works")
                    .isEqualTo("t");
            assertThat(ask(connection, "select count(*) > 0 from open_orders")).isEqualTo("t");
            assertThat(ask(connection, "show fsync"))
                    .as("nothing of the build's settings is left")
                    .isEqualTo("on");
            assertThat(ask(connection, "show max_wal_size")).isEqualTo("1GB");
        }
    }

    @Test
    void leavesNoFirstTouchToThoseWhoMeasure() throws Exception {
        DatasetSpec spec = orders(20_000);
        LocalServers servers = TestCluster.servers();
        Snapshot snapshot = new SnapshotStore(temporary, servers).obtain(spec, SEED, BuildProgress.SILENT);
        Path clone = temporary.resolve("clone");
        new CopyCloner().copy(snapshot.dataDirectory(), clone);

        try (ServerLauncher.RunningServer server = servers.start(clone, Map.of());
                Connection connection = DriverManager.getConnection(server.jdbcUrl(Snapshot.DATABASE))) {
            assertThat(ask(
                            connection,
                            "select relallvisible = relpages and relallfrozen = relpages and relpages > 50"
                                    + " and reltuples = 20000 from pg_class where relname = 'orders'"))
                    .isEqualTo("t");
            assertThat(ask(connection, "select count(*) from pg_stats where tablename = 'orders'"))
                    .isEqualTo("4");
            assertThat(ask(connection, "select correlation > 0.95 from pg_stats where attname = 'created_at'"))
                    .as("two sessions loaded it, yet it lies as if appended")
                    .isEqualTo("t");
            assertThat(ask(connection, "explain (analyze, buffers, costs off) select count(*) from orders"))
                    .doesNotContain("dirtied");
        }
        assertThat(DirectoryTree.bytes(clone.resolve("pg_wal"))).isLessThanOrEqualTo(6 * (16L << 20));
    }

    @Test
    void everyTypeArrivesAsGenerated() throws Exception {
        int rows = 300;
        Map<String, Generator> generators = new LinkedHashMap<>();
        generators.put("a_bigint", new Generator.Sequence(-5));
        generators.put("an_integer", new Generator.UniformLong(-1_000_000, 1_000_000));
        generators.put("a_smallint", new Generator.Zipf(1, 30_000, 1.2));
        generators.put(
                "a_numeric", new Generator.UniformDecimal(new BigDecimal("-9.999"), new BigDecimal("12345.678"), 3));
        generators.put("a_double", new Generator.Normal(0, 1_000));
        generators.put("a_real", new Generator.LogNormal(1, 2));
        generators.put("a_rounded", new Generator.Normal(5, 3));
        generators.put("a_text", new Generator.Text(0, 200));
        generators.put("a_varchar", new Generator.Pattern("é#?-{row}"));
        generators.put(
                "a_moment",
                new Generator.Timestamp(
                        Instant.parse("1999-01-01T00:00:00Z"), Instant.parse("2026-01-01T00:00:00Z"), 0.5));
        generators.put(
                "a_local",
                new Generator.Timestamp(
                        Instant.parse("1999-01-01T00:00:00Z"), Instant.parse("2026-01-01T00:00:00Z"), 0));
        generators.put(
                "a_date",
                new Generator.Timestamp(
                        Instant.parse("1999-01-01T00:00:00Z"), Instant.parse("2026-01-01T00:00:00Z"), 0));
        generators.put("a_uuid", new Generator.Uuid());
        generators.put("a_boolean", new Generator.Nullable(new Generator.Bool(0.5), 0.2));
        generators.put("a_mood", new Generator.Choice(List.of("good", "bad"), List.of(1.0, 1.0)));
        generators.put("a_domain", new Generator.UniformLong(1, 9));
        generators.put("a_json", new Generator.Choice(List.of("{\"a\": 1}"), List.of(1.0)));
        String schema = """
                create type mood as enum ('bad', 'good');
                create domain small as integer check (value < 10);
                create table t (
                    a_bigint bigint, an_integer integer, a_smallint smallint, a_numeric numeric(8, 3),
                    a_double double precision, a_real real, a_rounded integer, a_text text, a_varchar varchar(20),
                    a_moment timestamptz, a_local timestamp, a_date date, a_uuid uuid, a_boolean boolean,
                    a_mood mood, a_domain small, a_json jsonb, not_filled text default 'default');
                """;
        DatasetSpec spec = spec(schema, Map.of("t", new TableDefinition("t", rows, generators)));
        LocalServers servers = TestCluster.servers();
        Snapshot snapshot = new SnapshotStore(temporary, servers).obtain(spec, SEED, BuildProgress.SILENT);
        Path clone = temporary.resolve("clone");
        new CopyCloner().copy(snapshot.dataDirectory(), clone);

        try (ServerLauncher.RunningServer server = servers.start(clone, Map.of());
                Connection connection = DriverManager.getConnection(server.jdbcUrl(Snapshot.DATABASE))) {
            Map<String, ServerColumn> columns =
                    ServerCatalog.read(connection).tables().get("t").columns();
            for (Map.Entry<String, Generator> entry : generators.entrySet()) {
                // The server sends a type's value back in the very bytes that it takes it in.
                ColumnGenerator generator =
                        new ColumnCompiler(spec, SEED).compile(columns.get(entry.getKey()), entry.getValue());
                String send = switch (columns.get(entry.getKey()).type()) {
                    case "timestamptz", "timestamp", "date", "numeric", "uuid", "jsonb" ->
                        columns.get(entry.getKey()).type() + "_send";
                    default ->
                        columns.get(entry.getKey()).kind() == 'e'
                                ? "enum_send"
                                : columns.get(entry.getKey()).type() + "send";
                };
                List<String> expected = new ArrayList<>();
                for (int row = 0; row < rows; row++) {
                    CopyBuffer buffer = new CopyBuffer(64);
                    generator.write(row, buffer);
                    expected.add(java.util.HexFormat.of().formatHex(buffer.array(), Integer.BYTES, buffer.size()));
                }
                assertThat(column(
                                connection,
                                "select coalesce(encode(" + send + "(" + entry.getKey()
                                        + "), 'hex'), '') from t order by a_bigint"))
                        .as(entry.getKey())
                        .isEqualTo(expected);
            }
            assertThat(ask(connection, "select count(*) from t where not_filled = 'default'"))
                    .isEqualTo("300");
        }
    }

    @Test
    void wrongSchemaIsReportedWithItsPlace() throws Exception {
        String schema = "create table orders (id bigint);\n\nalter table orders add primary key (nowhere);\n";
        DatasetSpec spec = spec(
                schema, Map.of("orders", new TableDefinition("orders", 10, Map.of("id", new Generator.Sequence(1)))));
        SnapshotStore store = new SnapshotStore(temporary, TestCluster.servers());

        assertThatThrownBy(() -> store.obtain(spec, SEED, BuildProgress.SILENT))
                .isInstanceOfSatisfying(InvalidScenarioException.class, wrong -> {
                    Problem problem = wrong.problems().getFirst();
                    assertThat(problem.message())
                            .isEqualTo("column \"nowhere\" of relation \"orders\" does not exist;"
                                    + " in: alter table orders add primary key (nowhere)");
                    assertThat(problem.location().toString()).endsWith("schema.sql:3:1");
                    assertThat(problem.sourceLine()).isEqualTo("alter table orders add primary key (nowhere);");
                });
        assertNothingLeft();
    }

    @Test
    void everyWrongColumnIsReportedAtOnce() throws Exception {
        String schema = "create table orders (id bigint, note inet);";
        Map<String, Generator> generators = new LinkedHashMap<>();
        generators.put("id", new Generator.Text(1, 5));
        generators.put("note", new Generator.Text(1, 5));
        generators.put("missing", new Generator.Sequence(1));
        DatasetSpec spec = spec(schema, Map.of("orders", new TableDefinition("orders", 10, generators)));
        SnapshotStore store = new SnapshotStore(temporary, TestCluster.servers());

        assertThatThrownBy(() -> store.obtain(spec, SEED, BuildProgress.SILENT))
                .isInstanceOfSatisfying(
                        InvalidScenarioException.class,
                        wrong -> assertThat(wrong.problems())
                                .extracting(Problem::path)
                                .containsExactly(
                                        "tables.orders.columns.id",
                                        "tables.orders.columns.note",
                                        "tables.orders.columns.missing"));
        assertNothingLeft();
    }

    @Test
    void ofTwoWhoWantTheSameOnlyOneBuilds() throws Exception {
        DatasetSpec spec = orders(1_000);
        LocalServers servers = TestCluster.servers();
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            Future<Snapshot> one =
                    both.submit(() -> new SnapshotStore(temporary, servers).obtain(spec, SEED, BuildProgress.SILENT));
            Future<Snapshot> other =
                    both.submit(() -> new SnapshotStore(temporary, servers).obtain(spec, SEED, BuildProgress.SILENT));

            assertThat(Stream.of(one.get(), other.get()).filter(snapshot -> snapshot.buildSeconds() > 0))
                    .hasSize(1);
        } finally {
            both.shutdownNow();
        }
    }

    @Test
    void interruptedBuildLeavesNothing() throws Exception {
        DatasetSpec spec = orders(100_000_000);
        SnapshotStore store = new SnapshotStore(temporary, TestCluster.servers(), directory -> Long.MAX_VALUE);
        Thread builder = Thread.currentThread();
        BuildProgress interrupting = new BuildProgress() {
            @Override
            public void phase(String phase) {}

            @Override
            public void rows(String table, long done, long total, double rowsPerSecond) {
                builder.interrupt();
            }
        };

        assertThatThrownBy(() -> store.obtain(spec, SEED, interrupting)).isInstanceOf(InterruptedException.class);
        assertNothingLeft();
    }

    private void assertNothingLeft() throws Exception {
        try (Stream<Path> left = Files.list(temporary.resolve("snapshots"))) {
            assertThat(left.filter(Files::isDirectory)).isEmpty();
        }
    }

    private DatasetSpec orders(long rows) {
        String schema = """
                create table orders (id bigint, customer_id bigint, created_at timestamptz, note text);
                alter table orders add primary key (id);
                """;
        Map<String, Generator> generators = new LinkedHashMap<>();
        generators.put("id", new Generator.Sequence(1));
        generators.put("customer_id", new Generator.UniformLong(1, 500));
        generators.put(
                "created_at",
                new Generator.Timestamp(
                        Instant.parse("2023-01-01T00:00:00Z"), Instant.parse("2026-01-01T00:00:00Z"), 1));
        generators.put("note", new Generator.Text(10, 40));
        return spec(schema, Map.of("orders", new TableDefinition("orders", rows, generators)));
    }

    private DatasetSpec spec(String schema, Map<String, TableDefinition> tables) {
        return new DatasetSpec(new DatasetDefinition("test", temporary, schema, tables), 1, Map.of());
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        return String.join("\n", column(connection, sql));
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }
}
