package dev.rehearsal.environment;

import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PgBouncer of this machine as a process of its own, on the loopback interface. */
final class PgBouncerProcess implements RunningPooler {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String LOG = "pgbouncer.log";

    private final Process process;
    private final int port;
    private final Path directory;
    private final RunningRegistry.Entry entry;

    private PgBouncerProcess(Process process, int port, Path directory, RunningRegistry.Entry entry) {
        this.process = process;
        this.port = port;
        this.directory = directory;
        this.entry = entry;
    }

    static PgBouncerProcess start(
            Path program, PoolerConfiguration configuration, Privileges privileges, RunningRegistry registry)
            throws EnvironmentException, IOException {
        // For its files and its log, and named in the register: the next run ends the process and deletes this when we
        // cannot. Nobody else may look into it: it has the password.
        Path directory = Files.createTempDirectory("harness-pooler-");
        RunningRegistry.Entry entry = registry.temporaryDirectory(directory);
        boolean started = false;
        try {
            int port = Ports.free();
            Path users = directory.resolve("users.txt");
            Path settings = directory.resolve("pgbouncer.ini");
            Files.writeString(users, configuration.users());
            Files.writeString(settings, configuration.settings("127.0.0.1", port, users.toString()));
            Files.createFile(directory.resolve(LOG));
            privileges.own(directory);
            Process process = ServerProcess.start(
                    List.of(program.toString(), settings.toString()), privileges, directory.resolve(LOG));
            PgBouncerProcess pooler = new PgBouncerProcess(process, port, directory, entry);
            try {
                entry.serverStarted(process.toHandle());
                pooler.awaitAnswer(program, configuration.upstream());
                started = true;
                return pooler;
            } finally {
                if (!started) {
                    pooler.close();
                }
            }
        } finally {
            if (!started) {
                DirectoryTree.delete(directory);
                entry.close();
            }
        }
    }

    private void awaitAnswer(Path program, PoolerConfiguration.Upstream upstream) throws EnvironmentException {
        FirstAnswer.End end = patience -> process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (!FirstQuery.await(port, upstream, program.toString(), end, this::log)) {
            throw new EnvironmentException(
                    program + " ended with " + process.exitValue() + " while it started:\n" + log(), FirstQuery.REMEDY);
        }
    }

    private String log() {
        return Commands.lastLinesOf(directory.resolve(LOG));
    }

    @Override
    public String upstream() {
        return "127.0.0.1:" + port;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public List<String> troubles() {
        return process.isAlive()
                ? List.of()
                : List.of("PgBouncer (process " + process.pid() + ") ended with " + process.exitValue()
                        + " during the run; its last words: " + log());
    }

    /** By force: it has nothing to lose. */
    @Override
    public void close() throws EnvironmentException {
        process.destroyForcibly();
        if (!Waiting.forEndOf(process, PATIENCE)) {
            throw new EnvironmentException(
                    "pooler process " + process.pid() + " does not end, not even by SIGKILL",
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
