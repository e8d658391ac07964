package dev.rehearsal.environment;

import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A cluster made once a build, with an empty database, of which each test gets a copy of its own. */
public final class TestCluster {
    private static final Object ONE_AT_A_TIME = new Object();

    private TestCluster() {}

    /** Kept between builds: unpacking the binaries is most of what the first one waits for. */
    public static Path cache() {
        return Path.of("target", "test-cache").toAbsolutePath();
    }

    public static LocalServers servers() throws EnvironmentException {
        return LocalServers.obtain(spec("18", Map.of(), Optional.empty()), cache());
    }

    /** @param majorVersion one that comes with the harness, is beside the tests, or is the distribution's */
    public static LocalServers servers(int majorVersion) throws EnvironmentException, IOException {
        return majorVersion == 18
                ? servers()
                : LocalServers.obtain(
                        spec(Integer.toString(majorVersion), Map.of(), Optional.of(programs(majorVersion))), cache());
    }

    /** 13 and 14 are beside the tests; 15 is the distribution's, which shows that {@code binaries:} takes those too. */
    private static Path programs(int majorVersion) throws EnvironmentException, IOException {
        return majorVersion == 15 ? OlderServers.ofTheDistribution(15) : OlderServers.binaries(majorVersion);
    }

    public static EnvironmentSpec spec(String version, Map<String, String> settings, Optional<Path> binaries) {
        return new EnvironmentSpec(
                EnvironmentSpec.Engine.POSTGRESQL,
                version,
                EnvironmentSpec.RuntimeChoice.LOCAL,
                settings,
                binaries,
                EnvironmentSpec.ContainerSpec.ANY,
                EnvironmentSpec.Replication.NONE,
                Optional.empty());
    }

    /** The same servers with replicas. */
    public static EnvironmentSpec replicated(EnvironmentSpec spec, int replicas, EnvironmentSpec.Synchrony synchrony) {
        return new EnvironmentSpec(
                spec.engine(),
                spec.version(),
                spec.runtime(),
                spec.settings(),
                spec.binaries(),
                spec.containers(),
                new EnvironmentSpec.Replication(replicas, synchrony),
                spec.disk());
    }

    /** A primary over a data directory, and streaming replicas of it, asynchronous. */
    public static Environment followed(Path dataDirectory, Path run, int replicas) throws Exception {
        Files.createDirectories(run);
        return new LocalRuntime(servers(), new LocalFaultProxy.BuiltIn(42), "For a test.")
                .start(
                        replicated(
                                spec("18", Map.of(), Optional.empty()),
                                replicas,
                                EnvironmentSpec.Synchrony.ASYNCHRONOUS),
                        dataDirectory,
                        Map.of(),
                        60,
                        run);
    }

    static Path binaries() throws EnvironmentException, IOException {
        servers();
        try (Stream<Path> unpacked = Files.list(cache().resolve("postgres"))) {
            return unpacked.findFirst().orElseThrow().resolve("bin");
        }
    }

    /** A data directory at a path that does not exist yet. */
    public static Path clone(Path target) throws EnvironmentException, IOException, SQLException {
        return clone(target, 18);
    }

    public static Path clone(Path target, int majorVersion) throws EnvironmentException, IOException, SQLException {
        Path template = template(majorVersion);
        Files.createDirectories(target.toAbsolutePath().getParent());
        try (Stream<Path> all = Files.walk(template)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.copy(
                        each,
                        target.resolve(template.relativize(each).toString()),
                        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return target;
    }

    /** What the registry holds about a data directory. */
    static List<RunningRegistry.Entry> registered(Path dataDirectory) throws IOException {
        return new RunningRegistry(cache())
                .entries().stream()
                        .filter(entry -> entry.content().dataDirectories().contains(dataDirectory.toString()))
                        .toList();
    }

    private static Path template(int majorVersion) throws EnvironmentException, IOException, SQLException {
        synchronized (ONE_AT_A_TIME) {
            Path template = cache().resolve("template-" + majorVersion);
            if (!Files.isDirectory(template)) {
                Path fresh = cache().resolve("template.new");
                DirectoryTree.delete(fresh);
                LocalServers servers = servers(majorVersion);
                servers.initialise(fresh);
                try (LocalServer server = servers.start(fresh, Map.of());
                        Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                        Statement statement = connection.createStatement()) {
                    statement.execute("create database " + dev.rehearsal.dataset.Snapshot.DATABASE);
                }
                Files.move(fresh, template);
            }
            return template;
        }
    }
}
