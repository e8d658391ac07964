package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalReplica;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that follow another, or do not, as a scenario names them. */
@Timeout(180)
class ExternalReplicasTest {
    @TempDir
    private Path directory;

    private Environment cluster;

    @BeforeEach
    void startCluster() throws Exception {
        cluster = TestCluster.followed(TestCluster.clone(directory.resolve("data")), directory.resolve("run"), 1);
    }

    @AfterEach
    void stopCluster() throws Exception {
        cluster.close();
    }

    private static ExternalSpec spec(Server primary, Server... replicas) {
        return new ExternalSpec(
                primary.host(),
                primary.port(),
                Snapshot.DATABASE,
                List.of(),
                List.of(replicas).stream()
                        .map(replica -> new ExternalReplica(replica.host(), replica.port()))
                        .toList());
    }

    /** As the superuser: each cluster has a password of its own. */
    private ExternalReplicas checked(Server primary, Server replica, String... forbidden) throws Exception {
        try (Connection connection = DriverManager.getConnection(primary.jdbcUrl(ApplicationNames.OBSERVER))) {
            return ExternalReplicas.checked(
                    spec(primary, replica),
                    connection,
                    server -> new ExternalAddress(
                            server.host(), server.port(), new Credentials(replica.user(), replica.password())),
                    List.of(forbidden),
                    10);
        }
    }

    private Server replica() {
        return cluster.replicas().get("replica-1");
    }

    @Test
    void aReplicaIsTakenAndGetsWhatIsMadeOnItsPrimary() throws Exception {
        ExternalReplicas replicas = checked(cluster.primary(), replica());
        execute("create database made_just_now");

        replicas.await("made_just_now");

        assertThat(replicas.lagRefusal()).isEmpty();
        try (Connection connection = replicas.replicas().getFirst().address().connect("made_just_now", "test")) {
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @Test
    void aServerThatTakesWritesIsNoReplica() {
        Server primary = cluster.primary();

        assertThatThrownBy(() -> checked(primary, primary))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("environment.replicas[0]: the server at " + address(primary)
                        + " is no replica: it takes writes");
    }

    @Test
    void aReplicaOfAnotherClusterIsRefused() throws Exception {
        Path fresh = directory.resolve("other");
        TestCluster.servers().initialise(fresh);
        try (LocalServer first = TestCluster.servers().start(fresh, Map.of());
                Connection connection = DriverManager.getConnection(first.jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + Snapshot.DATABASE);
        }
        try (Environment other = TestCluster.followed(fresh, directory.resolve("other-run"), 1)) {
            Server stranger = other.replicas().get("replica-1");
            assertThatThrownBy(() -> checked(cluster.primary(), stranger))
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessageMatching("environment\\.replicas\\[0]: the server at " + address(stranger)
                            + " is a replica, but not of the server at " + address(cluster.primary())
                            + ": its system identifier is [0-9]+, and that one's [0-9]+");
        }
    }

    @Test
    void oneThatIsForbiddenIsRefused() {
        assertThatThrownBy(() -> checked(cluster.primary(), replica(), address(replica())))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageStartingWith(
                        "environment.replicas[0]: the server at " + address(replica()) + " looks like production: "
                                + address(replica()) + " is among the names in HARNESS_PRODUCTION.");
    }

    @Test
    void aDatabaseThatNeverComesIsToldWithItsReplica() throws Exception {
        ExternalReplicas replicas = checked(cluster.primary(), replica());

        assertThatThrownBy(() -> replicas.await("never_made"))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("environment.replicas[0]: the replica at " + address(replica())
                        + " has all that the server at environment.url had written, but not the database never_made");
    }

    /** A role that may not ask: the functions are everybody's, until somebody takes them away. */
    @Test
    void aRoleThatMayNotAskIsToldSo() throws Exception {
        execute("revoke execute on function pg_last_wal_replay_lsn() from public");
        execute("create role plain login createdb password 'secret'");
        ExternalReplicas all = checked(cluster.primary(), replica());
        execute("create database awaited");
        all.await("awaited");

        try (Connection connection =
                DriverManager.getConnection(cluster.primary().jdbcUrl("test"))) {
            ExternalReplicas seen = ExternalReplicas.checked(
                    spec(cluster.primary(), replica()),
                    connection,
                    server -> new ExternalAddress(server.host(), server.port(), new Credentials("plain", "secret")),
                    List.of(),
                    10);

            assertThat(seen.lagRefusal())
                    .contains("The server does not say it to this role: ERROR: permission denied for function"
                            + " pg_last_wal_replay_lsn.");
            seen.await("awaited");
        }
    }

    private static String address(Server server) {
        return server.host() + ":" + server.port();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(cluster.primary().jdbcUrl("test"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
