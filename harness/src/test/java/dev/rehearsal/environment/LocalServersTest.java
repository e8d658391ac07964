package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.dataset.ServerLauncher.RunningServer;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalServersTest {
    @TempDir
    Path temporary;

    @Test
    void startsADurableServerThatAnswersAndShutsDownCleanly() throws Exception {
        LocalServers servers = TestCluster.servers();
        Path data = temporary.resolve("data");
        servers.initialise(data);

        List<String> settings;
        long processId;
        try (LocalServer server = servers.start(data, Map.of("work_mem", "7MB"))) {
            processId = server.processId();
            settings = List.of(
                    ask(server, "show fsync"),
                    ask(server, "show synchronous_commit"),
                    ask(server, "show full_page_writes"),
                    ask(server, "show work_mem"),
                    ask(server, "show listen_addresses"),
                    ask(server, "show unix_socket_directories"),
                    ask(server, "show log_timezone"));
        }

        assertThat(settings).containsExactly("on", "on", "on", "7MB", "127.0.0.1", "", "UTC");
        assertThat(ProcessHandle.of(processId)).isEmpty();
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
        assertThat(TestCluster.registered(data)).isEmpty();
    }

    @Test
    void keepsWhatWasWrittenAcrossACleanStop() throws Exception {
        LocalServers servers = TestCluster.servers();
        Path data = TestCluster.clone(temporary.resolve("data"));
        try (LocalServer server = servers.start(data, Map.of())) {
            run(server, "create table kept as select 42 as answer");
        }

        try (LocalServer server = servers.start(data, Map.of())) {
            assertThat(ask(server, "select answer from kept")).isEqualTo("42");
        }
    }

    @Test
    void refusesConnectionsWithoutThePassword() throws Exception {
        Path data = TestCluster.clone(temporary.resolve("data"));
        try (LocalServer server = TestCluster.servers().start(data, Map.of())) {
            String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres&password=guess";

            assertThatThrownBy(() -> DriverManager.getConnection(url).close())
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        }
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        Path data = TestCluster.clone(temporary.resolve("data"));
        try (ServerSocket occupant = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = occupant.getLocalPort();

            assertThatThrownBy(() -> TestCluster.servers().start(data, Map.of("port", Integer.toString(port))))
                    .isInstanceOfSatisfying(EnvironmentException.class, e -> {
                        assertThat(e).hasMessage("port " + port + " is taken by another program");
                        assertThat(e.remedy()).contains("environment.settings.port");
                    });
        }
    }

    @Test
    void honoursAPort() throws Exception {
        Path data = TestCluster.clone(temporary.resolve("data"));
        int port = Ports.free();
        try (LocalServer server = TestCluster.servers().start(data, Map.of("Port", Integer.toString(port)))) {
            assertThat(server.port()).isEqualTo(port);
            assertThat(ask(server, "show port")).isEqualTo(Integer.toString(port));
        }
    }

    @Test
    void showsTheLogOfAServerThatDoesNotStart() throws Exception {
        Path data = TestCluster.clone(temporary.resolve("data"));

        assertThatThrownBy(() -> TestCluster.servers().start(data, Map.of("shared_bufers", "1GB")))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageContaining("unrecognized configuration parameter \"shared_bufers\"");
        assertThat(TestCluster.registered(data)).isEmpty();
    }

    @Test
    void refusesAVersionThatIsNotThere() {
        EnvironmentSpec spec = TestCluster.spec("17", Map.of(), Optional.empty());

        assertThatThrownBy(() -> LocalServers.obtain(spec, TestCluster.cache()))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageContaining("environment.version: 17 is wanted");
    }

    @Test
    void takesTheUsersOwnBinaries() throws Exception {
        Path programs = TestCluster.binaries();
        EnvironmentSpec spec = TestCluster.spec("18", Map.of(), Optional.of(programs));

        LocalServers servers = LocalServers.obtain(spec, temporary.resolve("cache"));

        assertThat(servers.serverVersion()).startsWith("18.");
        assertThat(temporary.resolve("cache/postgres")).doesNotExist();
    }

    @Test
    void refusesBinariesThatAreNotThere() {
        EnvironmentSpec spec = TestCluster.spec("18", Map.of(), Optional.of(temporary));

        assertThatThrownBy(() -> LocalServers.obtain(spec, TestCluster.cache()))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("environment.binaries: " + temporary + " holds no executable 'initdb'");
    }

    @Test
    void endsAServerWhoseClientsDoNotLeave() throws Exception {
        Path data = TestCluster.clone(temporary.resolve("data"));
        LocalServer server = TestCluster.servers().start(data, Map.of());
        try (Connection client = DriverManager.getConnection(server.jdbcUrl("postgres"))) {
            server.close();

            assertThat(client.isValid(5)).isFalse();
            assertThat(ProcessHandle.of(server.processId())).isEmpty();
        }
    }

    @Test
    void doesNotTakeADirectoryThatExists() throws Exception {
        Path data = Files.createDirectory(temporary.resolve("data"));

        assertThatThrownBy(() -> TestCluster.servers().initialise(data))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageContaining("cannot make a database cluster in " + data);
    }

    private static String ask(RunningServer server, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void run(RunningServer server, String command) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }
}
