package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import dev.rehearsal.scenario.PoolerSpec;
import dev.rehearsal.scenario.PoolerSpec.PoolMode;
import dev.rehearsal.scenario.PoolerSpec.Way;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PgBouncer in a container, in front of a server in another. */
@Timeout(180)
@InContainers(value = "18", pooler = true)
class PgBouncerContainerTest {
    private static final PoolerSpec TRANSACTION = pooler(Optional.empty());

    @TempDir
    private Path temporary;

    private static PoolerSpec pooler(Optional<String> image) {
        return new PoolerSpec(
                PoolMode.TRANSACTION,
                OptionalInt.of(3),
                OptionalInt.empty(),
                Way.DIRECT,
                Map.of("server_login_retry", "1"),
                image);
    }

    private static EnvironmentSpec behind(PoolerSpec pooler) {
        return TestContainers.spec("18", Map.of()).behind(Optional.of(pooler));
    }

    @Test
    void standsBetweenTwoFaultProxiesSharesSessionsAndLeavesNothing() throws Exception {
        EnvironmentSpec spec = behind(TRANSACTION);
        Set<String> before = ids();
        try (ServerRuntime runtime = TestContainers.runtime(spec)) {
            Path data = TestContainers.cluster(runtime, temporary.resolve("data"));
            try (Environment environment =
                    runtime.start(spec, data, Map.of(), 5, Files.createDirectories(temporary.resolve("run")))) {
                assertLeaked(environment);
                assertKnowsRoles(environment);
                assertThat(PgBouncerTest.ask(
                                environment.migration().jdbcUrl("migration"),
                                "select application_name from pg_stat_activity where pid = pg_backend_pid()"))
                        .as("goes around the pooler")
                        .isEqualTo("migration");
                assertThat(environment.migration().port())
                        .isNotEqualTo(environment.application().port());
                FaultProxyApi.update(environment.faultApi(), "primary", Map.of("enabled", false));
                assertThatThrownBy(() -> PgBouncerTest.ask(
                                environment.application().jdbcUrl("one") + "&socketTimeout=2", "select 1"))
                        .as("the pooler's own way is through the primary's proxy")
                        .isInstanceOf(SQLException.class);
                var facts = environment.facts(RunClock.started()).pooler().orElseThrow();
                assertThat(facts.settings()).isEqualTo(Map.of("server_login_retry", "1"));
                assertThat(environment.troubles()).isEmpty();
                endPooler(before);
                assertThat(environment.troubles())
                        .singleElement()
                        .satisfies(
                                trouble -> assertThat(trouble)
                                        .matches(
                                                "(?s)PgBouncer \\(container [0-9a-f]{12}\\) ended with 137 during the run; its last words: .*"));
            }
        }

        assertThat(ids()).isEqualTo(before);
    }

    private static void assertLeaked(Environment environment) throws SQLException {
        try (Connection one =
                        DriverManager.getConnection(environment.application().jdbcUrl("one"));
                Connection other =
                        DriverManager.getConnection(environment.application().jdbcUrl("other"))) {
            PgBouncerTest.ask(one, "select set_config('lock_timeout', '1234ms', false)");

            assertThat(PgBouncerTest.ask(other, "show lock_timeout")).isEqualTo("1234ms");
        }
    }

    private static void assertKnowsRoles(Environment environment) throws SQLException {
        try (Connection direct =
                        DriverManager.getConnection(environment.primary().jdbcUrl("test"));
                Statement statement = direct.createStatement()) {
            statement.execute("create role tool login password 'one'");
        }
        String url = "jdbc:postgresql://127.0.0.1:" + environment.application().port() + "/" + Snapshot.DATABASE
                + "?user=tool&password=";

        assertThat(PgBouncerTest.ask(url + "one", "select current_user::text")).isEqualTo("tool");
        assertThatThrownBy(() -> PgBouncerTest.ask(url + "wrong", "select 1")).isInstanceOf(SQLException.class);
    }

    private static void endPooler(Set<String> before) throws Exception {
        EngineClient client = EngineClient.of(ContainerEngine.find());
        String pooler = TestContainers.ours().stream()
                .filter(thing -> thing.container() && !before.contains(thing.id()))
                .map(EngineClient.Labelled::id)
                .filter(id -> client.inspect(id)
                        .getConfig()
                        .getImage()
                        .equals(poolerImage().id()))
                .findFirst()
                .orElseThrow();
        client.signal(pooler, "SIGKILL");
        assertThat(client.ended(pooler, java.time.Duration.ofSeconds(10))).isTrue();
    }

    private static ContainerImages.Found poolerImage() {
        return new ContainerImages(ContainerEngine.find())
                .present(ContainerImages.pooler())
                .orElseThrow();
    }

    private static Set<String> ids() throws EnvironmentException {
        Set<String> ids = new HashSet<>();
        TestContainers.ours().forEach(thing -> ids.add(thing.id()));
        return ids;
    }

    @Test
    void anImageWithoutOneIsRefused() {
        assertThatThrownBy(() -> TestContainers.runtime(behind(pooler(Optional.of("harness/postgres:18")))))
                .isInstanceOfSatisfying(
                        EnvironmentException.class,
                        e -> assertThat(e.remedy())
                                .isEqualTo("Name one that has, in environment.pooler.image, or take --runtime local."))
                .hasMessageStartingWith(
                        "the image harness/postgres:18 has no PgBouncer: 'pgbouncer --version' in it ended with ");
    }

    @Test
    void whatItsVersionCannotDoIsRefusedBeforeAnythingStarts() {
        PoolerSpec prepared = new PoolerSpec(PoolMode.TRANSACTION, OptionalInt.of(3), OptionalInt.of(200), Way.POOLED);

        assertThatThrownBy(() -> TestContainers.runtime(behind(prepared)))
                .isInstanceOfSatisfying(
                        EnvironmentException.class,
                        e -> assertThat(e.remedy())
                                .isEqualTo(
                                        "Take a PgBouncer 1.21 or newer (name its image in environment.pooler.image), or leave preparedStatements away."))
                .hasMessageMatching(
                        "environment\\.pooler\\.preparedStatements: harness/pgbouncer:1 is PgBouncer 1\\.\\S+,"
                                + " which knows no max_prepared_statements");
    }
}
