package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.net.URI;

/** Those of one environment in a Toxiproxy that no other has meanwhile: when the environment ends, their ports are the next one's. */
final class ContainerFaultProxies implements FaultProxies {
    private final FaultProxyContainer container;
    private final String description;
    private final StartedThings started;

    /** @param started is told how to remove each */
    ContainerFaultProxies(FaultProxyContainer container, String description, StartedThings started) {
        this.container = container;
        this.description = description;
        this.started = started;
    }

    @Override
    public URI api() {
        return container.api();
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Entrance add(String name, StartedServer server) throws EnvironmentException {
        return add(name, server.upstream());
    }

    @Override
    public Entrance add(String name, String upstream) throws EnvironmentException {
        return new Entrance(EngineClient.LOOPBACK, container.getMappedPort(listen(name, upstream)));
    }

    @Override
    public Entrance inside(String name, Entrance outside) {
        return new Entrance(container.name(), FaultProxyContainer.port(name));
    }

    @Override
    public Entrance addLink(String name, StartedServer server) throws EnvironmentException {
        return new Entrance(container.name(), listen(name, server.upstream()));
    }

    private int listen(String name, String upstream) throws EnvironmentException {
        int port = FaultProxyContainer.port(name);
        FaultProxyApi.add(api(), name, "0.0.0.0:" + port, upstream);
        started.add("the fault proxy of " + name, () -> FaultProxyApi.remove(api(), name));
        return port;
    }
}
