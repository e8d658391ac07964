package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.proxy.RealToxiproxy;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LocalFaultProxyTest {
    @TempDir
    private Path temporary;

    @Test
    void takesTheServerOnThePathUnlessItIsToldOtherwise() throws Exception {
        Path program = program("toxiproxy-server", "exit 0");
        String path = temporary.resolve("nothing") + ":" + temporary;

        assertThat(LocalFaultProxy.chosen(Map.of("PATH", path), 7)).isEqualTo(new LocalFaultProxy.Toxiproxy(program));
        assertThat(LocalFaultProxy.chosen(Map.of("PATH", path, "HARNESS_FAULT_PROXY", "built-in"), 7))
                .isEqualTo(new LocalFaultProxy.BuiltIn(7));
        assertThat(LocalFaultProxy.chosen(Map.of("HARNESS_FAULT_PROXY", program.toString()), 7))
                .isEqualTo(new LocalFaultProxy.Toxiproxy(program));
        assertThat(LocalFaultProxy.chosen(Map.of("PATH", "/nowhere"), 7)).isEqualTo(new LocalFaultProxy.BuiltIn(7));
    }

    @Test
    void refusesAProgramThatIsNotThere() {
        assertThatThrownBy(() -> LocalFaultProxy.chosen(Map.of("HARNESS_FAULT_PROXY", "/nowhere/toxiproxy"), 7))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("HARNESS_FAULT_PROXY: /nowhere/toxiproxy is no program that can be run");
    }

    @Test
    void toxiproxyStandsInFrontOfTheServer() throws Exception {
        Path program = RealToxiproxy.required();
        Path data = TestCluster.clone(temporary.resolve("data"));
        Path run = Files.createDirectories(temporary.resolve("run"));

        try (Environment environment = new LocalRuntime(
                        TestCluster.servers(), new LocalFaultProxy.Toxiproxy(program), "Why not.")
                .start(TestCluster.spec("18", Map.of(), Optional.empty()), data, Map.of(), 5, run)) {
            assertThat(environment.proxyDescription()).matches("Toxiproxy \\S+ \\(" + program + "\\)");
            assertThat(environment.application().port())
                    .isNotEqualTo(environment.primary().port());
            assertThat(ask(environment.application().jdbcUrl("test"), "select 1 + 1"))
                    .isEqualTo("2");
        }
    }

    @Test
    void toxiproxyIsRegisteredWhileItRunsAndLeavesNothing() throws Exception {
        RunningRegistry registry = new RunningRegistry(temporary);

        FaultProxyProcess proxy = FaultProxyProcess.start(RealToxiproxy.required(), registry);
        List<RunningRegistry.Entry> entries = registry.entries();
        proxy.close();

        assertThat(entries).singleElement().satisfies(entry -> {
            assertThat(entry.content().servers())
                    .extracting(ProcessIdentity::pid)
                    .containsExactly(proxy.processId());
            assertThat(entry.content().temporaryDirectories())
                    .allSatisfy(folder -> assertThat(Path.of(folder)).doesNotExist());
        });
        assertThat(ProcessHandle.of(proxy.processId())).isEmpty();
        assertThat(registry.entries()).isEmpty();
    }

    @Test
    void theNextRunEndsTheToxiproxyOfAKilledHarness() throws Exception {
        RunningRegistry registry = new RunningRegistry(temporary);
        Process gone = new ProcessBuilder("true").start();
        ProcessIdentity dead = ProcessIdentity.of(gone.toHandle());
        gone.waitFor();

        try (FaultProxyProcess proxy = FaultProxyProcess.start(RealToxiproxy.required(), registry)) {
            KilledHarnessTest.rewriteHarness(temporary, dead);

            assertThat(new Sweeper(registry).sweep())
                    .anyMatch(line -> line.startsWith("ended server process " + proxy.processId() + ","))
                    .anyMatch(line -> line.startsWith("deleted "));
            assertThat(ProcessHandle.of(proxy.processId()).filter(ProcessIdentity::runs))
                    .isEmpty();
        }
    }

    @Test
    void aProgramThatEndsIsNoFaultProxy() throws Exception {
        RunningRegistry registry = new RunningRegistry(temporary.resolve("cache"));
        Path program = program("toxiproxy-server", "echo no such option; exit 2");

        assertThatThrownBy(() -> FaultProxyProcess.start(program, registry))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage(program + " ended with 2 while it started:\nno such option");
        assertThat(registry.entries()).isEmpty();
    }

    private Path program(String name, String script) throws IOException {
        Path file = Files.writeString(temporary.resolve(name), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
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
