package dev.rehearsal.environment;

import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.PoolerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PgBouncer of this machine as a process of its own, on the loopback interface. All that a scenario does not say of it is as PgBouncer has it by itself.
 * Closing it ends it, and all its connections.
 */
final class PgBouncer implements AutoCloseable {
    private static final String PROGRAM = "pgbouncer";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long STEP_MILLIS = 5;
    private static final String LOG = "pgbouncer.log";
    private static final Pattern VERSION = Pattern.compile("PgBouncer (\\d+)\\.(\\d+)\\S*");

    /** Debian's package puts it where the PATH of other users than root does not lead. */
    private static final String SYSTEM_FOLDER = "/usr/sbin";

    /** The first that keeps track of prepared statements. */
    private static final int MAJOR_OF_PREPARED = 1;

    private static final int MINOR_OF_PREPARED = 21;

    private static final String REMEDY =
            "Install it (Debian: apt-get install pgbouncer), put it into the folder that environment.binaries names, or leave environment.pooler away.";

    private final Process process;
    private final int port;
    private final Path directory;
    private final RunningRegistry.Entry entry;

    private PgBouncer(Process process, int port, Path directory, RunningRegistry.Entry entry) {
        this.process = process;
        this.port = port;
        this.directory = directory;
        this.entry = entry;
    }

    /**
     * A program of this machine.
     *
     * @param version as it says itself, such as {@code 1.18.0}
     */
    record Program(Path path, String version, int major, int minor) {
        boolean keepsTrackOfPrepared() {
            return major > MAJOR_OF_PREPARED || (major == MAJOR_OF_PREPARED && minor >= MINOR_OF_PREPARED);
        }
    }

    /**
     * What it leads to.
     *
     * @param user whose password it is told; others it asks the server for
     */
    record Upstream(String host, int port, String database, String user, String password) {}

    /**
     * The one that a scenario means.
     *
     * @param binaries the folder that the scenario names, if it does
     * @param path folders, as in {@code PATH}
     * @throws EnvironmentException if there is none, or it cannot do what the scenario wants
     */
    static Program find(PoolerSpec wanted, Optional<Path> binaries, String path) throws EnvironmentException {
        String folders =
                binaries.map(folder -> folder + java.io.File.pathSeparator).orElse("")
                        + path
                        + java.io.File.pathSeparator
                        + SYSTEM_FOLDER;
        Path found = Commands.find(PROGRAM, folders)
                .orElseThrow(() -> new EnvironmentException(
                        "environment.pooler: there is no " + PROGRAM + " on the PATH, nor in " + SYSTEM_FOLDER,
                        REMEDY));
        Program program = asked(found);
        if (wanted.preparedStatements().isPresent() && !program.keepsTrackOfPrepared()) {
            throw new EnvironmentException(
                    "environment.pooler.preparedStatements: " + found + " is PgBouncer " + program.version
                            + ", which knows no max_prepared_statements",
                    "Name a PgBouncer 1.21 or newer (environment.binaries), or leave preparedStatements away.");
        }
        return program;
    }

    private static Program asked(Path program) throws EnvironmentException {
        try {
            Commands.Result answer = Commands.run(List.of(program.toString(), "--version"));
            Matcher version = VERSION.matcher(answer.output());
            if (version.find()) {
                return new Program(
                        program,
                        version.group().substring("PgBouncer ".length()),
                        Integer.parseInt(version.group(1)),
                        Integer.parseInt(version.group(2)));
            }
            throw new EnvironmentException(
                    program + " is no PgBouncer: it says " + answer.lastLines().strip(), REMEDY);
        } catch (IOException e) {
            throw new EnvironmentException(program + " cannot be run: " + e.getMessage(), REMEDY, e);
        }
    }

    /**
     * Starts it and waits until a query comes back through it.
     *
     * @param poolSize connections to the server, at most, of each user
     * @param mostClients that may connect
     */
    static PgBouncer start(
            Program program,
            PoolerSpec wanted,
            int poolSize,
            int mostClients,
            Upstream upstream,
            Privileges privileges,
            RunningRegistry registry)
            throws EnvironmentException, IOException {
        // For its files and its log, and named in the register: the next run ends the process and deletes this when we
        // cannot.
        Path directory = Files.createTempDirectory("harness-pooler-");
        RunningRegistry.Entry entry = registry.temporaryDirectory(directory);
        boolean started = false;
        try {
            int port = Ports.free();
            Path users = directory.resolve("users.txt");
            Path settings = directory.resolve("pgbouncer.ini");
            Files.writeString(users, quoted(upstream.user) + " " + quoted(upstream.password) + "\n");
            Files.writeString(settings, settings(wanted, poolSize, mostClients, upstream, port, users));
            Files.createFile(directory.resolve(LOG));
            privileges.own(directory);
            Process process = ServerProcess.start(
                    List.of(program.path.toString(), settings.toString()), privileges, directory.resolve(LOG));
            PgBouncer pooler = new PgBouncer(process, port, directory, entry);
            try {
                entry.serverStarted(process.toHandle());
                pooler.awaitAnswer(program, upstream);
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

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    private static String settings(
            PoolerSpec wanted, int poolSize, int mostClients, Upstream upstream, int port, Path users) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("listen_addr", "127.0.0.1");
        settings.put("listen_port", Integer.toString(port));
        settings.put("unix_socket_dir", "");
        // Passwords as the server keeps them, of whoever is not in the file: it takes scram secrets, too.
        settings.put("auth_type", "md5");
        settings.put("auth_file", users.toString());
        settings.put("auth_user", upstream.user);
        settings.put("admin_users", upstream.user);
        settings.put("pool_mode", wanted.mode().word());
        settings.put("default_pool_size", Integer.toString(poolSize));
        settings.put("max_client_conn", Integer.toString(mostClients));
        // What pgjdbc begins with; no PgBouncer takes it otherwise.
        settings.put("ignore_startup_parameters", "extra_float_digits");
        settings.put("log_connections", "0");
        settings.put("log_disconnections", "0");
        wanted.preparedStatements()
                .ifPresent(count -> settings.put("max_prepared_statements", Integer.toString(count)));
        StringBuilder text = new StringBuilder("[databases]\n")
                .append("* = host=")
                .append(upstream.host)
                .append(" port=")
                .append(upstream.port)
                .append("\n[pgbouncer]\n");
        settings.forEach(
                (name, value) -> text.append(name).append(" = ").append(value).append('\n'));
        return text.toString();
    }

    private void awaitAnswer(Program program, Upstream upstream) throws EnvironmentException {
        String url = JdbcUrl.of("127.0.0.1", port, upstream.database, upstream.user, upstream.password)
                + "&connectTimeout=5&socketTimeout=10";
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String refusal = "";
        try {
            while (!process.waitFor(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
                try (Connection connection = DriverManager.getConnection(url);
                        Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("select 1")) {
                    if (row.next()) {
                        return;
                    }
                } catch (SQLException e) {
                    refusal = e.getMessage();
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new EnvironmentException(
                            program.path + " let no query through within " + PATIENCE.toSeconds() + " s: " + refusal
                                    + "\n" + log(),
                            "See its words above.");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while the pooler started", "Start again.", e);
        }
        throw new EnvironmentException(
                program.path + " ended with " + process.exitValue() + " while it started:\n" + log(),
                "See its words above.");
    }

    private String log() {
        return Commands.lastLinesOf(directory.resolve(LOG));
    }

    /** As its fault proxy reaches it: host and port. */
    String address() {
        return "127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    long processId() {
        return process.pid();
    }

    /** What has gone wrong with it so far, a sentence each. */
    List<String> troubles() {
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
