package dev.rehearsal.environment;

import com.github.dockerjava.api.model.Mount;
import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.ContainerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * PostgreSQL servers in containers, over data directories of this machine: nothing of the data is in an image or a volume, so a clone is what it
 * is for the local runtime, and no first touch of a page copies a file.
 *
 * <p>Safe for use by several threads.
 */
final class ContainerServers implements ServerLauncher {
    private static final String ACCESS_FILE = "harness_hba.conf";
    /** In the network; no proxy is in front of a server that builds a dataset. */
    private static final String BUILDER = "builder";

    private final EngineClient client;
    private final ServerImage image;
    private final ContainerUser user;
    private final String platform;
    /** Part of what snapshots depend on, for an image that the scenario names: it may bring extensions of its own. */
    private final boolean ownImage;

    private final String network;

    ContainerServers(
            EngineClient client,
            ServerImage image,
            ContainerUser user,
            String platform,
            boolean ownImage,
            String network) {
        this.client = client;
        this.image = image;
        this.user = user;
        this.platform = platform;
        this.ownImage = ownImage;
        this.network = network;
    }

    @Override
    public String serverVersion() {
        return image.version();
    }

    @Override
    public String build() {
        return ownImage ? image.version() + " of " + image.id() : image.version();
    }

    @Override
    public String platform() {
        return platform;
    }

    @Override
    public void initialise(Path dataDirectory) throws EnvironmentException {
        NewCluster.make(dataDirectory.toAbsolutePath(), this::initialise);
    }

    private void initialise(NewCluster cluster) throws EnvironmentException, IOException {
        Path directory = cluster.directory();
        Path users = directory.resolveSibling(directory.getFileName() + ".passwd");
        try {
            Files.writeString(users, user.passwdLine());
            user.give(directory);
            user.give(cluster.passwordFile());
            List<String> command = new ArrayList<>(List.of("initdb"));
            command.addAll(cluster.initdbArguments(image.majorVersion()));
            List<Mount> mounts = List.of(
                    EngineClient.mount(directory),
                    EngineClient.mount(cluster.passwordFile()),
                    EngineClient.mount(users).withTarget("/etc/passwd").withReadOnly(true));
            EngineClient.Ended ended = client.run(new EngineClient.OneShot(image.id(), user.text(), command, mounts));
            user.takeBack(directory);
            user.takeBack(cluster.passwordFile());
            if (ended.output().contains("bind source path does not exist")
                    || (ended.exitCode() == 0 && !Files.exists(directory.resolve("PG_VERSION")))) {
                throw ContainerServer.otherFiles(directory);
            }
            if (ended.exitCode() != 0) {
                throw NewCluster.failed(ended.exitCode(), ended.output());
            }
        } finally {
            Files.deleteIfExists(users);
        }
    }

    @Override
    public void adopt(Path dataDirectory) throws EnvironmentException {
        Path directory = dataDirectory.toAbsolutePath();
        NewCluster.adopt(directory, (shell, arguments) -> {
            Path users = directory.resolveSibling(directory.getFileName() + ".passwd");
            try {
                Files.writeString(users, user.passwdLine());
                user.give(directory);
                List<String> command = new ArrayList<>(shell);
                command.add("postgres");
                command.addAll(arguments);
                EngineClient.Ended ended = client.run(new EngineClient.OneShot(
                        image.id(),
                        user.text(),
                        command,
                        List.of(
                                EngineClient.mount(directory),
                                EngineClient.mount(users)
                                        .withTarget("/etc/passwd")
                                        .withReadOnly(true))));
                user.takeBack(directory);
                if (ended.exitCode() != 0) {
                    throw NewCluster.notRecovered(ended.exitCode(), ended.output());
                }
            } finally {
                Files.deleteIfExists(users);
            }
        });
    }

    @Override
    public RunningServer start(Path dataDirectory, Map<String, String> settings) throws EnvironmentException {
        return start(dataDirectory.toAbsolutePath(), settings, BUILDER, ContainerSpec.ANY, false);
    }

    /**
     * @param settings a {@code port} among them is where the server is published
     * @param name under which other containers of the network reach it
     * @param pooled whether it takes passwords only as secrets: a pooler passes on what it has never seen in plain text
     */
    ContainerServer start(
            Path directory, Map<String, String> settings, String name, ContainerSpec limits, boolean pooled)
            throws EnvironmentException {
        Map<String, String> wanted = ServerSettings.merged(ServerSettings.EVERYWHERE, settings);
        return Ports.start(
                Optional.ofNullable(wanted.get("port")), port -> start(port, directory, wanted, name, limits, pooled));
    }

    /** Empty if somebody else has the port. */
    Optional<ContainerServer> start(
            int port, Path directory, Map<String, String> settings, String name, ContainerSpec limits, boolean pooled)
            throws EnvironmentException {
        try {
            // "md5" takes whichever secret the server keeps of a role.
            Files.writeString(directory.resolve(ACCESS_FILE), """
                    local all         all     %1$s
                    host  all         all all %1$s
                    host  replication all all %1$s
                    """.formatted(pooled ? "md5" : "password"));
            ServerSettings.write(directory, ServerSettings.merged(settings, address(directory)));
            return ContainerServer.start(
                    client,
                    new ServerContainer.Plan(
                            image, user, directory, new ServerContainer.InNetwork(network, name), limits, port));
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot start a server over " + directory + ": " + e,
                    "Make sure that the directory is a PostgreSQL data directory and writable.",
                    e);
        }
    }

    /** A container's connections come from its networks, never from its own loopback interface. */
    private static Map<String, String> address(Path directory) {
        return Map.of(
                "listen_addresses",
                "*",
                "port",
                Integer.toString(ServerContainer.PORT),
                "unix_socket_directories",
                "",
                "hba_file",
                directory.resolve(ACCESS_FILE).toString());
    }
}
