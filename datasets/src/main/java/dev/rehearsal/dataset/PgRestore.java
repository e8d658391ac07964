package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code pg_restore}, which turns its own kinds of dump into SQL: so that these are run, counted and complained about like plain ones. */
final class PgRestore implements AutoCloseable {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final int SHOWN = 1_000;

    private final Process process;
    private final Path complaints;

    private PgRestore(Process process, Path complaints) {
        this.process = process;
        this.complaints = complaints;
    }

    /** @throws EnvironmentException if there is no such program */
    static PgRestore started(Path archive) throws EnvironmentException, IOException {
        Path program = find(System.getenv(), DEBIAN)
                .orElseThrow(() -> new EnvironmentException(
                        "restoring " + archive + " needs pg_restore, which is neither on the PATH nor in " + DEBIAN
                                + "/*/bin",
                        "install PostgreSQL's client programs (Debian: postgresql-client), or make a plain dump: pg_dump"
                                + " without -F"));
        Path complaints = Files.createTempFile("pg_restore-", ".log");
        boolean started = false;
        try {
            ProcessBuilder builder = new ProcessBuilder(program.toString(), "--file=-", archive.toString())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectError(complaints.toFile());
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            started = true;
            return new PgRestore(process, complaints);
        } finally {
            if (!started) {
                Files.deleteIfExists(complaints);
            }
        }
    }

    /**
     * The program: the first on the path, else the newest that Debian has installed.
     *
     * @param debian a directory with one of each major version, and {@code bin} in these
     */
    static Optional<Path> find(Map<String, String> environment, Path debian) throws IOException {
        for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
            Path program = Path.of(directory, "pg_restore");
            if (!directory.isEmpty() && Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        List<Path> versions = new ArrayList<>();
        if (Files.isDirectory(debian)) {
            try (Stream<Path> entries = Files.list(debian)) {
                entries.filter(entry -> entry.getFileName().toString().matches("[0-9]{1,3}"))
                        .sorted(Comparator.comparingInt((Path entry) ->
                                        Integer.parseInt(entry.getFileName().toString()))
                                .reversed())
                        .forEach(versions::add);
            }
        }
        return versions.stream()
                .map(version -> version.resolve("bin/pg_restore"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    InputStream sql() {
        return process.getInputStream();
    }

    /** What it complained about, once its output has ended; empty if it was content. */
    Optional<String> trouble() throws IOException, InterruptedException {
        int exit = process.waitFor();
        String said = Files.readString(complaints).strip();
        return exit == 0
                ? Optional.empty()
                : Optional.of(
                        said.isEmpty()
                                ? "it ended with exit code " + exit
                                : said.substring(0, Math.min(said.length(), SHOWN)));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.getInputStream().close();
        Files.deleteIfExists(complaints);
    }
}
