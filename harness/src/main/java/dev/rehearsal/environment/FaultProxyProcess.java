package dev.rehearsal.environment;

import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Toxiproxy's own server as a process of this machine, its API on a port of its own. Closing it ends it, and all its connections. */
final class FaultProxyProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long STEP_MILLIS = 5;
    private static final String LOG = "toxiproxy.log";
    private static final String REMEDY =
            "Check that " + LocalFaultProxy.VARIABLE + " or the PATH leads to a Toxiproxy 2, or set "
                    + LocalFaultProxy.VARIABLE + "=" + LocalFaultProxy.BUILT_IN_WORD + ".";

    private final Process process;
    private final URI api;
    private final Path directory;
    private final RunningRegistry.Entry entry;
    private String version = "";

    private FaultProxyProcess(Process process, URI api, Path directory, RunningRegistry.Entry entry) {
        this.process = process;
        this.api = api;
        this.directory = directory;
        this.entry = entry;
    }

    /** Starts a {@code toxiproxy-server} and waits until it answers. */
    static FaultProxyProcess start(Path program, RunningRegistry registry) throws EnvironmentException, IOException {
        // For its log, and named in the register: the next run ends the process and deletes this when we cannot.
        Path directory = Files.createTempDirectory("harness-fault-proxy-");
        RunningRegistry.Entry entry = registry.temporaryDirectory(directory);
        boolean started = false;
        try {
            int port = Ports.free();
            Process process = ServerProcess.start(
                    List.of(
                            "env",
                            // It would write a line for each connection, and one more for each that is broken.
                            "LOG_LEVEL=error",
                            program.toString(),
                            "-host",
                            "127.0.0.1",
                            "-port",
                            Integer.toString(port)),
                    Privileges.OWN,
                    directory.resolve(LOG));
            FaultProxyProcess proxy =
                    new FaultProxyProcess(process, URI.create("http://127.0.0.1:" + port), directory, entry);
            try {
                entry.serverStarted(process.toHandle());
                proxy.version = proxy.awaitVersion(program);
                started = true;
                return proxy;
            } finally {
                if (!started) {
                    proxy.close();
                }
            }
        } finally {
            if (!started) {
                DirectoryTree.delete(directory);
                entry.close();
            }
        }
    }

    private String awaitVersion(Path program) throws EnvironmentException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!process.waitFor(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
                Optional<String> answer = FaultProxyApi.version(api);
                String log = Commands.lastLinesOf(directory.resolve(LOG));
                if (log.contains("address already in use")) {
                    throw new EnvironmentException(
                            "another program took the port of " + program + " before it did:\n" + log, "Start again.");
                }
                if (answer.isPresent()) {
                    return answer.get();
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new EnvironmentException(
                            program + " did not answer within " + PATIENCE.toSeconds() + " s:\n" + log, REMEDY);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while the fault proxy started", "Start again.", e);
        }
        throw new EnvironmentException(
                program + " ended with " + process.exitValue() + " while it started:\n"
                        + Commands.lastLinesOf(directory.resolve(LOG)),
                REMEDY);
    }

    URI api() {
        return api;
    }

    /** As it says itself. */
    String version() {
        return version;
    }

    long processId() {
        return process.pid();
    }

    /** By force: it has nothing to lose. */
    @Override
    public void close() throws EnvironmentException {
        process.destroyForcibly();
        if (!Waiting.forEndOf(process, PATIENCE)) {
            throw new EnvironmentException(
                    "fault proxy process " + process.pid() + " does not end, not even by SIGKILL",
                    "Look for a disk or network file system that hangs.");
        }
        try {
            DirectoryTree.delete(directory);
            entry.close();
        } catch (IOException e) {
            // The next run's sweep deletes it.
        }
    }
}
