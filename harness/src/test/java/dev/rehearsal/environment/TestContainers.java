package dev.rehearsal.environment;

import dev.rehearsal.dataset.ServerLauncher.RunningServer;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import dev.rehearsal.scenario.EnvironmentSpec.ContainerSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Servers in real containers, for tests. */
public final class TestContainers {
    private TestContainers() {}

    public static EnvironmentSpec spec(String version, Map<String, String> settings) {
        return spec(version, settings, ContainerSpec.ANY);
    }

    static EnvironmentSpec spec(String version, Map<String, String> settings, ContainerSpec containers) {
        return new EnvironmentSpec(
                EnvironmentSpec.Engine.POSTGRESQL,
                version,
                EnvironmentSpec.RuntimeChoice.CONTAINERS,
                settings,
                Optional.empty(),
                containers,
                EnvironmentSpec.Replication.NONE,
                Optional.empty());
    }

    public static ServerRuntime runtime(EnvironmentSpec spec) throws EnvironmentException {
        return new RuntimeChooser(TestCluster.cache()).choose(spec, 42);
    }

    /** A new cluster with the database of a dataset in it, at a path that does not exist yet. */
    public static Path cluster(ServerRuntime runtime, Path data) throws Exception {
        runtime.servers().initialise(data);
        try (RunningServer server = runtime.servers().start(data, Map.of());
                Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + Snapshot.DATABASE);
        }
        return data;
    }

    /** Ids of the containers and networks that a process has made. */
    public static List<String> madeBy(long process) throws EnvironmentException {
        return EngineClient.of(ContainerEngine.find()).everythingLabelled(Ownership.MACHINE).stream()
                .filter(thing -> Ownership.of(thing.labels())
                        .filter(owner -> owner.harness().pid() == process)
                        .isPresent())
                .map(EngineClient.Labelled::id)
                .toList();
    }

    /** Names of the volumes that those of its containers use. */
    public static List<String> volumesOf(long process) throws EnvironmentException {
        EngineClient client = EngineClient.of(ContainerEngine.find());
        return client.everythingLabelled(Ownership.MACHINE).stream()
                .filter(EngineClient.Labelled::container)
                .filter(thing -> Ownership.of(thing.labels())
                        .filter(owner -> owner.harness().pid() == process)
                        .isPresent())
                .flatMap(thing -> client.inspect(thing.id()).getMounts().stream())
                .map(mount -> mount.getName() == null ? "" : mount.getName())
                .filter(name -> !name.isEmpty())
                .toList();
    }

    public static boolean volumeExists(String name) throws IOException {
        EngineAddress address = EngineAddress.candidates(System.getenv()).getFirst();
        return new EngineHttp(address).get("/volumes/" + name).status() == 200;
    }

    /** What the engine has of this process: containers, networks. */
    static List<EngineClient.Labelled> ours() throws EnvironmentException {
        return EngineClient.of(ContainerEngine.find()).everythingLabelled(Ownership.MACHINE).stream()
                .filter(thing ->
                        thing.labels().entrySet().containsAll(Ownership.labels().entrySet()))
                .toList();
    }
}
