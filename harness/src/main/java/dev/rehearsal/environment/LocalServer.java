package dev.rehearsal.environment;

import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One server on this machine, from its start to its end. Closing it twice is the same as once. */
public final class LocalServer implements StartedServer {
    /** Long, because the checkpoint of a freshly loaded database takes what the disk takes. */
    private static final Duration CLEAN_STOP_PATIENCE = Duration.ofMinutes(5);

    private static final Duration HARD_STOP_PATIENCE = Duration.ofSeconds(10);

    /** Starts the server's postmaster over its data, as it was started first. */
    @FunctionalInterface
    interface Start {
        Process start() throws IOException;
    }

    private volatile Process process;
    private final Start again;
    private final Facts facts;
    private final int port;
    private final RunningRegistry.Entry entry;
    /** Empty: none. The postmaster is the first. */
    private List<ProcessHandle> stopped = List.of();

    /** @param again for {@link #startAgain} */
    LocalServer(
            Process process,
            Start again,
            Path dataDirectory,
            PostgresVersion version,
            int port,
            String password,
            RunningRegistry.Entry entry) {
        this.process = process;
        this.again = again;
        this.facts = new Facts("127.0.0.1", password, dataDirectory, version, Instant.now());
        this.port = port;
        this.entry = entry;
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
        return facts.host() + ":" + port;
    }

    @Override
    public List<String> troubles() {
        return List.of();
    }

    @Override
    public long processId() {
        return process.pid();
    }

    /**
     * Waits until a query is answered, by this server and no other that has the port.
     *
     * @return false if the server ended because another program has its port
     */
    boolean awaitReady() throws EnvironmentException {
        return FirstAnswer.await(
                        jdbcUrl("postgres"),
                        facts.dataDirectory(),
                        patience -> process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS),
                        () -> Commands.lastLinesOf(log()))
                || failed();
    }

    private boolean failed() throws EnvironmentException {
        String log = Commands.lastLinesOf(log());
        if (log.contains("Address already in use")) {
            return false;
        }
        throw new EnvironmentException(
                "the server ended with " + process.exitValue() + " while it started:\n" + log, FirstAnswer.REMEDY);
    }

    @Override
    public String lastLogLines(int most) {
        return Commands.lastLinesOf(log(), most);
    }

    private Path log() {
        return facts.dataDirectory().resolve(START_LOG);
    }

    /** The postmaster first: then no process comes into being behind our back. */
    @Override
    public void pause() throws EnvironmentException {
        try {
            stopped = List.of(process.toHandle());
            Signals.send(stopped, Signals.Signal.STOP);
            awaitStopped();
            stopped = Stream.concat(stopped.stream(), process.descendants()).toList();
            Signals.send(stopped, Signals.Signal.STOP);
            awaitStopped();
        } catch (IOException e) {
            resume();
            throw unsignalled("stop", e);
        }
    }

    @Override
    public void resume() throws EnvironmentException {
        List<ProcessHandle> waiting = stopped;
        stopped = List.of();
        try {
            Signals.send(waiting, Signals.Signal.CONT);
        } catch (IOException e) {
            throw unsignalled("continue", e);
        }
    }

    /** What stands still hears of no end. What cannot be let go is ended by force. */
    private void letGo() {
        try {
            resume();
        } catch (EnvironmentException e) {
            // SIGKILL needs nobody's help.
        }
    }

    @Override
    public void kill() throws EnvironmentException {
        // While they all stand still, no child sees its postmaster die, and no postmaster its child.
        pause();
        List<ProcessHandle> all = stopped;
        stopped = List.of();
        try {
            Signals.send(all, Signals.Signal.KILL);
        } catch (IOException e) {
            throw unsignalled("end", e);
        }
        boolean ended = ended(HARD_STOP_PATIENCE);
        for (ProcessHandle each : all) {
            ended &= Waiting.forEndOf(each, HARD_STOP_PATIENCE);
        }
        if (!ended) {
            throw new EnvironmentException(
                    "the server over " + facts.dataDirectory() + " does not end, not even by SIGKILL",
                    "Look for a disk or network file system that hangs.");
        }
    }

    @Override
    public void startAgain() throws EnvironmentException {
        long deadline = System.nanoTime() + Ports.PATIENCE.toNanos();
        while (!process.isAlive()) {
            try {
                process = again.start();
                entry.serverStarted(process.toHandle());
            } catch (IOException e) {
                throw new EnvironmentException(
                        "cannot start the server over " + facts.dataDirectory() + " again: " + e,
                        "See server.log in the run's directory.",
                        e);
            }
            if (!awaitReady() && System.nanoTime() > deadline) {
                throw Ports.taken(port);
            }
        }
    }

    private void awaitStopped() throws IOException {
        for (ProcessHandle each : stopped) {
            if (!Waiting.forStopOf(each, HARD_STOP_PATIENCE)) {
                throw new IOException("process " + each.pid() + " does not stop");
            }
        }
    }

    private EnvironmentException unsignalled(String what, IOException e) {
        return new EnvironmentException(
                "the processes of the server over " + facts.dataDirectory() + " cannot be told to " + what + ": "
                        + e.getMessage(),
                "Make sure that there is a kill command, and that the server is of a user who may be signalled.",
                e);
    }

    @Override
    public void close() throws EnvironmentException {
        letGo();
        List<ProcessHandle> children = children();
        Signals.send(process.toHandle(), Signals.Signal.INT);
        boolean clean = ended(CLEAN_STOP_PATIENCE);
        end(children);
        if (!clean || process.exitValue() != 0) {
            throw new EnvironmentException(
                    "the server over " + facts.dataDirectory()
                            + (clean
                                    ? " ended with " + process.exitValue()
                                    : " did not shut down within " + CLEAN_STOP_PATIENCE.toSeconds() + " s")
                            + ":\n" + Commands.lastLinesOf(log()),
                    "Nothing was left running. Check the disk, and start again.");
        }
    }

    @Override
    public void discard() throws EnvironmentException {
        letGo();
        List<ProcessHandle> children = children();
        Signals.send(process.toHandle(), Signals.Signal.QUIT);
        ended(HARD_STOP_PATIENCE);
        end(children);
    }

    private List<ProcessHandle> children() {
        return process.descendants().toList();
    }

    /** What is still there of the server's processes goes by force; only then nothing is registered any more. */
    private void end(List<ProcessHandle> children) throws EnvironmentException {
        if (process.isAlive()) {
            Signals.send(process.toHandle(), Signals.Signal.QUIT);
            ended(HARD_STOP_PATIENCE);
        }
        process.destroyForcibly();
        boolean ended = ended(HARD_STOP_PATIENCE);
        for (ProcessHandle child : children) {
            // They end by themselves when the postmaster does; the log collector, once it has written the last line.
            ended &= Waiting.forEndOf(child, HARD_STOP_PATIENCE)
                    || (child.destroyForcibly() && Waiting.forEndOf(child, HARD_STOP_PATIENCE));
        }
        if (!ended) {
            throw new EnvironmentException(
                    "server process " + process.pid() + " does not end, not even by SIGKILL",
                    "Look for a disk or network file system that hangs.");
        }
        entry.close();
    }

    /** Not to be interrupted: whoever closes wants it closed. */
    private boolean ended(Duration patience) {
        return Waiting.forEndOf(process, patience);
    }
}
