package dev.rehearsal.environment;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.rehearsal.scenario.ServerNames;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rnorth.ducttape.ratelimits.RateLimiterBuilder;
import org.testcontainers.containers.wait.strategy.HttpWaitStrategy;
import org.testcontainers.toxiproxy.ToxiproxyContainer;
import org.testcontainers.utility.DockerImageName;

/** Toxiproxy itself, by Testcontainers' module, published on the loopback interface. */
final class FaultProxyContainer extends ToxiproxyContainer {
    private static final int API_PORT = 8474;
    private static final int FIRST_PORT = 8666;

    /** From the port of a server to that of the link to it. */
    private static final int LINKS = 100;

    private static final int POOLER_PORT = FIRST_PORT + 50;

    /** Of the first container in its network. */
    static final String NAME = "fault-proxy";

    private final String name;

    /**
     * @param name of the container in its network: replicas reach their primary by it
     * @param replicas that clients of this machine are to reach, beside the primary
     * @param pooled whether they are to reach a pooler, too
     */
    FaultProxyContainer(
            ContainerImages.Found image,
            String network,
            String name,
            int replicas,
            boolean pooled,
            EngineClient client) {
        super(DockerImageName.parse(image.name()).asCompatibleSubstituteFor("ghcr.io/shopify/toxiproxy"));
        this.name = name;
        List<Integer> ports = Stream.of(
                        Stream.of(API_PORT),
                        IntStream.rangeClosed(0, replicas).mapToObj(n -> FIRST_PORT + n),
                        Stream.of(POOLER_PORT).filter(port -> pooled))
                .flatMap(each -> each)
                .toList();
        // Of the module's thirty ports only those that are used: publishing each takes the engine time.
        setExposedPorts(ports);
        withImagePullPolicy(any -> false);
        setWaitStrategy(new HttpWaitStrategy()
                .forPath("/version")
                .forPort(API_PORT)
                .withRateLimiter(RateLimiterBuilder.newBuilder()
                        .withRate(50, TimeUnit.SECONDS)
                        .withConstantThroughput()
                        .build()));
        withCreateContainerCmdModifier(client.labelled());
        withCreateContainerCmdModifier(command -> command.withImage(image.id())
                .withAliases(name)
                .withHostConfig(EngineClient.hostConfig(List.of())
                        .withNetworkMode(network)
                        .withPortBindings(ports.stream()
                                .map(port -> new PortBinding(
                                        Ports.Binding.bindIp(EngineClient.LOOPBACK), ExposedPort.tcp(port)))
                                .toList())));
    }

    /** In its network. */
    String name() {
        return name;
    }

    URI api() {
        return URI.create("http://" + EngineClient.LOOPBACK + ":" + getControlPort());
    }

    /** The port of a proxy, by its name: that of a server is published, that of a link is for other containers. */
    static int port(String name) {
        if (name.equals(ServerNames.PRIMARY)) {
            return FIRST_PORT;
        }
        if (name.equals(ServerNames.POOLER)) {
            return POOLER_PORT;
        }
        int number = Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
        return FIRST_PORT + number + (ServerNames.isLink(name) ? LINKS : 0);
    }
}
