package dev.rehearsal.environment;

import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * PostgreSQL servers on this machine, started from its own programs: durable as the server's defaults are, on the loopback interface only.
 *
 * <p>Safe for use by several threads.
 */
public final class LocalServers implements ServerLauncher {
    /** Of the PostgreSQL that comes with the harness. */
    static final String BUNDLED_MAJOR_VERSION = "18";

    private static final Map<String, String> ADDRESS =
            Map.of("listen_addresses", "127.0.0.1", "unix_socket_directories", "");

    private final PostgresBinaries binaries;
    private final Privileges privileges;
    private final RunningRegistry registry;

    private LocalServers(PostgresBinaries binaries, Privileges privileges, RunningRegistry registry) {
        this.binaries = binaries;
        this.privileges = privileges;
        this.registry = registry;
    }

    /**
     * Launcher for the servers that a scenario wants.
     *
     * @param cache the user's cache directory; PostgreSQL is unpacked there on first use
     * @throws EnvironmentException if there is no such PostgreSQL, or it cannot run here
     */
    public static LocalServers obtain(EnvironmentSpec spec, Path cache) throws EnvironmentException {
        RunningRegistry registry = new RunningRegistry(cache);
        PostgresBinaries binaries = spec.binaries().isPresent()
                ? PostgresBinaries.at(spec.binaries().get())
                : new BundledBinaries(cache.toAbsolutePath(), registry).obtain();
        String wanted = spec.version();
        if (!binaries.version().equals(wanted) && !binaries.version().startsWith(wanted + ".")) {
            throw new EnvironmentException(
                    "environment.version: " + wanted + " is wanted, but "
                            + (spec.binaries().isPresent()
                                    ? "the programs in " + binaries.directory() + " are " + binaries.version()
                                    : "the PostgreSQL that comes with the harness is " + binaries.version()),
                    "Write version: \"" + binaries.majorVersion().major() + "\", or name the programs of a PostgreSQL "
                            + wanted + " in environment.binaries.");
        }
        return new LocalServers(binaries, Privileges.ofThisProcess(), registry);
    }

    PostgresVersion majorVersion() {
        return binaries.majorVersion();
    }

    Privileges privileges() {
        return privileges;
    }

    RunningRegistry registry() {
        return registry;
    }

    @Override
    public String serverVersion() {
        return binaries.version();
    }

    @Override
    public void initialise(Path dataDirectory) throws EnvironmentException {
        NewCluster.make(dataDirectory.toAbsolutePath(), this::initialise);
    }

    private void initialise(NewCluster cluster) throws EnvironmentException, IOException {
        Path log = cluster.directory().resolveSibling(cluster.directory().getFileName() + ".initdb.log");
        privileges.own(cluster.directory());
        privileges.own(cluster.passwordFile());
        List<String> command = new ArrayList<>(List.of(binaries.initdb().toString()));
        command.addAll(cluster.initdbArguments(binaries.majorVersion()));
        run(command, log, NewCluster::failed);
    }

    @Override
    public void adopt(Path dataDirectory) throws EnvironmentException {
        Path directory = dataDirectory.toAbsolutePath();
        NewCluster.adopt(directory, (shell, arguments) -> {
            privileges.own(directory);
            List<String> command = new ArrayList<>(shell);
            command.add(binaries.postgres().toString());
            command.addAll(arguments);
            Path log = directory.resolveSibling(directory.getFileName() + ".recovery.log");
            run(command, log, NewCluster::notRecovered);
        });
    }

    /** What is wrong when a program ends with another code than 0. */
    private interface Failure {
        EnvironmentException of(int exitCode, String lastLines);
    }

    private void run(List<String> command, Path log, Failure failure) throws EnvironmentException, IOException {
        Process process = ServerProcess.start(command, privileges, log);
        try {
            if (process.waitFor() != 0) {
                throw failure.of(process.exitValue(), Commands.lastLinesOf(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while " + command.getFirst() + " ran", "Start again.", e);
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(log);
        }
    }

    /**
     * @param settings a {@code port} among them is honoured; otherwise a free one is chosen
     * @throws EnvironmentException if the port is taken, or the server does not start: with the end of its log
     */
    @Override
    public LocalServer start(Path dataDirectory, Map<String, String> settings) throws EnvironmentException {
        Map<String, String> merged = ServerSettings.merged(ADDRESS, ServerSettings.EVERYWHERE, settings);
        Path directory = dataDirectory.toAbsolutePath();
        return Ports.start(Optional.ofNullable(merged.get("port")), port -> start(directory, merged, port));
    }

    /** Empty if somebody else took the port meanwhile. */
    private Optional<LocalServer> start(Path directory, Map<String, String> settings, int port)
            throws EnvironmentException {
        Path log = directory.resolve(StartedServer.START_LOG);
        RunningRegistry.Entry entry = registry.server(directory);
        boolean started = false;
        try {
            ServerSettings.write(directory, ServerSettings.merged(settings, Map.of("port", Integer.toString(port))));
            Files.deleteIfExists(log);
            Files.createFile(log);
            privileges.own(directory);
            for (Path part : ServerDisk.partsElsewhere(directory)) {
                privileges.own(part);
            }
            LocalServer.Start again = () -> ServerProcess.start(
                    List.of(binaries.postgres().toString(), "-D", directory.toString()), privileges, log);
            Process process = again.start();
            LocalServer server = new LocalServer(
                    process, again, directory, binaries.majorVersion(), port, NewCluster.password(directory), entry);
            try {
                entry.serverStarted(process.toHandle());
                started = server.awaitReady();
                return started ? Optional.of(server) : Optional.empty();
            } finally {
                if (!started) {
                    server.discard();
                }
            }
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot start a server over " + directory + ": " + e,
                    "Make sure that the directory is a PostgreSQL data directory and writable.",
                    e);
        } finally {
            if (!started) {
                entry.close();
            }
        }
    }
}
