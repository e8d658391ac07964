package dev.rehearsal.environment;

import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.run.RunEvent.ContainerFacts;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Environments in containers: the server and Toxiproxy on a network of their own, both reached through ports of the loopback interface. */
public final class ContainerRuntime implements ServerRuntime {
    private static final String PROXY_DESCRIPTION = "Toxiproxy in a container";

    private final Parts parts;
    private final ContainerServers servers;
    private final String reason;
    private final CompletableFuture<Surroundings> surroundings;

    /** @param entry says that this process has things in the engine */
    record Parts(
            EngineReport.Reachable engine,
            EngineClient client,
            ServerImage image,
            ContainerImages.Found proxyImage,
            RunningRegistry.Entry entry) {}

    /** What can be had before there is a data directory: begun with the runtime, because it takes as long as cloning does. */
    private record Surroundings(String network, FaultProxyContainer proxy) {}

    /** @param reason why this runtime: a sentence */
    ContainerRuntime(Parts parts, ContainerServers servers, String reason) {
        this.parts = parts;
        this.servers = servers;
        this.reason = reason;
        this.surroundings = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("container-surroundings").start(() -> {
            try {
                surroundings.complete(surroundings());
            } catch (EnvironmentException | RuntimeException e) {
                surroundings.completeExceptionally(e);
            }
        });
    }

    private Surroundings surroundings() throws EnvironmentException {
        String network = parts.client.createNetwork();
        FaultProxyContainer proxy = new FaultProxyContainer(parts.proxyImage, network, parts.client);
        try {
            proxy.start();
            return new Surroundings(network, proxy);
        } catch (RuntimeException e) {
            parts.client.removeNetwork(network);
            throw new EnvironmentException(
                    "the fault proxy (" + parts.proxyImage.name() + ") does not start: " + EngineClient.reason(e),
                    "Name an image of Toxiproxy 2 in environment.proxyImage, or take --runtime local.",
                    e);
        }
    }

    @Override
    public ServerLauncher servers() {
        return servers;
    }

    @Override
    public Environment start(
            EnvironmentSpec spec,
            Path clonedDataDirectory,
            Map<String, String> instrumentSettings,
            int connectionsNeeded,
            Path runDirectory)
            throws EnvironmentException {
        Map<String, String> settings = EnvironmentStart.settings(
                spec,
                instrumentSettings,
                connectionsNeeded,
                spec.containers().memoryBytes().orElse(parts.engine.memoryBytes()));
        return EnvironmentStart.over(clonedDataDirectory, runDirectory, (data, started, host) -> {
            Surroundings around = awaitSurroundings();
            ContainerServer server = servers.start(
                    data,
                    settings,
                    Optional.of(new ServerContainer.InNetwork(around.network, EnvironmentStart.PRIMARY)),
                    spec.containers());
            started.add("the server", server::discard);
            int port = around.proxy.add(EnvironmentStart.PRIMARY);
            return new StartedEnvironment(
                    new StartedEnvironment.RuntimeFacts(
                            "containers", reason, servers.serverVersion(), Optional.of(facts(spec))),
                    server,
                    new StartedEnvironment.FaultProxy(
                            around.proxy.api(),
                            EnvironmentStart.PRIMARY,
                            PROXY_DESCRIPTION + " (" + parts.proxyImage.name() + ")",
                            EngineClient.LOOPBACK,
                            port),
                    () -> server.outOfMemory().stream().toList(),
                    started,
                    host);
        });
    }

    private ContainerFacts facts(EnvironmentSpec spec) {
        return new ContainerFacts(
                parts.engine.name() + " " + parts.engine.version(),
                parts.image.name(),
                parts.image.id(),
                parts.proxyImage.name(),
                spec.containers().cpus(),
                spec.containers().memoryBytes());
    }

    private Surroundings awaitSurroundings() throws EnvironmentException {
        try {
            return surroundings.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EnvironmentException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while containers started", "Start again.", e);
        }
    }

    /** Waits for what is still starting: whoever closes wants nothing left. */
    @Override
    public void close() throws EnvironmentException {
        try (RunningRegistry.Entry done = parts.entry) {
            Optional<Surroundings> around = surroundings
                    .handle((found, failure) -> Optional.ofNullable(found))
                    .join();
            if (around.isPresent()) {
                StartedThings ends = new StartedThings();
                ends.add("the network", () -> parts.client.removeNetwork(around.get().network));
                ends.add(
                        "the fault proxy",
                        () -> parts.client.remove(around.get().proxy.getContainerId()));
                ends.close();
            }
        }
    }
}
