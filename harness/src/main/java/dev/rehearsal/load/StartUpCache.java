package dev.rehearsal.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the JVM learned of the injector's classes in a run before, so that it need not learn it again: a third of the time to the first request, and of the
 * processor time that it takes from the server's start. The launcher has it made once a build and JDK ({@link #make}) and says where it is.
 */
final class StartUpCache {
    /** System property: the cache's path. Not set where nobody made one. */
    private static final String LOCATION = "rehearsal.injector.cache";

    /** From here on a cache holds linked classes and profiles too; before, just parsed classes. */
    private static final int AHEAD_OF_TIME_VERSION = 25;

    /** The launcher's cache is used without a word, and without a word not used where it does not fit. */
    private static final List<String> SILENCE = List.of("-Xlog:disable", "-Xlog:all=error:stderr");

    private StartUpCache() {}

    /** Options for a JVM that starts with the cache; empty where there is none. */
    static List<String> options() {
        return Optional.ofNullable(System.getProperty(LOCATION))
                .filter(path -> Files.isReadable(Path.of(path)))
                .map(path -> silently(usesArchives() ? "-XX:SharedArchiveFile=" + path : "-XX:AOTCache=" + path))
                .orElse(List.of());
    }

    /**
     * Runs an injector that gets itself ready, ends, and leaves the cache.
     *
     * @return the exit status of that JVM
     */
    static int make(Path cache) throws IOException, InterruptedException {
        List<String> command = InjectorProcess.command(
                silently(usesArchives() ? "-XX:ArchiveClassesAtExit=" + cache : "-XX:AOTCacheOutput=" + cache));
        command.add(InjectorMain.TRAIN);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static List<String> silently(String option) {
        List<String> options = new ArrayList<>(SILENCE);
        options.add(option);
        return options;
    }

    private static boolean usesArchives() {
        return Runtime.version().feature() < AHEAD_OF_TIME_VERSION;
    }
}
