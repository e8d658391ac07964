package dev.rehearsal.environment;

import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.run.RunEvent.ContainerFacts;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import dev.rehearsal.scenario.ServerNames;
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
    private final CompletableFuture<FaultProxyContainer> proxy;
    /** Whether an environment that is not closed has it. These are guarded by this. */
    private boolean proxyTaken;

    private int furtherProxies;
    private int environments;

    /**
     * @param replicas that the fault proxy has places for, beside the primary
     * @param pooler what is put in front of primaries; empty: the scenario wants none
     * @param entry says that this process has things in the engine
     */
    record Parts(
            EngineReport.Reachable engine,
            EngineClient client,
            ServerImage image,
            ContainerImages.Found proxyImage,
            String network,
            int replicas,
            Optional<PgBouncerImage> pooler,
            RunningRegistry.Entry entry) {}

    /** @param reason why this runtime: a sentence */
    ContainerRuntime(Parts parts, ContainerServers servers, String reason) {
        this.parts = parts;
        this.servers = servers;
        this.reason = reason;
        this.proxy = new CompletableFuture<>();
        // Begun with the runtime, because it takes as long as cloning does.
        Thread.ofPlatform().daemon().name("fault-proxy-start").start(() -> {
            try {
                proxy.complete(startProxy(FaultProxyContainer.NAME));
            } catch (EnvironmentException | RuntimeException e) {
                proxy.completeExceptionally(e);
            }
        });
    }

    private FaultProxyContainer startProxy(String name) throws EnvironmentException {
        FaultProxyContainer container = new FaultProxyContainer(
                parts.proxyImage,
                parts.network,
                name,
                Math.max(1, parts.replicas),
                parts.pooler.isPresent(),
                parts.client);
        try {
            container.start();
            return container;
        } catch (RuntimeException e) {
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
        // A limit is each container's own; without one they share the machine.
        long memory = spec.containers().memoryBytes().isPresent()
                ? spec.containers().memoryBytes().getAsLong()
                        * (1 + spec.replication().replicas())
                : parts.engine.memoryBytes();
        // One network for all: what is called primary in an environment is called so by its own proxy alone.
        String suffix = nextSuffix();
        return EnvironmentStart.over(
                new EnvironmentStart.Wish(
                        spec,
                        parts.image.majorVersion(),
                        EnvironmentStart.settings(
                                spec, parts.image.majorVersion(), instrumentSettings, connectionsNeeded, memory),
                        runDirectory),
                clonedDataDirectory,
                new StartedEnvironment.RuntimeFacts(
                        "containers", reason, servers.serverVersion(), Optional.of(facts(spec))),
                (name, data, settings) -> servers.start(
                        data,
                        settings,
                        name + suffix,
                        spec.containers(),
                        spec.pooler().isPresent()),
                started -> new ContainerFaultProxies(
                        proxy(started), PROXY_DESCRIPTION + " (" + parts.proxyImage.name() + ")", started),
                Front.of(spec.pooler(), pooler(suffix), connectionsNeeded));
    }

    private Optional<PoolerProgram> pooler(String suffix) {
        return parts.pooler.map(image ->
                image.in(new ServerContainer.InNetwork(parts.network, ServerNames.POOLER + suffix), parts.client));
    }

    private synchronized String nextSuffix() {
        environments++;
        return environments == 1 ? "" : "-" + environments;
    }

    /** The runtime's own, unless another environment has it that is not closed yet: names and ports in it are one environment's. */
    private FaultProxyContainer proxy(StartedThings started) throws EnvironmentException {
        Optional<String> another = takeProxy();
        if (another.isEmpty()) {
            started.add("the use of the fault proxy", this::giveProxyBack);
            return awaitProxy();
        }
        FaultProxyContainer container = startProxy(another.get());
        started.add("the fault proxy", () -> parts.client.remove(container.getContainerId()));
        return container;
    }

    /** @return the name of the one to start, because the own one is taken */
    private synchronized Optional<String> takeProxy() {
        if (proxyTaken) {
            return Optional.of(FaultProxyContainer.NAME + "-" + ++furtherProxies);
        }
        proxyTaken = true;
        return Optional.empty();
    }

    private synchronized void giveProxyBack() {
        proxyTaken = false;
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

    private FaultProxyContainer awaitProxy() throws EnvironmentException {
        try {
            return proxy.get();
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
            StartedThings ends = new StartedThings();
            ends.add("the network", () -> parts.client.removeNetwork(parts.network));
            ends.add("the fault proxy", () -> {
                String id = proxy.handle((started, failure) -> started == null ? "" : started.getContainerId())
                        .join();
                if (!id.isEmpty()) {
                    parts.client.remove(id);
                }
            });
            ends.close();
        }
    }
}
