package dev.rehearsal.environment;

import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One server on this machine, from its start to its end. Closing it twice is the same as once. */
public final class LocalServer implements ServerLauncher.RunningServer {
    /** What the server says before, or without, its logging collector; in the data directory. */
    static final String START_LOG = "harness-start.log";

    /** Long, because a clone of a server that was not stopped cleanly has to recover first. */
    private static final Duration START_PATIENCE = Duration.ofMinutes(5);

    /** Long, because the checkpoint of a freshly loaded database takes what the disk takes. */
    private static final Duration CLEAN_STOP_PATIENCE = Duration.ofMinutes(5);

    private static final Duration HARD_STOP_PATIENCE = Duration.ofSeconds(10);

    /** Not listening yet, or: starting up, recovering. */
    private static final Set<String> NOT_YET = Set.of("08001", "08006", "57P03");

    private final Process process;
    private final Path dataDirectory;
    private final int port;
    private final String password;
    private final RunningRegistry.Entry entry;
    private final Instant startedAt = Instant.now();

    LocalServer(Process process, Path dataDirectory, int port, String password, RunningRegistry.Entry entry) {
        this.process = process;
        this.dataDirectory = dataDirectory;
        this.port = port;
        this.password = password;
        this.entry = entry;
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    public String user() {
        return LocalServers.USER;
    }

    public String password() {
        return password;
    }

    public Path dataDirectory() {
        return dataDirectory;
    }

    /** Of the postmaster. */
    public long processId() {
        return process.pid();
    }

    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public String jdbcUrl(String database) {
        return JdbcUrl.of(host(), port, database, user(), password, ApplicationNames.OBSERVER);
    }

    /**
     * Waits until a query is answered, by this server and no other that has the port.
     *
     * @return false if the server ended because another program has its port
     */
    boolean awaitReady() throws EnvironmentException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        String url = jdbcUrl("postgres") + "&connectTimeout=5&socketTimeout=10";
        try {
            while (true) {
                if (process.waitFor(5, TimeUnit.MILLISECONDS)) {
                    return failed();
                }
                try (Connection connection = DriverManager.getConnection(url);
                        Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("select current_setting('data_directory')")) {
                    row.next();
                    if (Path.of(row.getString(1)).equals(dataDirectory)) {
                        return true;
                    }
                } catch (SQLException e) {
                    boolean retry = e.getSQLState() != null && NOT_YET.contains(e.getSQLState());
                    if (!retry && !process.waitFor(1, TimeUnit.SECONDS)) {
                        throw new EnvironmentException(
                                "the server started but refuses: " + e.getMessage(), remedy(), e);
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new EnvironmentException(
                            "the server did not answer within " + START_PATIENCE.toSeconds() + " s:\n"
                                    + Commands.lastLinesOf(log()),
                            remedy());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while the server started", "Start again.", e);
        }
    }

    private boolean failed() throws EnvironmentException {
        String log = Commands.lastLinesOf(log());
        if (log.contains("Address already in use")) {
            return false;
        }
        throw new EnvironmentException(
                "the server ended with " + process.exitValue() + " while it started:\n" + log, remedy());
    }

    private static String remedy() {
        return "See the server's log above; a setting in environment.settings that it does not take is the usual reason.";
    }

    private Path log() {
        return dataDirectory.resolve(START_LOG);
    }

    @Override
    public void close() throws EnvironmentException {
        List<ProcessHandle> children = children();
        Signals.send(process.toHandle(), Signals.Signal.INT);
        boolean clean = ended(CLEAN_STOP_PATIENCE);
        end(children);
        if (!clean || process.exitValue() != 0) {
            throw new EnvironmentException(
                    "the server over " + dataDirectory
                            + (clean
                                    ? " ended with " + process.exitValue()
                                    : " did not shut down within " + CLEAN_STOP_PATIENCE.toSeconds() + " s")
                            + ":\n" + Commands.lastLinesOf(log()),
                    "Nothing was left running. Check the disk, and start again.");
        }
    }

    /** Ends it at once, without a checkpoint: for data that nobody needs any more. */
    void discard() throws EnvironmentException {
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
