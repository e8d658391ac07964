package dev.rehearsal.environment;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.rehearsal.scenario.EnvironmentSpec.ContainerSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * PostgreSQL's server as the first process of a container, over a data directory of this machine that has the same path inside.
 *
 * <p>The image's entry point is left out: what it would do (make a cluster, change owners) has been done. The server's own defaults hold, with
 * every guarantee of durability; what is set stands in the data directory.
 */
final class ServerContainer extends GenericContainer<ServerContainer> {
    /** Inside: every server has the container's addresses to itself. */
    static final int PORT = 5432;

    /** Workers of one query share memory in {@code /dev/shm}, of which containers have 64 MB by default. */
    private static final long SHARED_MEMORY_BYTES = 2L << 30;

    /** @param name of the server in its network */
    record InNetwork(String id, String name) {}

    /** @param publishedPort on the loopback interface; never left to the engine, which takes another when it starts the container again */
    record Plan(
            ServerImage image,
            ContainerUser user,
            Path dataDirectory,
            InNetwork network,
            ContainerSpec limits,
            int publishedPort) {}

    ServerContainer(Plan plan, EngineClient client) {
        super(DockerImageName.parse(plan.image.name()));
        // The image is there, and whether the server is ready is asked of the server.
        withImagePullPolicy(name -> false);
        withStartupCheckStrategy(new StartupCheckStrategy() {
            @Override
            public StartupStatus checkStartupState(com.github.dockerjava.api.DockerClient engine, String containerId) {
                return StartupStatus.SUCCESSFUL;
            }
        });
        setWaitStrategy(null);
        withCreateContainerCmdModifier(client.labelled());
        withCreateContainerCmdModifier(command -> apply(plan, command));
    }

    private static void apply(Plan plan, CreateContainerCmd command) {
        String port = Integer.toString(plan.publishedPort);
        List<Mount> mounts = Stream.concat(
                        Stream.of(plan.dataDirectory), ServerDisk.partsElsewhere(plan.dataDirectory).stream())
                .map(EngineClient::mount)
                .toList();
        HostConfig host = EngineClient.hostConfig(mounts)
                .withShmSize(SHARED_MEMORY_BYTES)
                .withPortBindings(
                        new PortBinding(new Ports.Binding(EngineClient.LOOPBACK, port), ExposedPort.tcp(PORT)));
        plan.limits.cpus().ifPresent(cpus -> host.withNanoCPUs(Math.round(cpus * 1e9)));
        // As much swap as memory means none: a server that swaps measures the disk.
        plan.limits.memoryBytes().ifPresent(bytes -> host.withMemory(bytes).withMemorySwap(bytes));
        // Never the engine's own bridge: it may have none.
        host.withNetworkMode(plan.network.id);
        command.withImage(plan.image.id())
                .withAliases(plan.network.name)
                .withEntrypoint("postgres")
                .withCmd("-D", plan.dataDirectory.toString())
                .withUser(plan.user.text())
                .withEnv("LC_ALL=C", "TZ=UTC")
                .withExposedPorts(ExposedPort.tcp(PORT))
                .withHostConfig(host);
    }

    /** Whether the engine says that it was ended because its memory was used up. */
    static boolean ranOutOfMemory(ContainerState state) {
        return Boolean.TRUE.equals(state.getOOMKilled());
    }
}
