package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is made on a server that is not ours, and what of it the next run finds. */
@Timeout(120)
class ExternalDatabasesTest {
    private static final String PASSWORD = "of-the-test";

    @TempDir
    private Path directory;

    private LocalServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of());
        execute(
                "create role plain login createdb password '" + PASSWORD + "'",
                "create role other login createdb password '" + PASSWORD + "'");
    }

    @AfterEach
    void stopServer() throws Exception {
        server.close();
    }

    /** It goes on with CREATE DATABASE when nobody waits for it any more, and then nobody says whose that is. */
    @Test
    void oneThatTheServerFinishedAfterItsRunWasKilledIsDropped() throws Exception {
        String lease = Lease.drawn();
        execute("create database rehearsal_" + lease + "_data owner plain");

        try (ExternalDatabases next = ExternalDatabases.leased(address(), "postgres")) {
            assertThat(next.sweep())
                    .containsExactly("dropped the database rehearsal_" + lease + "_data on 127.0.0.1:" + server.port()
                            + ", left by a harness that was killed");
        }

        assertThat(databases()).containsExactly("postgres", Snapshot.DATABASE);
    }

    @Test
    void whatARoleMayNotCopyIsToldWithWhatToRun() throws Exception {
        execute("create database theirs");
        try (ExternalDatabases databases = ExternalDatabases.leased(address(), "postgres")) {
            databases.copyFrom("theirs");

            assertThatThrownBy(() -> databases.makeCopy("run"))
                    .isInstanceOfSatisfying(
                            EnvironmentException.class,
                            e -> assertThat(e.remedy())
                                    .startsWith(
                                            "It has to be that role's, or a template. Have somebody run: alter database \"theirs\" is_template true."))
                    .hasMessage(
                            "the database theirs on 127.0.0.1:" + server.port()
                                    + " cannot be copied by the role plain: ERROR: permission denied to copy database \"theirs\"");
            execute("alter database theirs is_template true");
            assertThat(databases.makeCopy("run")).endsWith("_2_run");
        }
    }

    @Test
    void whatIsSomebodyElsesOrOfARunThatLivesIsLeftAlone() throws Exception {
        try (ExternalDatabases living = ExternalDatabases.leased(address(), "postgres")) {
            String own = living.makeEmpty();
            String lease = Lease.drawn();
            execute(
                    "create database rehearsal_0123456789abcdef_run owner plain",
                    "create database rehearsal_" + lease + "_run owner other",
                    "create database \"rehearsal_" + lease + "_Run\" owner plain");

            try (ExternalDatabases next = ExternalDatabases.leased(address(), "postgres")) {
                assertThat(next.sweep()).isEmpty();
            }

            assertThat(databases())
                    .containsExactlyInAnyOrder(
                            "postgres",
                            Snapshot.DATABASE,
                            own,
                            "rehearsal_0123456789abcdef_run",
                            "rehearsal_" + lease + "_run",
                            "rehearsal_" + lease + "_Run");
        }
        assertThat(databases()).hasSize(5);
    }

    private ExternalAddress address() {
        return new ExternalAddress("127.0.0.1", server.port(), new Credentials("plain", PASSWORD));
    }

    private List<String> databases() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select datname from pg_database where not datistemplate order by datname")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
