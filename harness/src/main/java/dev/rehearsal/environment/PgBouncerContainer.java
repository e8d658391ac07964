package dev.rehearsal.environment;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.rehearsal.scenario.EnvironmentException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * A PgBouncer as the first process of a container, in the network of the servers. What it is told, the password among it, is in files of the container's
 * own, which go with it.
 */
final class PgBouncerContainer implements RunningPooler {
    /** Inside: it has the container's addresses to itself. */
    private static final int PORT = 6432;

    private static final String SETTINGS = "/harness/pgbouncer.ini";
    private static final String USERS = "/harness/users.txt";

    /** PgBouncer refuses to be root, and has no file that would have to be its own. */
    private static final String NOBODY = "65534:65534";

    private final EngineClient client;
    private final ServerContainer.InNetwork network;
    private final String id;
    private final int port;

    private PgBouncerContainer(EngineClient client, ServerContainer.InNetwork network, String id, int port) {
        this.client = client;
        this.network = network;
        this.id = id;
        this.port = port;
    }

    /** Its container, to be started. */
    private static final class Described extends GenericContainer<Described> {
        Described(
                EngineClient client,
                PgBouncerImage image,
                ServerContainer.InNetwork network,
                PoolerConfiguration configuration) {
            super(DockerImageName.parse(image.name()));
            // The image is there, and whether it is ready is asked of it.
            withImagePullPolicy(name -> false);
            withStartupCheckStrategy(new StartupCheckStrategy() {
                @Override
                public StartupStatus checkStartupState(
                        com.github.dockerjava.api.DockerClient engine, String containerId) {
                    return StartupStatus.SUCCESSFUL;
                }
            });
            setWaitStrategy(null);
            setExposedPorts(List.of(PORT));
            withCopyToContainer(Transferable.of(configuration.users()), USERS);
            withCopyToContainer(Transferable.of(configuration.settings("*", PORT, USERS)), SETTINGS);
            withCreateContainerCmdModifier(client.labelled());
            withCreateContainerCmdModifier(command -> apply(image, network, command));
        }

        /** The engine may choose the port: it is never started again. */
        private static void apply(PgBouncerImage image, ServerContainer.InNetwork network, CreateContainerCmd command) {
            command.withImage(image.id())
                    .withAliases(network.name())
                    .withEntrypoint("pgbouncer")
                    .withCmd(SETTINGS)
                    .withUser(NOBODY)
                    .withEnv("LC_ALL=C", "TZ=UTC")
                    .withHostConfig(EngineClient.hostConfig(List.of())
                            .withNetworkMode(network.id())
                            .withPortBindings(new PortBinding(
                                    Ports.Binding.bindIp(EngineClient.LOOPBACK), ExposedPort.tcp(PORT))));
        }
    }

    static PgBouncerContainer start(
            EngineClient client,
            PgBouncerImage image,
            ServerContainer.InNetwork network,
            PoolerConfiguration configuration)
            throws EnvironmentException {
        Described container = new Described(client, image, network, configuration);
        try {
            container.start();
        } catch (RuntimeException e) {
            throw new EnvironmentException(
                    "the pooler (" + image.name() + ") does not start: " + EngineClient.reason(e),
                    "Name another image with a pgbouncer in it in environment.pooler.image, or take --runtime local.",
                    e);
        }
        PgBouncerContainer pooler =
                new PgBouncerContainer(client, network, container.getContainerId(), container.getMappedPort(PORT));
        boolean complete = false;
        try {
            pooler.awaitAnswer(image, configuration.upstream());
            complete = true;
            return pooler;
        } finally {
            if (!complete) {
                pooler.close();
            }
        }
    }

    private void awaitAnswer(PgBouncerImage image, PoolerConfiguration.Upstream upstream) throws EnvironmentException {
        String what = "PgBouncer in " + image.name();
        FirstAnswer.End end = patience -> {
            TimeUnit.NANOSECONDS.sleep(patience.toNanos());
            return !runs();
        };
        if (!FirstQuery.await(port, upstream, what, end, this::log)) {
            throw new EnvironmentException(
                    what + " ended with " + client.state(id).getExitCodeLong() + " while it started:\n" + log(),
                    FirstQuery.REMEDY);
        }
    }

    private boolean runs() {
        return Boolean.TRUE.equals(client.state(id).getRunning());
    }

    private String log() {
        return Commands.tail(client.logs(id).lines(), Commands.SHOWN_LINES);
    }

    @Override
    public String upstream() {
        return network.name() + ":" + PORT;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public List<String> troubles() {
        ContainerState state = client.state(id);
        return Boolean.TRUE.equals(state.getRunning())
                ? List.of()
                : List.of("PgBouncer (container " + id.substring(0, 12) + ") ended with " + state.getExitCodeLong()
                        + " during the run; its last words: " + log());
    }

    /** By force: it has nothing to lose. */
    @Override
    public void close() throws EnvironmentException {
        client.remove(id);
    }
}
