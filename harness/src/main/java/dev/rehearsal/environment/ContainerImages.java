package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds the images that a scenario needs: the engine's own, those built by our recipes, and then the registry's. */
final class ContainerImages {
    /** What is taken when a scenario names none. */
    static final String PROXY = "ghcr.io/shopify/toxiproxy:2.12.0";

    private static final String BUILT_PROXY = "harness/toxiproxy:2.12.0";

    /** Made by our recipe alone: no registry has it under this name, or has something else. */
    private static final String BUILT_POOLER = "harness/pgbouncer:1";

    private final ContainerEngine engine;

    ContainerImages(ContainerEngine engine) {
        this.engine = engine;
    }

    /** An image that the engine has. */
    record Found(String name, String id) {}

    /**
     * What an image may be called.
     *
     * @param names the first is what is pulled when the engine has none of them
     * @param pulled whether a registry is asked at all
     */
    record Wanted(List<String> names, boolean pulled) {
        Wanted(List<String> names) {
            this(names, true);
        }

        /** For messages. */
        String name() {
            return names.getFirst();
        }
    }

    static Wanted server(EnvironmentSpec spec) {
        return new Wanted(spec.containers()
                .image()
                .map(List::of)
                .orElseGet(() -> server(spec.version()).names()));
    }

    /** Of a scenario that names no image. */
    static Wanted server(String version) {
        return new Wanted(List.of("postgres:" + version, "harness/postgres:" + version));
    }

    static Wanted proxy(EnvironmentSpec spec) {
        return new Wanted(spec.containers().proxyImage().map(List::of).orElseGet(() -> proxy().names()));
    }

    /** Of a scenario that names no image. */
    static Wanted proxy() {
        return new Wanted(List.of(PROXY, BUILT_PROXY));
    }

    /** Of a scenario that wants a pooler. */
    static Optional<Wanted> pooler(EnvironmentSpec spec) {
        return spec.pooler()
                .map(pooler ->
                        pooler.image().map(name -> new Wanted(List.of(name))).orElseGet(ContainerImages::pooler));
    }

    /** Of a scenario that wants one and names no image. */
    static Wanted pooler() {
        return new Wanted(List.of(BUILT_POOLER), false);
    }

    /** The engine's, without asking any registry. */
    Optional<Found> present(Wanted wanted) {
        for (String name : wanted.names) {
            Optional<String> id = engine.imageId(name);
            if (id.isPresent()) {
                return Optional.of(new Found(name, id.get()));
            }
        }
        return Optional.empty();
    }

    /**
     * The engine's, or pulled.
     *
     * @param silence how long a registry may say nothing
     */
    Found obtain(Wanted wanted, Duration silence) throws EnvironmentException {
        Optional<Found> present = present(wanted);
        if (present.isPresent()) {
            return present.get();
        }
        if (!wanted.pulled) {
            throw new EnvironmentException(
                    "the image " + wanted.name() + " is not on this machine, and no registry has it",
                    "Build it here from Debian's package: harness/docker/build-images " + wanted.name()
                            + ". Or name one of your own with a pgbouncer in it in environment.pooler.image, or take --runtime local.");
        }
        try {
            Optional<String> trouble = EngineClient.of(engine).pull(wanted.name(), silence);
            Optional<Found> pulled = present(wanted);
            if (pulled.isPresent()) {
                return pulled.get();
            }
            throw new EnvironmentException(
                    "the image " + wanted.name() + " is not on this machine and cannot be pulled: "
                            + trouble.orElse("the registry has it, but the engine did not keep it"),
                    "Where a registry can be reached: docker pull " + wanted.name()
                            + ". Where none can: build it here from packages with harness/docker/build-images, "
                            + "or take --runtime local.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while " + wanted.name() + " was pulled", "Start again.", e);
        }
    }
}
