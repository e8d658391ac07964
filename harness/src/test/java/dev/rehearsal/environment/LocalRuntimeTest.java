package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRuntimeTest {
    @TempDir
    Path temporary;

    @Test
    void leadsTheApplicationThroughTheProxyAndObserversPastIt() throws Exception {
        try (Environment environment = start(Map.of(), Map.of())) {
            assertThat(environment.application().port())
                    .isNotEqualTo(environment.primary().port());
            assertThat(ask(environment.application().jdbcUrl("harness-app/checkout"), "show application_name"))
                    .isEqualTo("harness-app/checkout");
            assertThat(ask(environment.application().jdbcUrl("a b&c=d"), "show application_name"))
                    .isEqualTo("a b&c=d");
            assertThat(ask(environment.primary().jdbcUrl(ApplicationNames.OBSERVER), "show port"))
                    .isEqualTo(Integer.toString(environment.primary().port()));
        }
    }

    @Test
    void tellsWhatTheNumbersComeFrom() throws Exception {
        try (Environment environment =
                start(Map.of("work_mem", "9MB", "shared_buffers", "200MB"), Map.of("deadlock_timeout", "10ms"))) {
            RunEvent.EnvironmentReady facts = environment.facts(RunClock.started());

            assertThat(facts.version()).startsWith("18.");
            assertThat(facts.runtime()).isEqualTo("local");
            assertThat(facts.deadlockTimeoutMillis()).isEqualTo(10);
            assertThat(facts.settings())
                    .containsOnly(
                            Map.entry("work_mem", "9MB"),
                            Map.entry("shared_buffers", "200MB"),
                            Map.entry("deadlock_timeout", "10ms"),
                            Map.entry("max_connections", "35"),
                            Map.entry("max_wal_size", "4GB"),
                            Map.entry("track_io_timing", "on"));
            assertThat(facts.host().cpus()).isPositive();
            assertThat(facts.host().memoryBytes()).isPositive();
            assertThat(facts.host().os()).isNotBlank();
            assertThat(facts.host().java()).isNotBlank();
        }
    }

    @Test
    void whatTheInstrumentsNeedWins() throws Exception {
        try (Environment environment =
                start(Map.of("Log_Lock_Waits", "off", "logging_collector", "off"), Map.of("log_lock_waits", "on"))) {
            assertThat(ask(environment.primary().jdbcUrl("test"), "show log_lock_waits"))
                    .isEqualTo("on");
            assertThat(((LogAccess.AtHand) environment.primary().log()).file().path())
                    .exists();
        }
    }

    @Test
    void leavesTheLogAndTheCloneAndNothingElse() throws Exception {
        Environment environment = start(Map.of(), Map.of());
        Server primary = environment.primary();
        String mark = "statement of the log test, with umlaut ä";
        assertThatThrownBy(() ->
                        ask(environment.application().jdbcUrl("harness-migration"), "select '" + mark + "' from x"))
                .isInstanceOf(SQLException.class);

        environment.close();

        assertThat(ProcessHandle.of(primary.processId())).isEmpty();
        assertThat(primary.dataDirectory().orElseThrow().resolve("postmaster.pid"))
                .doesNotExist();
        assertThat(TestCluster.registered(primary.dataDirectory().orElseThrow()))
                .isEmpty();
        List<String> log = Files.readAllLines(temporary.resolve("run/server.log"));
        assertThat(log)
                .anyMatch(
                        line -> line.matches(
                                "20[0-9-]+ [0-9:.]+ UTC \\[[0-9]+\\] harness-migration ERROR: 42P01: relation \"x\" does not exist"));
        assertThat(log).anyMatch(line -> line.endsWith("STATEMENT: select '" + mark + "' from x"));
        assertThatThrownBy(() -> new Socket(
                                InetAddress.getLoopbackAddress(),
                                environment.application().port())
                        .close())
                .isInstanceOf(java.io.IOException.class);
    }

    @Test
    void aHalfFailedStartLeavesNothing() throws Exception {
        Path data = TestCluster.clone(temporary.resolve("data"));
        Path run = Files.createDirectories(temporary.resolve("run"));
        LocalRuntime runtime = new LocalRuntime(TestCluster.servers(), new LocalFaultProxy.BuiltIn(42), "Why not.");
        try (ServerSocket occupant = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, String> settings = Map.of("port", Integer.toString(occupant.getLocalPort()));

            assertThatThrownBy(() ->
                            runtime.start(TestCluster.spec("18", settings, Optional.empty()), data, Map.of(), 5, run))
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessageContaining("is taken");
        }
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
        assertThat(TestCluster.registered(data)).isEmpty();
    }

    @Test
    void closesWhileClientsAreConnectedAndBusy() throws Exception {
        Environment environment = start(Map.of(), Map.of());
        Thread busy = Thread.ofVirtual().start(() -> {
            try {
                ask(environment.application().jdbcUrl("test"), "select pg_sleep(3600)");
            } catch (SQLException e) {
                // The server is gone.
            }
        });
        Awaitility.await()
                .until(() -> ask(
                                environment.primary().jdbcUrl("test"),
                                "select count(*) from pg_stat_activity where query = 'select pg_sleep(3600)'")
                        .equals("1"));

        environment.close();

        busy.join();
        assertThat(ProcessHandle.of(environment.primary().processId())).isEmpty();
    }

    private Environment start(Map<String, String> settings, Map<String, String> instruments) throws Exception {
        Path data = TestCluster.clone(temporary.resolve("data"));
        Path run = Files.createDirectories(temporary.resolve("run"));
        return new LocalRuntime(TestCluster.servers(), new LocalFaultProxy.BuiltIn(42), "Why not.")
                .start(TestCluster.spec("18", settings, Optional.empty()), data, instruments, 5, run);
    }

    private static String ask(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
