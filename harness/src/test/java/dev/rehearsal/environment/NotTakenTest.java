package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NotTakenTest {
    private static final String WHO =
            "PGUSER and PGPASSWORD, or a line of PGPASSFILE (else ~/.pgpass) that fits host, port, database and user, say who the harness is there.";

    private static final String WAY =
            "Check host and port, that the server listens there (listen_addresses), and that no firewall is between it and this machine.";

    @TempDir
    private Path directory;

    /** What is told, and what to do. */
    private record Told(String message, String remedy) {}

    @Test
    void saysWhetherTheWayTheRoleOrTheDatabaseIsWrong() throws Exception {
        try (LocalServer server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of())) {
            try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                    Statement statement = connection.createStatement()) {
                statement.execute("create role plain login password 'right'");
                statement.execute("create role busy login connection limit 0 password 'right'");
                statement.execute("revoke connect on database " + Snapshot.DATABASE + " from public");
            }
            String at = "environment.url: the server at 127.0.0.1:" + server.port() + " does not take ";

            assertThat(told("127.0.0.1", server.port(), "postgres", "plain", "wrong"))
                    .isEqualTo(
                            new Told(
                                    at
                                            + "plain into postgres: FATAL: password authentication failed for user \"plain\"",
                                    "Check the address; " + WHO
                                            + " Where the message names pg_hba.conf, that file there does not let this machine in."));
            assertThat(told("127.0.0.1", server.port(), "postgres", "plain", "").remedy())
                    .isEqualTo("No password was found for plain. " + WHO);
            assertThat(told("127.0.0.1", server.port(), "nothere", "plain", "right"))
                    .isEqualTo(new Told(
                            at + "plain into nothere: FATAL: database \"nothere\" does not exist",
                            "Name in environment.url a database that is there; the harness makes its own beside it."));
            assertThat(told("127.0.0.1", server.port(), Snapshot.DATABASE, "plain", "right")
                            .remedy())
                    .isEqualTo("Have somebody who may run: grant connect on database \"" + Snapshot.DATABASE
                            + "\" to plain");
            assertThat(told("127.0.0.1", server.port(), "postgres", "busy", "right"))
                    .isEqualTo(
                            new Told(
                                    at + "busy into postgres: FATAL: too many connections for role \"busy\"",
                                    "End sessions there, or have somebody raise max_connections, or the limit of the role or the database."));
        }
    }

    @Test
    void saysThatARoleCannotReadWhatIsThere() {
        EnvironmentException told = NotTaken.unread(
                new ExternalSpec("staging.example", 5432, "shop", List.of()),
                new Credentials("plain", "s3cret"),
                "shop",
                new SQLException("ERROR: permission denied for table orders", "42501"));

        assertThat(told)
                .hasMessage("environment.url: the role plain cannot read what is in shop on staging.example:5432:"
                        + " ERROR: permission denied for table orders");
        assertThat(told.remedy())
                .isEqualTo("Tables' sizes, columns and, of small ones, rows are read there. Have somebody run:"
                        + " grant pg_read_all_data to plain (from PostgreSQL 14 on), or grant it usage of the schemas and"
                        + " select on the tables.");
    }

    @Test
    void saysWhyTheServerCannotBeReached() throws Exception {
        int free = Ports.free();

        assertThat(told("127.0.0.1", free, "postgres", "plain", "right")).satisfies(told -> {
            assertThat(told.message())
                    .startsWith("environment.url: the server at 127.0.0.1:" + free
                            + " cannot be reached: Connection to 127.0.0.1:" + free + " refused.");
            assertThat(told.remedy()).isEqualTo(WAY);
        });
        assertThat(told("staging.invalid", 5432, "postgres", "plain", ""))
                .isEqualTo(new Told(
                        "environment.url: the server at staging.invalid:5432 cannot be reached: there is no host of that name",
                        WAY));
    }

    private static Told told(String host, int port, String database, String user, String password) {
        ExternalSpec server = new ExternalSpec(host, port, database, List.of());
        Credentials credentials = new Credentials(user, password);
        try (Connection connection = new ExternalAddress(host, port, credentials).connect(database, "test")) {
            throw new AssertionError("was taken: " + connection);
        } catch (SQLException e) {
            EnvironmentException told = NotTaken.of("environment.url", server, credentials, database, e);
            return new Told(String.valueOf(told.getMessage()), told.remedy());
        }
    }
}
