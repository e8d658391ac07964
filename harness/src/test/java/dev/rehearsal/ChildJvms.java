package dev.rehearsal;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * What the JVMs that tests start have from here: start-up caches, as the launcher gives them to those that it starts. Without, each rehearsal of a test spends
 * seconds of processor time on learning Gatling's classes anew. A cache takes a class path of jars alone: folders of classes are packed once a build, and
 * {@code java.class.path}, which children are given, then names the jars.
 */
public final class ChildJvms implements LauncherSessionListener {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path FOLDER = Path.of("target", "child-jvms").toAbsolutePath();
    private static final Path STAMP = FOLDER.resolve("stamp");
    private static final Path HARNESS_CACHE = FOLDER.resolve("harness.cache");
    private static final Path INJECTOR_CACHE = FOLDER.resolve("injector.cache");

    /** Of the property that the launcher sets. */
    private static final String INJECTOR_CACHE_PROPERTY = "rehearsal.injector.cache";

    private static final String HARNESS = "dev.rehearsal.cli.Main";

    private static final boolean AHEAD_OF_TIME = Runtime.version().feature() >= 25;

    /** How the name of the jar ends that has the tests, which tells it from those with the harness. */
    public static final String TESTS_JAR = "test-classes.jar";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        List<Path> classPath = Stream.of(classPath().split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toList();
        if (classPath.stream().noneMatch(Files::isDirectory)) {
            return;
        }
        try {
            Files.createDirectories(FOLDER);
            // Another JVM of the same tests may be about to make them.
            try (FileChannel lock = FileChannel.open(
                            FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = lock.lock()) {
                assert held.isValid();
                prepare(classPath);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        System.setProperty(INJECTOR_CACHE_PROPERTY, INJECTOR_CACHE.toString());
    }

    private static void prepare(List<Path> classPath) throws IOException, InterruptedException {
        String stamp = stamp(classPath);
        boolean made = Files.exists(STAMP) && Files.readString(STAMP).equals(stamp);
        if (!made) {
            Files.deleteIfExists(STAMP);
        }
        System.setProperty("java.class.path", jars(classPath, made));
        if (!made) {
            makeCaches();
            Files.writeString(STAMP, stamp);
        }
    }

    /** The command line of a harness of the classes under test, in a JVM as the launcher starts it; its arguments are to follow. */
    public static List<String> harness() {
        List<String> command = java();
        if (Files.exists(HARNESS_CACHE)) {
            command.addAll(List.of(
                    // Where a cache does not fit, the JVM is to do without it and not to speak of it.
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr",
                    (AHEAD_OF_TIME ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + HARNESS_CACHE,
                    "-D" + INJECTOR_CACHE_PROPERTY + "=" + INJECTOR_CACHE));
        }
        command.add(HARNESS);
        return command;
    }

    private static List<String> java() {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Drehearsal.home=" + ROOT,
                "-cp",
                classPath()));
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    /** The class path with a jar for each folder. */
    private static String jars(List<Path> classPath, boolean made) {
        List<Path> jars = new ArrayList<>();
        for (Path entry : classPath) {
            if (Files.isDirectory(entry)) {
                Path jar = FOLDER.resolve(jars.size() + "-" + entry.getFileName() + ".jar");
                if (!made) {
                    pack(entry, jar);
                }
                jars.add(jar);
            } else {
                jars.add(entry);
            }
        }
        return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static void pack(Path classes, Path jar) {
        PrintStream errors = System.err;
        int status = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(
                        errors,
                        errors,
                        "--create",
                        "--no-compress",
                        "--file",
                        jar.toString(),
                        "-C",
                        classes.toString(),
                        ".");
        if (status != 0) {
            throw new IllegalStateException("could not pack " + classes + " into " + jar);
        }
    }

    /** Both at the same time, as they would be of use later; one that cannot be made is done without. */
    private static void makeCaches() throws IOException, InterruptedException {
        Files.deleteIfExists(HARNESS_CACHE);
        Files.deleteIfExists(INJECTOR_CACHE);
        List<String> harness = java();
        harness.addAll(List.of(
                (AHEAD_OF_TIME ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + HARNESS_CACHE,
                HARNESS,
                "validate"));
        harness.addAll(examples());
        List<String> injector = java();
        injector.addAll(List.of("dev.rehearsal.load.InjectorMain", "--make-cache", INJECTOR_CACHE.toString()));
        for (Process process : List.of(started(harness), started(injector))) {
            process.waitFor();
        }
    }

    private static List<String> examples() throws IOException {
        try (Stream<Path> examples = Files.list(ROOT.resolve("scenarios/examples"))) {
            return examples.map(example -> example.resolve("scenario.yaml").toString())
                    .toList();
        }
    }

    private static Process started(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        FOLDER.resolve("made.log").toFile()))
                .start();
    }

    /** All that the caches depend on. */
    private static String stamp(List<Path> classPath) throws IOException {
        StringBuilder stamp = new StringBuilder(Runtime.version().toString());
        for (Path entry : classPath) {
            if (Files.exists(entry)) {
                try (Stream<Path> files = Files.walk(entry)) {
                    for (Path file :
                            (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
                        stamp.append('\n')
                                .append(file)
                                .append(' ')
                                .append(Files.size(file))
                                .append(' ')
                                .append(Files.getLastModifiedTime(file));
                    }
                }
            }
        }
        return stamp.toString();
    }
}
