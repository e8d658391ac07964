package dev.rehearsal.environment;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports.Binding;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One server in a container of its own, from its start to its end. Safe for use by several threads. */
final class ContainerServer implements StartedServer {
    /** Long, because the checkpoint of a freshly loaded database takes what the disk takes. */
    private static final Duration CLEAN_STOP_PATIENCE = Duration.ofMinutes(5);

    private static final Duration HARD_STOP_PATIENCE = Duration.ofSeconds(10);

    private final EngineClient client;
    private final ServerContainer.Plan plan;
    private final String id;
    private final Facts facts;
    private final AutoCloseable memoryWatch;
    private final AtomicInteger killedForMemory;
    private int port;
    private long processId = -1;
    private boolean closed;
    private boolean paused;

    private ContainerServer(
            EngineClient client,
            ServerContainer.Plan plan,
            String id,
            String password,
            AutoCloseable memoryWatch,
            AtomicInteger killedForMemory) {
        this.client = client;
        this.plan = plan;
        this.id = id;
        this.facts = new Facts(
                EngineClient.LOOPBACK,
                password,
                plan.dataDirectory(),
                plan.image().majorVersion(),
                Instant.now());
        this.memoryWatch = memoryWatch;
        this.killedForMemory = killedForMemory;
    }

    /** Returns when the server answers; when it does not, nothing is left of it. Empty if somebody else has the port. */
    static Optional<ContainerServer> start(EngineClient client, ServerContainer.Plan plan)
            throws EnvironmentException, IOException {
        String password = NewCluster.password(plan.dataDirectory());
        plan.user().give(plan.dataDirectory());
        for (Path part : ServerDisk.partsElsewhere(plan.dataDirectory())) {
            plan.user().give(part);
        }
        ServerContainer container = new ServerContainer(plan, client);
        try {
            container.start();
        } catch (RuntimeException e) {
            container.stop();
            String reason = EngineClient.reason(e);
            if (isPortTaken(reason)) {
                return Optional.empty();
            }
            throw doesNotStart(plan, reason, e);
        }
        AtomicInteger killed = new AtomicInteger();
        ContainerServer server = new ContainerServer(
                client,
                plan,
                container.getContainerId(),
                password,
                client.onOutOfMemory(container.getContainerId(), killed::incrementAndGet),
                killed);
        boolean complete = false;
        try {
            server.awaitReady();
            complete = true;
            return Optional.of(server);
        } finally {
            if (!complete) {
                server.discard();
            }
        }
    }

    /** In the words of Docker's, and Podman's, engine. */
    private static boolean isPortTaken(String reason) {
        return reason.contains("port is already allocated") || reason.contains("address already in use");
    }

    private static EnvironmentException doesNotStart(ServerContainer.Plan plan, String reason, Throwable cause) {
        if (reason.contains("bind source path does not exist")) {
            return otherFiles(plan.dataDirectory());
        }
        return new EnvironmentException(
                "a container of " + plan.image().name() + " does not start: " + reason,
                "See the engine's words above; 'docker run' with the same image shows more.",
                cause);
    }

    /** A socket that leads out of a container, or into another: Docker beside Docker, Docker in Docker. */
    static EnvironmentException otherFiles(Path directory) {
        return new EnvironmentException(
                "the container engine does not see this machine's files: " + directory
                        + " is something else for it, as it is when the harness runs in a container itself",
                "Mount the cache directory (HARNESS_CACHE) at the same path into both, or take --runtime local.");
    }

    private void awaitReady() throws EnvironmentException {
        InspectContainerResponse container = client.inspect(id);
        Binding[] bindings =
                container.getNetworkSettings().getPorts().getBindings().get(ExposedPort.tcp(ServerContainer.PORT));
        if (bindings == null || bindings.length == 0) {
            throw died();
        }
        port = Integer.parseInt(bindings[0].getHostPortSpec());
        if (!FirstAnswer.await(
                jdbcUrl("postgres"), facts.dataDirectory(), this::ended, () -> lastLogLines(Commands.SHOWN_LINES))) {
            throw died();
        }
        processId = visible(client.state(id));
    }

    private boolean ended(Duration patience) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(patience.toNanos());
        return !Boolean.TRUE.equals(client.state(id).getRunning());
    }

    private EnvironmentException died() {
        ContainerState state = client.state(id);
        if (client.fileInside(id, facts.dataDirectory().resolve("PG_VERSION")).isEmpty()) {
            return otherFiles(plan.dataDirectory());
        }
        if (outOfMemory().isPresent()) {
            return new EnvironmentException(outOfMemory().get(), MEMORY_REMEDY);
        }
        return new EnvironmentException(
                "the server's container (" + plan.image().name() + ") ended with " + state.getExitCodeLong()
                        + " while it started:\n" + lastLogLines(Commands.SHOWN_LINES),
                FirstAnswer.REMEDY);
    }

    private static final String MEMORY_REMEDY =
            "Give it more in environment.resources.memory, or less to do: shared_buffers, work_mem, fewer connections.";

    /** That the kernel has killed processes of this server because its memory was used up: a sentence. */
    Optional<String> outOfMemory() {
        boolean ended;
        try {
            ended = ServerContainer.ranOutOfMemory(client.state(id));
        } catch (RuntimeException e) {
            ended = false;
        }
        if (!ended && killedForMemory.get() == 0) {
            return Optional.empty();
        }
        String limit = plan.limits().memoryBytes().isPresent()
                ? " of " + plan.limits().memoryBytes().getAsLong() / (1 << 20) + " MB (environment.resources.memory)"
                : "";
        return Optional.of("The server ran out of its memory" + limit
                + ": the kernel killed a process of it, and PostgreSQL ended every session.");
    }

    /** The engine counts processes as its own machine does. That is this one if what it names is in this very container. */
    private long visible(ContainerState state) {
        Long pid = state.getPidLong();
        if (pid == null || pid <= 0) {
            return -1;
        }
        try {
            String groups = Files.readString(Path.of("/proc", Long.toString(pid), "cgroup"), StandardCharsets.US_ASCII);
            return groups.contains(id) ? pid : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String upstream() {
        return plan.network().name() + ":" + ServerContainer.PORT;
    }

    @Override
    public List<String> troubles() {
        return outOfMemory().stream().toList();
    }

    @Override
    public long processId() {
        return processId;
    }

    @Override
    public synchronized void pause() throws EnvironmentException {
        client.pause(id);
        paused = true;
    }

    @Override
    public synchronized void resume() throws EnvironmentException {
        if (paused) {
            client.unpause(id);
            paused = false;
        }
    }

    /** With its first process the kernel ends all that are in a container, so that none sees another die. */
    @Override
    public synchronized void kill() throws EnvironmentException {
        resume();
        client.signal(id, "SIGKILL");
        if (!client.ended(id, HARD_STOP_PATIENCE)) {
            throw new EnvironmentException(
                    "container " + id + " does not end, not even by SIGKILL",
                    "Look for a disk or network file system that hangs.");
        }
    }

    @Override
    public synchronized void startAgain() throws EnvironmentException {
        if (Boolean.TRUE.equals(client.state(id).getRunning())) {
            return;
        }
        long deadline = System.nanoTime() + Ports.PATIENCE.toNanos();
        while (!started()) {
            if (System.nanoTime() > deadline) {
                throw Ports.taken(port);
            }
        }
        awaitReady();
    }

    /** False if somebody else has its port. */
    private boolean started() throws EnvironmentException {
        try {
            client.start(id);
            return true;
        } catch (EnvironmentException e) {
            if (isPortTaken(e.getMessage())) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public synchronized void close() throws EnvironmentException {
        if (closed) {
            return;
        }
        client.signal(id, "SIGINT");
        boolean inTime = client.ended(id, CLEAN_STOP_PATIENCE);
        Long exit = client.state(id).getExitCodeLong();
        String log = lastLogLines(Commands.SHOWN_LINES);
        discard();
        if (!inTime || exit == null || exit != 0) {
            throw new EnvironmentException(
                    "the server over " + facts.dataDirectory()
                            + (inTime
                                    ? " ended with " + exit
                                    : " did not shut down within " + CLEAN_STOP_PATIENCE.toSeconds() + " s")
                            + ":\n" + log,
                    "Nothing was left running. Check the disk, and start again.");
        }
    }

    @Override
    public synchronized void discard() throws EnvironmentException {
        if (closed) {
            return;
        }
        closed = true;
        StartedThings ends = new StartedThings();
        ends.add("the owner of " + facts.dataDirectory(), () -> plan.user().takeBack(facts.dataDirectory()));
        ends.add("container " + id, () -> client.remove(id));
        // Engines do not remove what is frozen.
        ends.add("the pause of container " + id, this::resume);
        ends.add(
                "the server's first words",
                () -> Files.writeString(facts.dataDirectory().resolve(START_LOG), client.logs(id)));
        ends.add("the watch over its memory", memoryWatch::close);
        ends.close();
    }

    @Override
    public synchronized String lastLogLines(int most) {
        return closed ? "" : Commands.tail(client.logs(id).lines(), most);
    }
}
