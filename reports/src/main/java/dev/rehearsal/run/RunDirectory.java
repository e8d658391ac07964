package dev.rehearsal.run;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Where one run keeps everything:
 *
 * <pre>
 * rehearsals/&lt;scenario&gt;/&lt;UTC time&gt;/   events.ndjson  requests.bin  ledger.bin  server.log  scenario.yaml      written while it runs
 *                                    result.json  latency.hlog  junit.xml  sarif.json  gl-code-quality.json  summary.md  report.html
 *                                                                                                  written by judging, again and again
 *                                    databases/2/ …             the same of each further database, where there are several
 * rehearsals/&lt;scenario&gt;/latest       → the newest (a file that holds its path where links cannot be made)
 * </pre>
 */
public record RunDirectory(Path path) {
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String LATEST = "latest";

    /**
     * Makes {@code base/<scenario>/<UTC time>}, and points {@code latest} to it. Two runs of one second get different directories.
     *
     * @throws IOException if the directory cannot be made
     */
    public static RunDirectory create(Path base, String scenario, Instant wallClock) throws IOException {
        Path runs = base.resolve(asFileName(scenario));
        Files.createDirectories(runs);
        String time = UTC_TIME.format(wallClock);
        for (int i = 1; ; i++) {
            Path path = runs.resolve(i == 1 ? time : time + "-" + i);
            try {
                Files.createDirectory(path);
            } catch (FileAlreadyExistsException taken) {
                continue;
            }
            point(runs, path.getFileName());
            return new RunDirectory(path);
        }
    }

    /**
     * The directory that the user named for a new run. Made if it is not there.
     *
     * @throws FileAlreadyExistsException if another run is in it: that is never overwritten
     * @throws IOException if the directory cannot be made
     */
    public static RunDirectory at(Path path) throws IOException {
        RunDirectory directory = new RunDirectory(path);
        if (Files.exists(directory.events())) {
            throw new FileAlreadyExistsException(path.toString(), null, "holds another run, which is not overwritten");
        }
        Files.createDirectories(path);
        return directory;
    }

    /**
     * The directory of a run that has been made before, {@code latest} followed to where it points.
     *
     * @throws IOException if there is no run in it
     */
    public static RunDirectory existing(Path path) throws IOException {
        Path followed = path;
        if (Files.isRegularFile(path) && LATEST.equals(String.valueOf(path.getFileName()))) {
            followed = path.resolveSibling(Files.readString(path).strip());
        }
        if (!Files.exists(followed)) {
            throw new NoSuchFileException(followed.toString(), null, "there is no such directory");
        }
        if (!Files.isDirectory(followed)) {
            throw new NotDirectoryException(followed + " is a file; a run is a directory");
        }
        RunDirectory directory = new RunDirectory(followed);
        if (!Files.exists(directory.events())) {
            throw new NoSuchFileException(followed.toString(), null, "has no events.ndjson, so no run is in it");
        }
        return directory;
    }

    public Path events() {
        return path.resolve("events.ndjson");
    }

    public Path requests() {
        return path.resolve("requests.bin");
    }

    /** Only of a run whose operations leave entries in the ledger. */
    public Path ledger() {
        return path.resolve("ledger.bin");
    }

    public Path serverLog() {
        return path.resolve("server.log");
    }

    /**
     * What was observed of one of several databases.
     *
     * @param number from 2: this directory is the first's
     */
    public RunDirectory database(int number) {
        return new RunDirectory(path.resolve("databases").resolve(String.valueOf(number)));
    }

    /** A folder for what commands print, a file a step; only of a run that has such steps. */
    public Path outputs() {
        return path.resolve("output");
    }

    public Path scenario() {
        return path.resolve("scenario.yaml");
    }

    public Path resultJson() {
        return path.resolve("result.json");
    }

    public Path latencyLog() {
        return path.resolve("latency.hlog");
    }

    public Path junitXml() {
        return path.resolve("junit.xml");
    }

    public Path sarif() {
        return path.resolve("sarif.json");
    }

    public Path codeQuality() {
        return path.resolve("gl-code-quality.json");
    }

    public Path summaryMarkdown() {
        return path.resolve("summary.md");
    }

    public Path reportHtml() {
        return path.resolve("report.html");
    }

    /** Removes the directory and all in it, and {@code latest} if it points here: of a run that never began. */
    public void delete() throws IOException {
        Path latest = path.resolveSibling(LATEST);
        if (Files.exists(latest, LinkOption.NOFOLLOW_LINKS) && pointsHere(latest)) {
            Files.delete(latest);
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path folder, java.io.@org.jspecify.annotations.Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private boolean pointsHere(Path latest) throws IOException {
        String target = Files.isSymbolicLink(latest)
                ? Files.readSymbolicLink(latest).toString()
                : Files.isRegularFile(latest) ? Files.readString(latest).strip() : "";
        return target.equals(String.valueOf(path.getFileName()));
    }

    /** Replaced by a move, so that a reader finds the old one or the new one and never none. */
    private static void point(Path runs, Path to) throws IOException {
        Path latest = runs.resolve(LATEST);
        Path next = runs.resolve("." + to + "." + LATEST);
        try {
            Files.createSymbolicLink(next, to);
        } catch (UnsupportedOperationException | IOException noLinks) {
            Files.writeString(next, to + System.lineSeparator());
        }
        Files.move(next, latest, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String asFileName(String scenario) {
        String name = scenario.replaceAll("[^\\p{L}\\p{N}._-]", "_");
        return name.isBlank() || name.startsWith(".") ? "_" + name : name;
    }
}
