package dev.rehearsal.environment;

import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Ends and deletes what harnesses that were killed have left behind. To be called at every start.
 *
 * <p>A process is ended only when its id <em>and</em> its start time are those written down, and only when the harness that wrote them is
 * gone by the same test.
 */
public final class Sweeper {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int DELETE_TRIES = 20;

    private final RunningRegistry registry;

    public Sweeper(RunningRegistry registry) {
        this.registry = registry;
    }

    /** Another harness that is alive on this machine. */
    public record OtherRun(long pid, Instant startedAt, String description) {}

    /**
     * Ends leftovers.
     *
     * @return what was ended and deleted, a sentence each; empty when nothing was left
     */
    public List<String> sweep() throws EnvironmentException {
        List<String> done = new ArrayList<>();
        List<RunningRegistry.Entry> left = entries().stream()
                .filter(entry -> entry.content().harness().alive().isEmpty())
                .toList();
        // First, because a server in a container still writes to the directories that are deleted then.
        if (left.stream().anyMatch(entry -> entry.content().engine().isPresent())) {
            sweepContainers(done);
        }
        for (RunningRegistry.Entry entry : left) {
            sweep(entry, done);
        }
        return done;
    }

    /** An engine that does not answer now keeps nothing running; the labels wait for the next run that uses it. */
    private static void sweepContainers(List<String> done) throws EnvironmentException {
        ContainerEngine engine = ContainerEngine.find();
        if (engine.report().refusal().isEmpty()) {
            done.addAll(new ContainerSweeper(EngineClient.of(engine)).sweep());
        }
    }

    /** They may run, but they share the processors with this one: the report says so. */
    public List<OtherRun> otherLiveRuns() throws EnvironmentException {
        long own = ProcessHandle.current().pid();
        Map<Long, OtherRun> runs = new LinkedHashMap<>();
        for (RunningRegistry.Entry entry : entries()) {
            RunningRegistry.Content content = entry.content();
            ProcessIdentity harness = content.harness();
            if (harness.pid() != own && harness.alive().isPresent()) {
                OtherRun run =
                        new OtherRun(harness.pid(), Instant.ofEpochMilli(harness.startedAtMillis()), content.what());
                boolean described = content.dataDirectories().isEmpty()
                        && content.temporaryDirectories().isEmpty()
                        && content.engine().isEmpty()
                        && content.program().isEmpty();
                runs.merge(harness.pid(), run, (known, further) -> described ? further : known);
            }
        }
        return List.copyOf(runs.values());
    }

    private List<RunningRegistry.Entry> entries() throws EnvironmentException {
        try {
            return registry.entries();
        } catch (IOException e) {
            throw new EnvironmentException(
                    "the cache cannot be read: " + e.getMessage(),
                    "Make it readable for the user who runs the harness, or choose another cache directory.",
                    e);
        }
    }

    private static void sweep(RunningRegistry.Entry entry, List<String> done) throws EnvironmentException {
        RunningRegistry.Content content = entry.content();
        List<ProcessIdentity> servers = new ArrayList<>(content.servers());
        for (String directory : content.dataDirectories()) {
            postmaster(Path.of(directory)).ifPresent(servers::add);
        }
        for (ProcessIdentity server : servers) {
            if (end(server)) {
                done.add("ended server process " + server.pid() + ", left by a harness that was killed");
            }
        }
        content.program()
                .ifPresent(mark -> MarkedProcesses.of(mark).forEach(process -> {
                    process.destroyForcibly();
                    done.add("ended process " + process.pid()
                            + " of a scenario's service, left by a harness that was killed");
                }));
        for (String directory : content.temporaryDirectories()) {
            if (delete(Path.of(directory))) {
                done.add("deleted " + directory + ", left by a harness that was killed");
            }
        }
        entry.close();
    }

    /** Of a harness that died between starting the server and writing its id down. Line 1 is the id, line 3 the start in seconds. */
    private static Optional<ProcessIdentity> postmaster(Path dataDirectory) {
        try {
            List<String> lines = Files.readAllLines(dataDirectory.resolve("postmaster.pid"));
            return Optional.of(new ProcessIdentity(
                    Long.parseLong(lines.get(0).strip()),
                    Long.parseLong(lines.get(2).strip()) * 1000));
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static boolean end(ProcessIdentity server) throws EnvironmentException {
        Optional<ProcessHandle> alive = server.alive();
        if (alive.isEmpty()) {
            return false;
        }
        ProcessHandle handle = alive.get();
        List<ProcessHandle> children = handle.descendants().toList();
        Signals.send(handle, Signals.Signal.QUIT);
        try {
            // A harness that was killed while its server was paused leaves one that hears nothing.
            List<ProcessHandle> all = new ArrayList<>(children);
            all.add(handle);
            Signals.send(all, Signals.Signal.CONT);
        } catch (IOException e) {
            // Then by force.
        }
        if (!ended(handle)) {
            children.forEach(ProcessHandle::destroyForcibly);
            handle.destroyForcibly();
            if (!ended(handle)) {
                throw new EnvironmentException(
                        "server process " + server.pid() + ", left by a harness that was killed, does not end",
                        "End it yourself: kill -9 " + server.pid());
            }
        }
        return true;
    }

    private static boolean ended(ProcessHandle handle) {
        return Waiting.forEndOf(handle, PATIENCE);
    }

    private static boolean delete(Path directory) throws EnvironmentException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try {
            for (int tries = 1; ; tries++) {
                try {
                    DirectoryTree.delete(directory);
                    return true;
                } catch (DirectoryNotEmptyException e) {
                    // A dying server still writes, or another start sweeps the same.
                    if (tries == DELETE_TRIES) {
                        throw e;
                    }
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot delete " + directory + ", left by a harness that was killed: " + e.getMessage(),
                    "Delete it yourself: rm -rf " + directory,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while leftovers were swept", "Start again.", e);
        }
    }
}
