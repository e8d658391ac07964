package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.cli.HarnessProcess.Ended;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.PgBouncerTest;
import dev.rehearsal.environment.TestCluster;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rehearsals on a server that was there before: with a role that is no superuser, and a database of somebody else's beside it. */
@Timeout(300)
class ExternalRehearsalTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SECRET = "s3cret-of-the-test";

    @TempDir
    private Path directory;

    private LocalServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of());
        execute(
                Snapshot.DATABASE,
                "create role plain login createdb password '" + SECRET + "'",
                "create role powerless login password '" + SECRET + "'",
                "create database staging");
        execute("staging", "create table theirs (id int primary key)", "insert into theirs values (1), (2)");
        // Looks like one of ours and is not: nobody says so.
        execute("staging", "create database rehearsal_0123456789abcdef_run owner plain");
    }

    @AfterEach
    void stopServer() throws Exception {
        server.close();
    }

    @Test
    void aWrongPasswordIsToldAndNeverShown() throws Exception {
        Ended run = rehearse("run", scenario(""), "plain", "wrong-" + SECRET);

        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
        assertThat(run.told())
                .contains("harness: environment.url: the server at " + address() + " does not take plain into staging: "
                        + "FATAL: password authentication failed for user \"plain\"")
                .contains("PGUSER and PGPASSWORD")
                .doesNotContain(SECRET);
        assertUntouched();
    }

    @Test
    void aMissingRightIsNamed() throws Exception {
        Ended run = rehearse("run", scenario(""), "powerless", SECRET);

        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
        assertThat(run.told())
                .contains("harness: the role powerless may not create databases on " + address()
                        + ", so the dataset has no place there")
                .contains("alter role powerless createdb");
        assertUntouched();
    }

    @Test
    void aServerThatSaysItIsProductionIsRefusedAndLeftAlone() throws Exception {
        execute("staging", "alter database staging set harness.production = on");
        Ended run = rehearse("run", scenario(""), "plain", SECRET);

        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
        assertThat(run.told())
                .contains("harness: environment.url: the server at " + address()
                        + " looks like production: its setting harness.production is on, or the database staging has a table"
                        + " harness_production. Nothing was done. The harness would have made databases called rehearsal_… on "
                        + address() + ", driven the traffic and the migration there, and dropped them again.");
        assertUntouched();
    }

    @Test
    @Tag("proof")
    @Tag("beside-others")
    void rehearsesInDatabasesOfItsOwnAndLeavesNothing() throws Exception {
        Ended run = rehearse("run", scenario("drills: [ rerun ]\n"), "plain", SECRET);

        assertThat(run.exitCode()).as(run.told()).isIn(1, 3);
        JsonNode result = new HarnessRun(run.exitCode(), "", "", directory.resolve("run")).result();
        assertThat(result.get("environment").get("runtime").asString()).isEqualTo("external");
        assertThat(result.get("validity").get("limitations"))
                .extracting(limited -> limited.get("instrument").asString())
                .containsExactly("event triggers", "lock waits");
        JsonNode statement = result.get("steps").get(0).get("statements").get(0);
        assertThat(statement.get("rewrites").get(0).get("relation").asString()).isEqualTo("orders");
        assertThat(statement.get("victims")).isNotEmpty();
        assertThat(statement.get("victims").get(0).get("service").asString()).isEqualTo("shop");
        assertThat(result.get("drills").get(0).get("name").asString()).isEqualTo("rerun");
        assertThat(run.told()).contains("limited").contains("What is shorter than");
        assertThat(everythingIn(directory.resolve("run"))).doesNotContain(SECRET);
        assertUntouched();
    }

    /** Flyway's sessions are told by a relay: no log is read there. */
    @Test
    @Tag("proof")
    @Tag("beside-others")
    void rehearsesFlywaysMigrationsThereAndTakesThemBack() throws Exception {
        Files.writeString(
                Files.createDirectories(directory.resolve("migrations")).resolve("V1__token.sql"),
                "alter table orders add column token uuid not null default gen_random_uuid();");
        Files.writeString(directory.resolve("migrations/U1__token.sql"), "alter table orders drop column token;");
        Path scenario = scenario("drills: [ rerun ]\n");
        Files.writeString(
                scenario,
                Files.readString(scenario)
                        .replaceFirst("- \\{ name: rewrite, sql: .*", "- { flyway: { locations: [ migrations ] } }"));

        Ended run = rehearse("run", scenario, "plain", SECRET);

        assertThat(run.exitCode()).as(run.told()).isIn(1, 3);
        JsonNode result = new HarnessRun(run.exitCode(), "", "", directory.resolve("run")).result();
        JsonNode statement = result.get("steps").get(0).get("statements").get(0);
        assertThat(statement.get("sql").asString()).startsWith("alter table orders add column token");
        assertThat(statement.get("rewrites").get(0).get("relation").asString()).isEqualTo("orders");
        assertThat(statement.get("victims").get(0).get("service").asString()).isEqualTo("shop");
        assertThat(result.get("rollback").get("status").asString()).isEqualTo("succeeded");
        assertThat(result.get("rollback").get("schemaRestored").asBoolean()).isTrue();
        assertThat(result.get("drills").get(0).get("name").asString()).isEqualTo("rerun");
        assertThat(HarnessRun.stream(result.get("lint"))
                        .flatMap(lint -> HarnessRun.stream(lint.get("aspects")))
                        .filter(aspect -> !aspect.get("agrees").asBoolean()))
                .as("what is not known is not compared")
                .isEmpty();
        assertThat(HarnessRun.stream(result.get("notes")).map(JsonNode::asString))
                .anyMatch(note -> note.contains("is known from its messages"));
        assertThat(everythingIn(directory.resolve("run"))).doesNotContain(SECRET);
        assertUntouched();
    }

    /** Of the lock's victims nothing but the names of their sessions is known there: no log, and process ids that PgBouncer has made up. */
    @Test
    @Tag("proof")
    @Tag("beside-others")
    void rehearsesThroughAPgBouncerOfTheHarnessInFrontOfIt() throws Exception {
        assertThat(PgBouncerTest.required()).isNotNull();
        Path scenario = scenario("drills: []\n");
        Files.writeString(
                scenario,
                Files.readString(scenario)
                        .replace(
                                "environment: {",
                                "environment: { pooler: { kind: pgbouncer, mode: transaction, poolSize: 5 },")
                        .replace("rate: 100/s", "rate: 100/s\n      pool: { prepareThreshold: 0 }")
                        .replace("  steps:\n", "  steps:\n    - { name: limit, sql: \"set lock_timeout = '4s'\" }\n"));

        Ended run = rehearse("run", scenario, "plain", SECRET);

        assertThat(run.exitCode()).as(run.told()).isIn(1, 3);
        JsonNode result = new HarnessRun(run.exitCode(), "", "", directory.resolve("run")).result();
        assertThat(result.get("environment").get("runtime").asString()).isEqualTo("external");
        assertThat(result.get("environment").get("pooler").get("mode").asString())
                .isEqualTo("transaction");
        assertThat(result.get("environment")
                        .get("pooler")
                        .get("mostClientsWaiting")
                        .asInt())
                .isPositive();
        JsonNode rewrite = result.get("steps").get(1).get("statements").get(0);
        assertThat(rewrite.get("victims")).as(run.told()).singleElement().satisfies(victim -> {
            assertThat(victim.get("operation").asString()).isEqualTo("read-order");
            assertThat(victim.get("requests").asInt()).isBetween(1, 5);
        });
        assertThat(result.get("validity")
                        .get("crossCheck")
                        .get("unmatchedWaits")
                        .asInt())
                .isZero();
        assertThat(HarnessRun.stream(result.get("findings"))
                        .map(finding -> finding.get("objective").asString() + " "
                                + finding.get("subject").asString()))
                .contains("pooler lock_timeout in sessions of the application");
        assertThat(everythingIn(directory.resolve("run"))).doesNotContain(SECRET);
        assertUntouched();
    }

    @Test
    @Tag("proof")
    @Tag("beside-others")
    void whatAKilledRunLeftTheNextRemovesAndNothingElse() throws Exception {
        Process killed = start("killed", scenario(""), "plain", SECRET);
        try {
            await().atMost(PATIENCE).until(() -> databases().size() == 6 || !killed.isAlive());
            assertThat(killed.isAlive()).as(told("killed")).isTrue();
        } finally {
            killed.destroyForcibly().waitFor();
        }
        assertThat(databases()).hasSize(6);

        Ended next = rehearse("next", scenario(""), "plain", SECRET);

        assertThat(next.told().replaceAll("\\s+", " "))
                .contains("_data on " + address() + ", left by a harness that was killed");
        assertUntouched();
    }

    @Test
    @Tag("proof")
    @Tag("beside-others")
    void threeInjectorsBuildTheDatasetAndThenMakeTheLoad() throws Exception {
        Ended run = rehearse("run", scenario("drills: []\n", "3"), "plain", SECRET);

        assertThat(run.exitCode()).as(run.told()).isIn(1, 3);
        JsonNode result = new HarnessRun(run.exitCode(), "", "", directory.resolve("run")).result();
        assertThat(result.get("notes"))
                .as(run.told())
                .anySatisfy(
                        note -> assertThat(note.asString())
                                .matches(
                                        "The rows of the dataset were made by the injectors: slice 0, process \\d+ of this machine, [\\d,]+;"
                                                + " slice 1, process \\d+ of this machine, [\\d,]+; slice 2, process \\d+ of this machine, [\\d,]+\\."));
        assertThat(result.get("dataset").get("rows").get("orders").asLong()).isEqualTo(50_000);
        assertThat(result.get("validity").get("injectors")).hasSize(3).allSatisfy(injector -> {
            assertThat(injector.get("planned").asLong()).isPositive();
            assertThat(injector.get("recorded").asLong())
                    .isEqualTo(injector.get("planned").asLong());
        });
        assertThat(everythingIn(directory.resolve("run"))).doesNotContain(SECRET);
        assertUntouched();
    }

    /** As a scheduler starts it: of the same command line that makes the load. */
    @Test
    @Tag("proof")
    @Tag("beside-others")
    void aSliceThatIsLostInTheBuildEndsTheRunAndLeavesNothing() throws Exception {
        String at = "127.0.0.1:" + freePort();
        String token = "a token of this test alone";
        Path scenario = scenario("drills: []\n", "{ count: 3, at: \"" + at + "\" }");
        Files.writeString(scenario, Files.readString(scenario).replace("scale: 0.05", "scale: 1"));
        Map<String, String> environment = new java.util.HashMap<>(credentials("plain", SECRET));
        environment.put("HARNESS_INJECTOR_TOKEN", token);
        List<Process> injectors = new ArrayList<>();
        Process run = HarnessProcess.start(directory, "run", scenario, environment);
        try {
            for (int slice = 0; slice < 3; slice++) {
                injectors.add(HarnessProcess.injector(directory, at, slice, token));
            }
            await().atMost(PATIENCE).until(() -> copying() || !run.isAlive());
            assertThat(run.isAlive()).as(told("run")).isTrue();

            injectors.get(1).destroyForcibly();

            assertThat(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(run.exitValue()).as(told("run")).isEqualTo(3);
            assertThat(told("run").replaceAll("\\s+", " "))
                    .contains("waiting for 3 injectors at " + at)
                    .containsPattern(
                            "harness: while it built its slice of the dataset \\(rows [^)]+\\), the load injector of slice 1"
                                    + " \\(of 3, from 0\\), \\S+ at 127\\.0\\.0\\.1, went away")
                    .contains("Start the rehearsal again, and its injectors: what was built is dropped.")
                    .doesNotContain(SECRET);
            for (Process injector : injectors) {
                assertThat(injector.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            }
            assertThat(List.of(injectors.get(0).exitValue(), injectors.get(2).exitValue()))
                    .as("the rehearsal broke off")
                    .containsOnly(3);
        } finally {
            run.destroyForcibly();
            injectors.forEach(Process::destroyForcibly);
        }
        assertUntouched();
        await().atMost(PATIENCE)
                .until(() -> texts("postgres", "select query from pg_stat_activity where usename = 'plain'")
                        .isEmpty());
    }

    /** The harness itself tries the first rows before, with one session. */
    private boolean copying() throws SQLException {
        return texts("postgres", "select query from pg_stat_activity where query like 'copy %' and usename = 'plain'")
                        .size()
                > 1;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void dataThatOthersAreConnectedToAreNotTaken() throws Exception {
        ownDatabase();
        try (Connection other = DriverManager.getConnection(server.jdbcUrl("theirs"))) {
            Ended run = rehearse("run", existing(), "plain", SECRET);

            assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
            assertThat(run.told().replaceAll("\\s+", " "))
                    .contains("harness: the database theirs on " + address()
                            + " cannot be copied while others are connected to it: ERROR: source database \"theirs\" is being"
                            + " accessed by other users")
                    .contains("End their sessions for as long as a copy takes");
            assertThat(other.isValid(5)).isTrue();
        }
    }

    @Test
    @Tag("proof")
    @Tag("beside-others")
    void rehearsesOnCopiesOfWhatIsThere() throws Exception {
        List<String> before = ownDatabase();

        Ended run = rehearse("run", existing(), "plain", SECRET);

        assertThat(run.exitCode()).as(run.told()).isIn(1, 3);
        JsonNode result = new HarnessRun(run.exitCode(), "", "", directory.resolve("run")).result();
        assertThat(result.get("dataset").get("name").asString()).isEqualTo("theirs");
        assertThat(result.get("dataset").get("rows").get("parts").asLong()).isEqualTo(20_000);
        JsonNode statement = result.get("steps").get(0).get("statements").get(0);
        assertThat(statement.get("rewrites").get(0).get("relation").asString()).isEqualTo("parts");
        JsonNode reads = result.get("stages").get(1).get("operations").get(0);
        assertThat(reads.get("completed").asLong()).isGreaterThan(100);
        assertThat(reads.get("failed").asLong()).isZero();
        assertThat(texts(
                        "theirs",
                        "select column_name from information_schema.columns where table_name = 'parts' order by 1"))
                .as("what is never touched")
                .containsExactly("id", "name");
        assertThat(databases()).isEqualTo(before);
    }

    /** Over a fault proxy of ours, which slows it down for a while; a primary's data come to it by streaming alone. */
    @Test
    @Tag("proof")
    @Tag("beside-others")
    void readsFromItsReplicaAndTellsHowFarThatIsBehind() throws Exception {
        Path data = TestCluster.clone(directory.resolve("followed"));
        try (Environment cluster = TestCluster.followed(data, directory.resolve("cluster"), 1)) {
            executeThere(
                    cluster.primary().jdbcUrl("test"), "create role plain login createdb password '" + SECRET + "'");
            String primary = "127.0.0.1:" + cluster.primary().port();
            String replica = "127.0.0.1:" + cluster.replicas().get("replica-1").port();
            Path scenario = Files.writeString(directory.resolve("scenario.yaml"), """
                    name: with-a-replica
                    dataset: { use: %s, scale: 0.02 }
                    environment:
                      url: "jdbc:postgresql://%s/%s"
                      replicas: [ "jdbc:postgresql://%s/%s" ]
                      allow: [ 127.0.0.1 ]
                    timeline: { warmup: 2s, baseline: 3s, migration: 2s, settle: 2s }
                    workload:
                      services:
                        - name: shop
                          rate: 50/s
                          operations:
                            - name: read-order
                              reads: replica
                              parameters: { id: { references: orders.id, zipf: 1.05 } }
                              transaction: select id, status from orders where id = :id
                    migration: { steps: [ { sql: update orders set channel = 'app' } ] }
                    faults: [ { at: { stage: baseline, after: 500ms }, latency: { of: replica-1, delay: 150ms, for: 1s } } ]
                    drills: []
                    objectives: [ { replicaLag: { max: 5m } } ]
                    """.formatted(
                            HarnessRun.ROOT.resolve("datasets/catalog/shop"),
                            primary,
                            Snapshot.DATABASE,
                            replica,
                            Snapshot.DATABASE));

            Ended run = rehearse("run", scenario, "plain", SECRET);

            assertThat(run.exitCode()).as(run.told()).isIn(0, 3);
            assertThat(directory.resolve("run/result.json")).as(run.told()).exists();
            JsonNode result = new HarnessRun(run.exitCode(), "", "", directory.resolve("run")).result();
            assertThat(result.get("environment").get("replicas").asInt()).isEqualTo(1);
            JsonNode reads = result.get("stages").get(1).get("operations").get(0);
            assertThat(reads.get("completed").asLong()).as(run.told()).isGreaterThan(50);
            assertThat(reads.get("failed").asLong()).as(run.told()).isZero();
            assertThat(reads.get("response").get("max").asDouble()).isGreaterThan(150);
            assertThat(result.get("stages"))
                    .anySatisfy(stage -> assertThat(stage.get("replicaLag"))
                            .anySatisfy(lag ->
                                    assertThat(lag.get("replica").asString()).isEqualTo("replica-1")));
            assertThat(result.get("findings").get(0).get("message").asString()).contains("replica-1 was behind");
            assertThat(everythingIn(directory.resolve("run"))).doesNotContain(SECRET);
            try (Connection connection =
                            DriverManager.getConnection(cluster.primary().jdbcUrl("test"));
                    Statement statement = connection.createStatement();
                    ResultSet left = statement.executeQuery(
                            "select count(*) from pg_database where datname like 'rehearsal\\_%'")) {
                left.next();
                assertThat(left.getInt(1)).isZero();
            }
        }
    }

    private static void executeThere(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Makes a database of the role's own, with rows in it, and says which there are then. */
    private List<String> ownDatabase() throws Exception {
        execute(Snapshot.DATABASE, "create database theirs owner plain");
        execute(
                "theirs",
                "set role plain",
                "create table parts (id int primary key, name text not null)",
                "insert into parts select n, md5(n::text) from generate_series(1, 20000) n",
                "analyze parts");
        return databases();
    }

    private Path existing() throws IOException {
        return Files.writeString(directory.resolve("scenario.yaml"), """
                name: what-is-there
                dataset: existing
                environment: { url: "jdbc:postgresql://%s/theirs", allow: [ "%s" ] }
                timeline: { warmup: 2s, baseline: 3s, migration: 2s, settle: 1s }
                workload:
                  services:
                    - name: shop
                      rate: 50/s
                      operations:
                        - name: read-part
                          parameters: { id: { references: parts.id, zipf: 1.05 } }
                          transaction: select id, name from parts where id = :id
                migration:
                  steps:
                    - { name: rewrite, sql: alter table parts add column token uuid not null default gen_random_uuid() }
                drills: []
                objectives:
                  - { rewrites: none }
                """.formatted(address(), address()));
    }

    private Path scenario(String more) throws IOException {
        return scenario(more, "1");
    }

    private Path scenario(String more, String injectors) throws IOException {
        return Files.writeString(
                directory.resolve("scenario.yaml"),
                """
                name: elsewhere
                dataset: { use: %s, scale: 0.05 }
                environment: { url: "jdbc:postgresql://%s/staging", allow: [ "%s" ] }
                timeline: { warmup: 3s, baseline: 4s, migration: 2s, settle: 1s }
                workload:
                  injectors: %s
                  services:
                    - name: shop
                      rate: 100/s
                      operations:
                        - name: read-order
                          parameters: { id: { references: orders.id, zipf: 1.05 } }
                          transaction: select id, status from orders where id = :id
                migration:
                  steps:
                    - { name: rewrite, sql: alter table orders add column token uuid not null default gen_random_uuid() }
                objectives:
                  - { rewrites: none }
                  - { lockWait: { victims: application, max: 2s } }
                """.formatted(HarnessRun.ROOT.resolve("datasets/catalog/shop"), address(), address(), injectors)
                        + more);
    }

    private String address() {
        return "127.0.0.1:" + server.port();
    }

    private Ended rehearse(String name, Path scenario, String user, String password) throws Exception {
        return HarnessProcess.rehearse(directory, name, scenario, credentials(user, password), PATIENCE);
    }

    private Process start(String name, Path scenario, String user, String password) throws IOException {
        return HarnessProcess.start(directory, name, scenario, credentials(user, password));
    }

    private static Map<String, String> credentials(String user, String password) {
        return Map.of("PGUSER", user, "PGPASSWORD", password);
    }

    private String told(String name) throws IOException {
        return HarnessProcess.told(directory, name);
    }

    private static String everythingIn(Path run) throws IOException {
        StringBuilder text = new StringBuilder();
        try (var files = Files.walk(run)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                text.append(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return text.toString();
    }

    private void assertUntouched() throws SQLException {
        assertThat(databases())
                .containsExactly("postgres", Snapshot.DATABASE, "rehearsal_0123456789abcdef_run", "staging");
        assertThat(texts("staging", "select relname from pg_class where relkind in ('r', 'v') and oid >= 16384"))
                .containsExactly("theirs");
        assertThat(texts("staging", "select id::text from theirs order by 1")).containsExactly("1", "2");
        assertThat(texts("staging", "select nspname from pg_namespace where nspname like 'harness%'"))
                .isEmpty();
    }

    private List<String> databases() throws SQLException {
        return texts("postgres", "select datname from pg_database where not datistemplate order by datname");
    }

    private List<String> texts(String database, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(database));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    private void execute(String database, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(database));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
