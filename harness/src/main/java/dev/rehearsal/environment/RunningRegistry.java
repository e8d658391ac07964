package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/**
 * What runs on this machine on behalf of harnesses: one small file for each started thing, written before the thing starts and deleted after
 * it ended. What a killed harness could not delete, the {@link Sweeper} reads.
 *
 * <pre>
 * CACHE/running/4711-0f8c….json    {"machine":…, "what":"server", "harness":{pid, start}, "servers":[{pid, start}],
 *                                   "dataDirectories":[…], "temporaryDirectories":[…], "engine":…, "program":…}
 * </pre>
 *
 * Safe for use by several threads and processes.
 */
public final class RunningRegistry {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MACHINE = nameOfMachine();

    private final Path directory;
    private final String machine = MACHINE;

    /** @param cache the user's cache directory; made when it is not there */
    public RunningRegistry(Path cache) {
        this.directory = cache.toAbsolutePath().resolve("running");
    }

    /** Says that a rehearsal is under way in this process; others on this machine then know of it. */
    public Entry run(String description) throws EnvironmentException {
        return write(description, List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    /**
     * Says that a directory, which need not exist yet, is of use to this process only: the next run deletes it when this one cannot. Closing
     * the entry does not delete it.
     */
    public Entry temporaryDirectory(Path temporary) throws EnvironmentException {
        return write("temporary directory", List.of(), List.of(temporary), Optional.empty(), Optional.empty());
    }

    Entry server(Path dataDirectory) throws EnvironmentException {
        return write("server", List.of(dataDirectory), List.of(), Optional.empty(), Optional.empty());
    }

    /** Says that this process has things of its own in a container engine; which they are, their labels tell. */
    Entry engine(URI engine) throws EnvironmentException {
        return write("containers", List.of(), List.of(), Optional.of(engine.toString()), Optional.empty());
    }

    /** Says that a program of the user's runs, whose processes have a mark in their environment. */
    Entry program(String mark) throws EnvironmentException {
        return write("service", List.of(), List.of(), Optional.empty(), Optional.of(mark));
    }

    /** Those of every harness on this machine, this one included. */
    List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return entries;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
            for (Path file : files) {
                try {
                    Content content = JSON.readValue(Files.readAllBytes(file), Content.class);
                    // Another machine's, or another container's, that shares this file system: its processes cannot be
                    // seen from here.
                    if (content.machine.equals(machine)) {
                        entries.add(new Entry(file, content));
                    }
                } catch (NoSuchFileException e) {
                    // Ended meanwhile.
                } catch (JacksonException e) {
                    // Files are moved into place whole; this is somebody else's.
                }
            }
        }
        return entries;
    }

    private Entry write(
            String what,
            List<Path> dataDirectories,
            List<Path> temporaryDirectories,
            Optional<String> engine,
            Optional<String> program)
            throws EnvironmentException {
        ProcessIdentity harness = ProcessIdentity.ofThisProcess();
        Content content = new Content(
                machine,
                what,
                harness,
                List.of(),
                absolute(dataDirectories),
                absolute(temporaryDirectories),
                engine,
                program);
        Entry entry = new Entry(directory.resolve(harness.pid() + "-" + UUID.randomUUID() + ".json"), content);
        try {
            Files.createDirectories(directory);
            entry.write();
        } catch (IOException e) {
            throw new EnvironmentException(
                    "the cache is not writable: " + directory + ": " + e.getMessage(),
                    "Make it writable for the user who runs the harness, or choose another cache directory.",
                    e);
        }
        return entry;
    }

    private static List<String> absolute(List<Path> paths) {
        return paths.stream().map(path -> path.toAbsolutePath().toString()).toList();
    }

    /** Process ids mean something within one machine and one process namespace only. */
    static String machine() {
        return MACHINE;
    }

    private static String nameOfMachine() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            host = "unknown";
        }
        try {
            return host + " " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException e) {
            return host;
        }
    }

    /**
     * @param engine the address of a container engine in which the harness has things
     * @param program the mark of a user's program, see {@link MarkedProcesses}
     */
    record Content(
            String machine,
            String what,
            ProcessIdentity harness,
            List<ProcessIdentity> servers,
            List<String> dataDirectories,
            List<String> temporaryDirectories,
            Optional<String> engine,
            Optional<String> program) {
        Content {
            servers = List.copyOf(servers);
            dataDirectories = List.copyOf(dataDirectories);
            temporaryDirectories = List.copyOf(temporaryDirectories);
        }
    }

    /** One started thing. Closing it says that the thing has ended. */
    public static final class Entry implements AutoCloseable {
        private final Path file;
        private volatile Content content;

        private Entry(Path file, Content content) {
            this.file = file;
            this.content = content;
        }

        Content content() {
            return content;
        }

        void serverStarted(ProcessHandle server) throws IOException {
            content = new Content(
                    content.machine,
                    content.what,
                    content.harness,
                    List.of(ProcessIdentity.of(server)),
                    content.dataDirectories,
                    content.temporaryDirectories,
                    content.engine,
                    content.program);
            write();
        }

        private void write() throws IOException {
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.write(fresh, JSON.writeValueAsBytes(content));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void close() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // The next run's sweep finds that what it names has ended, and deletes it.
            }
        }
    }
}
