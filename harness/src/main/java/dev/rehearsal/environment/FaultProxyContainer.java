package dev.rehearsal.environment;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.rehearsal.scenario.EnvironmentException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.rnorth.ducttape.ratelimits.RateLimiterBuilder;
import org.testcontainers.containers.wait.strategy.HttpWaitStrategy;
import org.testcontainers.toxiproxy.ToxiproxyContainer;
import org.testcontainers.utility.DockerImageName;

/** Toxiproxy itself, by Testcontainers' module, published on the loopback interface. */
final class FaultProxyContainer extends ToxiproxyContainer {
    private static final int API_PORT = 8474;
    private static final int FIRST_PORT = 8666;

    FaultProxyContainer(ContainerImages.Found image, String network, EngineClient client) {
        super(DockerImageName.parse(image.name()).asCompatibleSubstituteFor("ghcr.io/shopify/toxiproxy"));
        List<Integer> ports = List.of(API_PORT, FIRST_PORT);
        // Of the module's thirty ports only those that are used: publishing each takes the engine time.
        setExposedPorts(ports);
        withImagePullPolicy(name -> false);
        setWaitStrategy(new HttpWaitStrategy()
                .forPath("/version")
                .forPort(API_PORT)
                .withRateLimiter(RateLimiterBuilder.newBuilder()
                        .withRate(50, TimeUnit.SECONDS)
                        .withConstantThroughput()
                        .build()));
        withCreateContainerCmdModifier(client.labelled());
        withCreateContainerCmdModifier(command -> command.withImage(image.id())
                .withHostConfig(EngineClient.hostConfig(List.of())
                        .withNetworkMode(network)
                        .withPortBindings(ports.stream()
                                .map(port -> new PortBinding(
                                        Ports.Binding.bindIp(EngineClient.LOOPBACK), ExposedPort.tcp(port)))
                                .toList())));
    }

    URI api() {
        return URI.create("http://" + EngineClient.LOOPBACK + ":" + getControlPort());
    }

    /**
     * Puts a proxy in front of a server.
     *
     * @param name of the proxy, and of the server in their network
     * @return where it takes connections
     */
    int add(String name) throws EnvironmentException {
        FaultProxyApi.add(api(), name, "0.0.0.0:" + FIRST_PORT, name + ":" + ServerContainer.PORT);
        return getMappedPort(FIRST_PORT);
    }
}
