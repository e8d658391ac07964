package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import dev.rehearsal.scenario.PoolerSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides where servers run. {@code auto} takes containers where an engine answers and the images are there or can be pulled, else the local
 * programs; the reason is a sentence in the report.
 */
public final class RuntimeChooser {
    private static final String ASKED = "The scenario asks for it.";
    private static final Duration PULL_SILENCE = Duration.ofMinutes(1);
    /** Who did not ask for containers shall not wait for a registry. */
    private static final Duration PULL_SILENCE_OF_AUTO = Duration.ofSeconds(5);

    private static final Duration REFUSAL_HOLDS = Duration.ofMinutes(10);

    private final Path cache;
    private final ContainerEngine engine;

    /** @param cache the user's cache directory */
    public RuntimeChooser(Path cache) {
        this(cache, ContainerEngine.find());
    }

    RuntimeChooser(Path cache, ContainerEngine engine) {
        this.cache = cache.toAbsolutePath();
        this.engine = engine;
    }

    /**
     * The runtime of a scenario, ready to start servers of the harness's own.
     *
     * @param seed the scenario's
     * @throws EnvironmentException if what the scenario asks for cannot be had; where it asks for nothing in particular, only if neither can
     */
    public ServerRuntime choose(EnvironmentSpec spec, long seed) throws EnvironmentException {
        return switch (spec.runtime()) {
            case LOCAL -> local(spec, seed, ASKED);
            case CONTAINERS -> containers(spec, ASKED, PULL_SILENCE);
            case AUTO -> automatic(spec, seed);
            // Whoever can work on such a server does not ask for servers of the harness's own.
            case EXTERNAL ->
                throw new EnvironmentException(
                        "environment.url: a dump is restored, and a migration inspected, on servers of the harness's own alone",
                        "Leave url and allow out of the file for it.");
        };
    }

    private ServerRuntime automatic(EnvironmentSpec spec, long seed) throws EnvironmentException {
        if (spec.binaries().isPresent()) {
            return local(spec, seed, "The scenario names the server's programs.");
        }
        Optional<EngineReport.Refusal> obstacle = obstacle(spec);
        if (obstacle.isEmpty()) {
            String image = new ContainerImages(engine)
                    .present(ContainerImages.server(spec))
                    .map(ContainerImages.Found::name)
                    .orElseThrow();
            return containers(spec, "A container engine answers and has the image " + image + ".", PULL_SILENCE);
        }
        Optional<String> onlyContainers = onlyInContainers(spec);
        if (onlyContainers.isPresent()) {
            throw new EnvironmentException(
                    onlyContainers.get() + ", but: " + obstacle.get().reason(),
                    obstacle.get().remedy());
        }
        return local(spec, seed, obstacle.get().reason() + " PostgreSQL's own programs need none.");
    }

    /** What of the scenario the local runtime cannot give. */
    private static Optional<String> onlyInContainers(EnvironmentSpec spec) {
        if (spec.containers().image().isPresent()) {
            return Optional.of("environment.image is for containers");
        }
        if (spec.pooler().flatMap(PoolerSpec::image).isPresent()) {
            return Optional.of("environment.pooler.image is for containers");
        }
        if (spec.containers().cpus().isPresent()
                || spec.containers().memoryBytes().isPresent()) {
            return Optional.of("environment.resources are for containers");
        }
        return spec.version().equals(LocalServers.BUNDLED_MAJOR_VERSION)
                ? Optional.empty()
                : Optional.of("PostgreSQL " + spec.version()
                        + " runs in containers only (PostgreSQL 18 comes with the harness)");
    }

    /** Why containers cannot be had; empty if everything for them is on this machine now. */
    private Optional<EngineReport.Refusal> obstacle(EnvironmentSpec spec) throws EnvironmentException {
        Optional<EngineReport.Refusal> refusal = engine.report().refusal();
        if (refusal.isPresent()) {
            return refusal;
        }
        ContainerImages images = new ContainerImages(engine);
        List<ContainerImages.Wanted> all =
                new ArrayList<>(List.of(ContainerImages.server(spec), ContainerImages.proxy(spec)));
        ContainerImages.pooler(spec).ifPresent(all::add);
        for (ContainerImages.Wanted wanted : all) {
            Optional<EngineReport.Refusal> missing = missing(images, wanted);
            if (missing.isPresent()) {
                return missing;
            }
        }
        return Optional.empty();
    }

    /** A registry that could not be reached a minute ago is not asked again by every run. */
    private Optional<EngineReport.Refusal> missing(ContainerImages images, ContainerImages.Wanted wanted)
            throws EnvironmentException {
        if (images.present(wanted).isPresent()) {
            return Optional.empty();
        }
        if (!wanted.pulled()) {
            return Optional.of(new EngineReport.Refusal(
                    "A container engine answers, but the image " + wanted.name() + " is not on this machine.",
                    "Build it here: harness/docker/build-images " + wanted.name()));
        }
        Path refused = cache.resolve("images")
                .resolve("refused-" + HexFormat.of().formatHex(wanted.name().getBytes(StandardCharsets.UTF_8)));
        try {
            if (Files.exists(refused)
                    && Files.getLastModifiedTime(refused)
                            .toInstant()
                            .isAfter(Instant.now().minus(REFUSAL_HOLDS))) {
                return Optional.of(noImage(wanted));
            }
            try {
                ContainerImages.Found pulled = images.obtain(wanted, PULL_SILENCE_OF_AUTO);
                return pulled.id().isEmpty() ? Optional.of(noImage(wanted)) : Optional.empty();
            } catch (EnvironmentException cannotBePulled) {
                Files.createDirectories(refused.getParent());
                Files.writeString(refused, cannotBePulled.getMessage());
                return Optional.of(noImage(wanted));
            }
        } catch (IOException e) {
            return Optional.of(noImage(wanted));
        }
    }

    private static EngineReport.Refusal noImage(ContainerImages.Wanted wanted) {
        return new EngineReport.Refusal(
                "A container engine answers, but the image " + wanted.name()
                        + " is not on this machine and cannot be pulled.",
                "Pull it where a registry can be reached (docker pull " + wanted.name()
                        + "), or build it here with harness/docker/build-images.");
    }

    private ServerRuntime local(EnvironmentSpec spec, long seed, String reason) throws EnvironmentException {
        LocalFaultProxy faultProxy = LocalFaultProxy.chosen(System.getenv(), seed);
        return new LocalRuntime(LocalServers.obtain(spec, cache), faultProxy, reason);
    }

    private ServerRuntime containers(EnvironmentSpec spec, String reason, Duration silence)
            throws EnvironmentException {
        Optional<EngineReport.Refusal> refusal = engine.report().refusal();
        if (refusal.isPresent() || !(engine.report() instanceof EngineReport.Reachable reachable)) {
            EngineReport.Refusal why = refusal.orElseThrow();
            throw new EnvironmentException("environment.runtime: containers: " + why.reason(), why.remedy());
        }
        refuseLargerThanTheMachine(spec, reachable);
        ContainerImages images = new ContainerImages(engine);
        ContainerImages.Found serverImage = images.obtain(ContainerImages.server(spec), silence);
        ContainerImages.Found proxyImage = images.obtain(ContainerImages.proxy(spec), silence);
        Optional<ContainerImages.Wanted> poolerWanted = ContainerImages.pooler(spec);
        Optional<ContainerImages.Found> poolerImage =
                poolerWanted.isPresent() ? Optional.of(images.obtain(poolerWanted.get(), silence)) : Optional.empty();
        EngineClient client = EngineClient.of(engine);
        // Also what no note leads to any more: a sweep may have found the engine stopped, and the note been taken for
        // done.
        new ContainerSweeper(client).sweep();
        RunningRegistry.Entry entry = new RunningRegistry(cache).engine(engine.uri());
        boolean complete = false;
        try {
            ContainerUser user = ContainerUser.ofThisProcess();
            ServerImage image = ServerImage.of(serverImage, client, user, cache);
            refuseOtherVersion(spec, image);
            Optional<PgBouncerImage> pooler = poolerImage.isPresent()
                    ? Optional.of(
                            PgBouncerImage.of(spec.pooler().orElseThrow(), poolerImage.get(), client, user, cache))
                    : Optional.empty();
            String network = client.createNetwork();
            ContainerServers servers = new ContainerServers(
                    client,
                    image,
                    user,
                    platform(reachable),
                    spec.containers().image().isPresent(),
                    network);
            complete = true;
            return new ContainerRuntime(
                    new ContainerRuntime.Parts(
                            reachable,
                            client,
                            image,
                            proxyImage,
                            network,
                            spec.replication().replicas(),
                            pooler,
                            entry),
                    servers,
                    reason);
        } finally {
            if (!complete) {
                entry.close();
            }
        }
    }

    /** As Java calls the machines that containers run on, wherever Java runs: the names are in fingerprints. */
    private static String platform(EngineReport.Reachable engine) {
        String architecture = switch (engine.architecture()) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64", "arm64" -> "aarch64";
            case String other -> other;
        };
        return "Linux " + architecture;
    }

    private static void refuseLargerThanTheMachine(EnvironmentSpec spec, EngineReport.Reachable engine)
            throws EnvironmentException {
        double cpus = spec.containers().cpus().orElse(0);
        if (cpus > engine.cpus()) {
            throw new EnvironmentException(
                    String.format(
                            Locale.ROOT,
                            "environment.resources.cpus: %s is more than the %d processors that the container engine has",
                            cpus == Math.rint(cpus) ? Long.toString((long) cpus) : Double.toString(cpus),
                            engine.cpus()),
                    "Write at most " + engine.cpus() + ", or rehearse on a larger machine.");
        }
        long memory = spec.containers().memoryBytes().orElse(0);
        if (memory > engine.memoryBytes()) {
            throw new EnvironmentException(
                    "environment.resources.memory: " + (memory >> 20) + "m is more than the "
                            + (engine.memoryBytes() >> 20) + "m that the container engine has",
                    "Write at most " + (engine.memoryBytes() >> 20) + "m, or rehearse on a larger machine.");
        }
    }

    private static void refuseOtherVersion(EnvironmentSpec spec, ServerImage image) throws EnvironmentException {
        String wanted = spec.version();
        if (!image.version().equals(wanted) && !image.version().startsWith(wanted + ".")) {
            throw new EnvironmentException(
                    "environment.version: " + wanted + " is wanted, but the image " + image.name()
                            + " holds PostgreSQL " + image.version(),
                    "Write version: \"" + image.majorVersion().major() + "\", or name another image.");
        }
    }
}
