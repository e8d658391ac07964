package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.EnvironmentReady;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import dev.rehearsal.scenario.EnvironmentSpec.ContainerSpec;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers in real containers. */
@InContainers
class ContainerRuntimeTest {
    @TempDir
    private Path directory;

    @Test
    void beginsByRemovingWhatAKilledHarnessLeftInTheEngineEvenWhereItsNoteIsGone() throws Exception {
        Process killed = new ProcessBuilder("sleep", "60").start();
        Ownership theirs = new Ownership(RunningRegistry.machine(), ProcessIdentity.of(killed.toHandle()));
        String network =
                EngineClient.of(ContainerEngine.find(), theirs.asLabels()).createNetwork();
        killed.destroyForcibly().waitFor();
        assertThat(TestContainers.madeBy(killed.pid())).containsExactly(network);

        try (ServerRuntime runtime = TestContainers.runtime(TestContainers.spec("18", Map.of()))) {
            assertThat(TestContainers.madeBy(killed.pid())).isEmpty();
            assertThat(runtime.servers()).isNotNull();
        }
    }

    /** They are on one network, in which both have a primary and a fault proxy. */
    @Test
    @Tag("proof")
    void environmentsAtTheSameTimeEachHaveTheirOwnServerBehindTheirOwnProxy() throws Exception {
        Path data = TestCluster.clone(directory.resolve("one"));
        Path others = TestCluster.clone(directory.resolve("other"));
        EnvironmentSpec spec = TestContainers.spec("18", Map.of());

        try (ServerRuntime runtime = TestContainers.runtime(spec);
                Environment one = runtime.start(spec, data, Map.of(), 5, directory);
                Environment other = runtime.start(spec, others, Map.of(), 5, directory)) {
            assertThat(ask(one.application().jdbcUrl("test"), "show data_directory"))
                    .isEqualTo(data.toString());
            assertThat(ask(other.application().jdbcUrl("test"), "show data_directory"))
                    .isEqualTo(others.toString());
            assertThat(other.faultApi()).isNotEqualTo(one.faultApi());
        }
        assertThat(TestContainers.madeBy(ProcessHandle.current().pid())).isEmpty();
    }

    @Test
    void runsACloneOfTheLocalRuntimesAndLeavesNothing() throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"));
        EnvironmentSpec spec = TestContainers.spec(
                "18",
                Map.of("work_mem", "8MB"),
                new ContainerSpec(
                        Optional.empty(), Optional.empty(), OptionalDouble.of(1.5), OptionalLong.of(1L << 30)));

        List<String> volumes;

        try (ServerRuntime runtime = TestContainers.runtime(spec);
                Environment environment = runtime.start(spec, data, Map.of("log_lock_waits", "on"), 5, directory)) {
            EnvironmentReady facts = environment.facts(RunClock.started());
            assertThat(facts.runtime()).isEqualTo("containers");
            assertThat(facts.runtimeReason()).isEqualTo("The scenario asks for it.");
            assertThat(facts.version()).startsWith("18.");
            assertThat(facts.settings())
                    .containsEntry("work_mem", "8MB")
                    .containsEntry("shared_buffers", "256MB")
                    .doesNotContainKey("hba_file");
            assertThat(facts.containers().orElseThrow().cpus()).hasValue(1.5);
            assertThat(facts.containers().orElseThrow().memoryBytes()).hasValue(1L << 30);
            assertThat(environment.proxyDescription()).startsWith("Toxiproxy in a container (");
            for (String setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
                assertThat(ask(environment.application().jdbcUrl("test"), "show " + setting))
                        .as(setting)
                        .isEqualTo("on");
            }
            assertThat(ask(environment.primary().jdbcUrl("test"), "show data_directory"))
                    .isEqualTo(data.toString());
            assertThat(((LogAccess.AtHand) environment.primary().log()).file().path())
                    .isReadable()
                    .isNotEmptyFile();
            assertThat(ProcessHandle.of(environment.primary().processId())
                            .orElseThrow()
                            .descendants())
                    .as("the server's processes, as this machine counts them")
                    .isNotEmpty();
            assertThat(limitOf("memory.limit_in_bytes", "memory.max", environment))
                    .isEqualTo("1073741824");
            assertThat(TestContainers.ours()).hasSize(3);
            volumes = TestContainers.volumesOf(ProcessHandle.current().pid());
            assertThat(volumes).as("that the image declares").isNotEmpty();
        }
        for (String volume : volumes) {
            assertThat(TestContainers.volumeExists(volume)).isFalse();
        }

        assertThat(TestContainers.ours()).isEmpty();
        assertThat(directory.resolve("server.log")).content().contains("starting PostgreSQL 18.");
    }

    @Test
    void keepsTheOwnerOfWhatItBuildsForTheLocalRuntime() throws Exception {
        Path data = directory.resolve("built");
        try (ServerRuntime runtime = TestContainers.runtime(TestContainers.spec("18", Map.of()))) {
            assertThat(runtime.servers().build())
                    .as("what snapshots depend on")
                    .isEqualTo(TestCluster.servers().build());
            assertThat(runtime.servers().platform())
                    .isEqualTo(TestCluster.servers().platform());

            TestContainers.cluster(runtime, data);
        }

        assertThat(Files.getAttribute(data.resolve("PG_VERSION"), "unix:uid"))
                .isEqualTo(Files.getAttribute(directory, "unix:uid"));
        try (LocalServer server = TestCluster.servers().start(data, Map.of())) {
            assertThat(ask(server.jdbcUrl("rehearsal"), "select 1")).isEqualTo("1");
        }
    }

    @Test
    void showsTheLogOfAServerThatDiesAtItsStart() throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"));
        EnvironmentSpec spec = TestContainers.spec("18", Map.of("shared_preload_libraries", "no_such_library"));

        try (ServerRuntime runtime = TestContainers.runtime(spec)) {
            assertThatThrownBy(() -> runtime.start(spec, data, Map.of(), 5, directory))
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessageContaining("ended with 1 while it started:\n")
                    .hasMessageContaining("no_such_library");
        }

        assertThat(TestContainers.ours()).isEmpty();
    }

    /** Chosen a moment ago, when it was free. */
    @Test
    void leavesNothingOnAPortThatSomebodyElseTookMeanwhile() throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"));

        try (ServerRuntime runtime = TestContainers.runtime(TestContainers.spec("18", Map.of()));
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ContainerServers servers = (ContainerServers) runtime.servers();

            assertThat(servers.start(taken.getLocalPort(), data, Map.of(), "taken", ContainerSpec.ANY, false))
                    .isEmpty();
            assertThat(TestContainers.ours()).as("network and fault proxy").hasSize(2);
        }
    }

    /** Somebody may have it for a moment, such as a connection of the proxy's to itself. */
    @Test
    void waitsForItsOwnPortWhenItIsStartedAgain() throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"));

        try (ServerRuntime runtime = TestContainers.runtime(TestContainers.spec("18", Map.of()));
                ContainerServer server = ((ContainerServers) runtime.servers())
                        .start(Ports.free(), data, Map.of(), "again", ContainerSpec.ANY, false)
                        .orElseThrow()) {
            server.kill();
            FutureTask<Void> again = new FutureTask<>(() -> {
                server.startAgain();
                return null;
            });

            try (ServerSocket taken = new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress())) {
                Thread.ofPlatform().daemon().start(again);
                assertThat(taken.isBound()).isTrue();
                assertThatThrownBy(() -> again.get(2, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            }

            again.get(1, TimeUnit.MINUTES);
            assertThat(ask(server.jdbcUrl(Snapshot.DATABASE), "select 1")).isEqualTo("1");
        }
    }

    @Test
    void namesAnOutOfMemoryKill() throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"));
        EnvironmentSpec spec = TestContainers.spec(
                "18",
                Map.of("shared_buffers", "16MB"),
                new ContainerSpec(
                        Optional.empty(), Optional.empty(), OptionalDouble.empty(), OptionalLong.of(128L << 20)));

        try (ServerRuntime runtime = TestContainers.runtime(spec);
                Environment environment = runtime.start(spec, data, Map.of(), 5, directory)) {
            assertThat(environment.troubles()).isEmpty();

            String url = environment.primary().jdbcUrl(ApplicationNames.OBSERVER);
            assertThatThrownBy(() -> ask(url, "select length(repeat('x', 900000000))"))
                    .isInstanceOf(SQLException.class);

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(environment.troubles())
                                    .containsExactly(
                                            "The server ran out of its memory of 128 MB (environment.resources.memory): the kernel killed a process of it, and PostgreSQL ended every session."));
        }
    }

    @Test
    void refusesAnImageThatIsNotPostgresql() throws Exception {
        String proxy = new ContainerImages(ContainerEngine.find())
                .present(ContainerImages.proxy(TestContainers.spec("18", Map.of())))
                .orElseThrow()
                .name();

        assertThatThrownBy(() -> TestContainers.runtime(withImage(proxy)))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageStartingWith("the image " + proxy + " is not PostgreSQL: ");
        assertThat(TestContainers.ours()).isEmpty();
    }

    @Test
    void refusesAnImageOfAnotherVersion() {
        String image = new ContainerImages(ContainerEngine.find())
                .present(ContainerImages.server(TestContainers.spec("15", Map.of())))
                .orElseThrow()
                .name();

        assertThatThrownBy(() -> TestContainers.runtime(withImage(image)))
                .hasMessageStartingWith(
                        "environment.version: 18 is wanted, but the image " + image + " holds PostgreSQL 15.");
    }

    @Test
    void namesAnImageThatCannotBeHadAndTheRecipe() {
        assertThatThrownBy(() -> TestContainers.runtime(withImage("registry.invalid/nobody/postgres:18")))
                .isInstanceOfSatisfying(
                        EnvironmentException.class,
                        e -> assertThat(e.remedy())
                                .contains(
                                        "docker pull registry.invalid/nobody/postgres:18",
                                        "harness/docker/build-images"))
                .hasMessageStartingWith(
                        "the image registry.invalid/nobody/postgres:18 is not on this machine and cannot be pulled: ");
    }

    @Test
    void refusesLimitsLargerThanTheMachine() {
        ContainerSpec cpus =
                new ContainerSpec(Optional.empty(), Optional.empty(), OptionalDouble.of(1000), OptionalLong.empty());
        ContainerSpec memory = new ContainerSpec(
                Optional.empty(), Optional.empty(), OptionalDouble.empty(), OptionalLong.of(1L << 50));

        assertThatThrownBy(() -> TestContainers.runtime(TestContainers.spec("18", Map.of(), cpus)))
                .hasMessageStartingWith("environment.resources.cpus: 1000 is more than the ");
        assertThatThrownBy(() -> TestContainers.runtime(TestContainers.spec("18", Map.of(), memory)))
                .hasMessageStartingWith("environment.resources.memory: 1073741824m is more than the ");
    }

    private static EnvironmentSpec withImage(String image) {
        return TestContainers.spec(
                "18",
                Map.of(),
                new ContainerSpec(Optional.of(image), Optional.empty(), OptionalDouble.empty(), OptionalLong.empty()));
    }

    /** Of the server's control group, as the kernel has it: version 1's file, or version 2's. */
    private static String limitOf(String file1, String file2, Environment environment) throws Exception {
        Path process = Path.of("/proc", Long.toString(environment.primary().processId()));
        for (String line : Files.readAllLines(process.resolve("cgroup"))) {
            String[] parts = line.split(":", 3);
            Path group = parts[1].isEmpty()
                    ? Path.of("/sys/fs/cgroup" + parts[2], file2)
                    : Path.of("/sys/fs/cgroup", parts[1], parts[2], file1);
            if (Files.exists(group)) {
                return Files.readString(group).strip();
            }
        }
        return "no such file";
    }

    private static String ask(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
