package dev.rehearsal.environment;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.api.model.PullResponseItem;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * An engine's API, through Testcontainers. Everything made here carries the labels of {@link Ownership}, by which it can be found again.
 *
 * <p>Safe for use by several threads.
 */
final class EngineClient {
    /** Where published ports are reached. */
    static final String LOOPBACK = "127.0.0.1";

    private static final Duration ONE_SHOT_PATIENCE = Duration.ofMinutes(10);

    private final DockerClient client;
    private final Map<String, String> labels;

    private EngineClient(DockerClient client, Map<String, String> labels) {
        this.client = client;
        this.labels = labels;
    }

    /** @param engine one that answers */
    static EngineClient of(ContainerEngine engine) throws EnvironmentException {
        return of(engine, Ownership.labels());
    }

    /** @param labels of everything that it makes */
    static EngineClient of(ContainerEngine engine, Map<String, String> labels) throws EnvironmentException {
        try {
            return new EngineClient(FoundEngine.client(engine.uri()), labels);
        } catch (RuntimeException e) {
            throw new EnvironmentException(
                    "the container engine at " + engine.uri() + " cannot be used: " + reason(e),
                    "Look at the engine's log, or take --runtime local.",
                    e);
        }
    }

    /** On every container and network. */
    Map<String, String> labels() {
        return labels;
    }

    // ---- images -----------------------------------------------------------------------------------------------------

    /**
     * Pulls an image.
     *
     * @param silence longest time without any progress
     * @return why not, as the engine says it; empty if it is there now
     */
    Optional<String> pull(String image, Duration silence) throws InterruptedException {
        AtomicLong lastWord = new AtomicLong(System.nanoTime());
        ResultCallback.Adapter<PullResponseItem> progress = new ResultCallback.Adapter<>() {
            @Override
            public void onNext(PullResponseItem item) {
                lastWord.set(System.nanoTime());
            }
        };
        try (progress) {
            String name =
                    image.contains("@") || image.lastIndexOf(':') > image.lastIndexOf('/') ? image : image + ":latest";
            client.pullImageCmd(name).exec(progress);
            while (!progress.awaitCompletion(200, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - lastWord.get() > silence.toNanos()) {
                    return Optional.of("the registry is silent for " + silence.toSeconds() + " s");
                }
            }
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of(reason(e));
        }
    }

    // ---- containers -------------------------------------------------------------------------------------------------

    /**
     * A container that runs to its end.
     *
     * @param user {@code uid:gid}
     * @param mounts folders and files of this machine, at the same path inside
     */
    record OneShot(String imageId, String user, List<String> command, List<Mount> mounts) {}

    /** @param output both streams */
    record Ended(int exitCode, String output) {}

    Ended run(OneShot one) throws EnvironmentException {
        String id = "";
        try {
            id = client.createContainerCmd(one.imageId)
                    .withEntrypoint(one.command.getFirst())
                    .withCmd(one.command.subList(1, one.command.size()))
                    .withUser(one.user)
                    .withEnv("LC_ALL=C", "TZ=UTC")
                    .withLabels(labels)
                    .withHostConfig(hostConfig(one.mounts).withNetworkMode("none"))
                    .exec()
                    .getId();
            client.startContainerCmd(id).exec();
            Integer exit = client.waitContainerCmd(id)
                    .exec(new WaitContainerResultCallback())
                    .awaitStatusCode(ONE_SHOT_PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return new Ended(exit, logs(id));
        } catch (RuntimeException e) {
            return new Ended(-1, reason(e));
        } finally {
            if (!id.isEmpty()) {
                remove(id);
            }
        }
    }

    /** What every container of ours has: no labels of SELinux on the user's files, and the owners that we gave them. */
    static HostConfig hostConfig(List<Mount> mounts) {
        return new HostConfig()
                .withMounts(mounts)
                .withSecurityOpts(List.of("label=disable"))
                .withUsernsMode("host");
    }

    static Mount mount(Path path) {
        return new Mount().withType(MountType.BIND).withSource(path.toString()).withTarget(path.toString());
    }

    InspectContainerResponse inspect(String id) {
        return uninterrupted(() -> client.inspectContainerCmd(id).exec());
    }

    ContainerState state(String id) {
        return inspect(id).getState();
    }

    /** Both streams, from the beginning. */
    String logs(String id) {
        return uninterrupted(() -> readLogs(id));
    }

    private String readLogs(String id) {
        StringBuilder text = new StringBuilder();
        try (ResultCallback.Adapter<Frame> frames = new ResultCallback.Adapter<>() {
            @Override
            public void onNext(Frame frame) {
                text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
            }
        }) {
            client.logContainerCmd(id).withStdOut(true).withStdErr(true).exec(frames);
            frames.awaitCompletion(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            text.append(reason(e));
        }
        return text.toString();
    }

    /** Sends the signal, if the container still runs. */
    void signal(String id, String signal) {
        try {
            uninterrupted(() -> client.killContainerCmd(id).withSignal(signal).exec());
        } catch (NotFoundException | ConflictException ended) {
            // It has ended by itself.
        }
    }

    /** Starts one that has ended, as it was. */
    void start(String id) throws EnvironmentException {
        try {
            uninterrupted(() -> client.startContainerCmd(id).exec());
        } catch (RuntimeException e) {
            throw new EnvironmentException(
                    "container " + id + " cannot be started again: " + reason(e), "See the engine's words above.", e);
        }
    }

    /** Freezes every process in it. */
    void pause(String id) throws EnvironmentException {
        try {
            uninterrupted(() -> client.pauseContainerCmd(id).exec());
        } catch (RuntimeException e) {
            throw new EnvironmentException(
                    "container " + id + " cannot be paused: " + reason(e), "See the engine's words above.", e);
        }
    }

    /** Thaws them. */
    void unpause(String id) throws EnvironmentException {
        try {
            uninterrupted(() -> client.unpauseContainerCmd(id).exec());
        } catch (RuntimeException e) {
            throw new EnvironmentException(
                    "container " + id + " cannot be unpaused: " + reason(e),
                    "Try it yourself: docker unpause " + id,
                    e);
        }
    }

    /** Whether it came to its end in time. Not to be interrupted: whoever ends something wants it ended. */
    boolean ended(String id, Duration patience) {
        boolean interrupted = Thread.interrupted();
        try (WaitContainerResultCallback end = client.waitContainerCmd(id).exec(new WaitContainerResultCallback())) {
            end.awaitStatusCode(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (NotFoundException gone) {
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** With its volumes, running or not; one that is not there is no error. */
    void remove(String id) throws EnvironmentException {
        try {
            client.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException gone) {
            // Somebody else was faster.
        } catch (ConflictException underWay) {
            // Somebody else is at it.
        } catch (RuntimeException e) {
            throw new EnvironmentException(
                    "container " + id + " cannot be removed: " + reason(e),
                    "Remove it yourself: docker rm -f -v " + id,
                    e);
        }
    }

    /** What a file is inside a container, running or not; empty if it is not there. */
    Optional<String> fileInside(String id, Path path) {
        try (InputStream tar =
                        client.copyArchiveFromContainerCmd(id, path.toString()).exec();
                TarArchiveInputStream files = new TarArchiveInputStream(tar)) {
            return files.getNextEntry() == null
                    ? Optional.empty()
                    : Optional.of(new String(files.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Tells, from now on, when the kernel kills a process of the container because its memory is used up. */
    AutoCloseable onOutOfMemory(String id, Runnable happened) {
        return client.eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER)
                .withContainerFilter(id)
                .withEventFilter("oom")
                .exec(new ResultCallback.Adapter<Event>() {
                    @Override
                    public void onNext(Event event) {
                        happened.run();
                    }
                });
    }

    // ---- networks ---------------------------------------------------------------------------------------------------

    /** The id of a new network. */
    String createNetwork() throws EnvironmentException {
        try {
            return client.createNetworkCmd()
                    .withName("harness-" + UUID.randomUUID())
                    .withLabels(labels)
                    .exec()
                    .getId();
        } catch (RuntimeException e) {
            throw new EnvironmentException(
                    "the container engine cannot make a network: " + reason(e),
                    "Remove networks that nobody uses (docker network prune), or take --runtime local.",
                    e);
        }
    }

    /** With every container in it, also those that nobody knows of because their start was interrupted. */
    void removeNetwork(String id) throws EnvironmentException {
        try {
            List<String> inside = uninterrupted(
                    () -> client.listContainersCmd().withShowAll(true).withNetworkFilter(List.of(id)).exec().stream()
                            .map(container -> container.getId())
                            .toList());
            for (String container : inside) {
                remove(container);
            }
            uninterrupted(() -> client.removeNetworkCmd(id).exec());
        } catch (NotFoundException gone) {
            // Somebody else was faster.
        } catch (RuntimeException e) {
            throw new EnvironmentException(
                    "network " + id + " cannot be removed: " + reason(e),
                    "Remove it yourself: docker network rm " + id,
                    e);
        }
    }

    // ---- what is ours -----------------------------------------------------------------------------------------------

    /** @param container else it is a network */
    record Labelled(String id, boolean container, Map<String, String> labels) {}

    /** Everything that any harness has made: containers first, because networks in use cannot be removed. */
    List<Labelled> everythingLabelled(String label) {
        List<Labelled> found = new ArrayList<>();
        client.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(label))
                .exec()
                .forEach(container -> found.add(new Labelled(container.getId(), true, container.getLabels())));
        for (Network network :
                client.listNetworksCmd().withFilter("label", List.of(label)).exec()) {
            found.add(new Labelled(network.getId(), false, network.getLabels()));
        }
        return found;
    }

    /** For Testcontainers' classes, which make containers themselves. */
    Consumer<CreateContainerCmd> labelled() {
        return command -> {
            Map<String, String> all = new java.util.HashMap<>(
                    Optional.ofNullable(command.getLabels()).orElse(Map.of()));
            all.putAll(labels);
            command.withLabels(all);
        };
    }

    /**
     * The engine's socket is closed under a thread that is interrupted; but what is ended has to be ended then, too. The interrupt is kept for later.
     */
    private static <T extends @Nullable Object> T uninterrupted(Supplier<T> call) {
        boolean interrupted = Thread.interrupted();
        try {
            try {
                return call.get();
            } catch (RuntimeException e) {
                if (!Thread.interrupted()) {
                    throw e;
                }
                interrupted = true;
                return call.get();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** In the engine's own words, without the library's around them. */
    static String reason(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null && !(deepest instanceof DockerException)) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
        return message.replaceFirst("(?s)^Status \\d+: ", "")
                .replaceFirst("(?s)^\\{\"message\":\"(.*)\"}\\s*$", "$1")
                .replace("\\\"", "\"")
                .strip();
    }
}
