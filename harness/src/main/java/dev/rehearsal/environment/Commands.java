package dev.rehearsal.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Short commands, run to their end. */
final class Commands {
    static final int SHOWN_LINES = 20;

    private Commands() {}

    /** @param output both streams, as they came */
    record Result(int exitCode, String output) {
        String lastLines() {
            return tail(output.lines(), SHOWN_LINES);
        }
    }

    static Result run(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        cleanEnvironment(builder.environment());
        Process process = builder.start();
        process.getOutputStream().close();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while '" + command.getFirst() + "' ran", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The user's locale and libpq settings must not leak into clusters: the same scenario makes the same cluster everywhere. */
    static void cleanEnvironment(Map<String, String> environment) {
        environment
                .keySet()
                .removeIf(name -> name.startsWith("PG")
                        || name.startsWith("LC_")
                        || name.equals("LANG")
                        || name.toUpperCase(Locale.ROOT).equals("LANGUAGE"));
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
    }

    /** Whether a program is on the PATH. */
    static boolean exists(String program) {
        return find(program, Optional.ofNullable(System.getenv("PATH")).orElse(""))
                .isPresent();
    }

    /** Whether a program is there that takes these arguments, and then runs another one to a good end. */
    static boolean succeeds(List<String> prefix, String program) {
        List<String> command = new ArrayList<>(prefix);
        command.add(program);
        try {
            return exists(prefix.getFirst()) && run(command).exitCode() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Where a program is in a list of folders, as in {@code PATH}. */
    static Optional<Path> find(String program, String folders) {
        return Stream.of(folders.split(java.io.File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program).toAbsolutePath())
                .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
                .findFirst();
    }

    /** The last lines of a log, for an error message; empty if it cannot be read. */
    static String lastLinesOf(Path log) {
        return lastLinesOf(log, SHOWN_LINES);
    }

    /** At most so many. */
    static String lastLinesOf(Path log, int most) {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return tail(lines, most);
        } catch (IOException e) {
            return "";
        }
    }

    static String tail(Stream<String> lines, int most) {
        Deque<String> last = new ArrayDeque<>();
        lines.forEach(line -> {
            if (last.size() == most) {
                last.removeFirst();
            }
            last.addLast(line);
        });
        return String.join("\n", last);
    }
}
