package dev.rehearsal.migration.tool;

import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Any program, in a process of its own, with the way to the server in its environment. It ends with all that it has started. */
final class CommandTool implements MigrationTool {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int LINES_SHOWN = 20;
    private static final int LONGEST = 1024;
    private static final int EXIT_NOT_FOUND = 127;
    private static final long MOST_READ = 1 << 16;

    /** By these a program would find another way. */
    private static final List<String> OTHER_WAYS =
            List.of("PGSERVICE", "PGSERVICEFILE", "PGHOSTADDR", "PGPASSFILE", "PGOPTIONS", "PGAPPNAME", "PGSSLMODE");

    /** A variable that all have who descend from the command. */
    private static final String MARK = "HARNESS_STEP";

    private final String mark = UUID.randomUUID().toString();
    private final Step.CommandStep step;
    private final Optional<Path> outputs;

    CommandTool(Step.CommandStep step, Optional<Path> outputs) {
        this.step = step;
        this.outputs = outputs;
    }

    @Override
    public void run(ToolAccess access) throws ToolFailureException {
        Path output = output();
        try {
            carriedOut(access, output);
        } catch (InterruptedException e) {
            // Whoever stops it wants to know how far it was.
            throw failure("was stopped", output);
        } finally {
            if (outputs.isEmpty()) {
                discard(output);
            }
        }
    }

    private void carriedOut(ToolAccess access, Path output) throws ToolFailureException, InterruptedException {
        Process process = started(access, output);
        Set<ProcessHandle> family = new LinkedHashSet<>();
        boolean inTime;
        try {
            process.getOutputStream().close();
            inTime = ended(process, family);
        } catch (IOException e) {
            // It closed its standard input first.
            inTime = ended(process, family);
        } finally {
            end(process, family);
        }
        if (!inTime) {
            throw failure(
                    "did not end within " + step.timeout().orElseThrow().toMillis() + " ms and was killed", output);
        }
        if (process.exitValue() != 0) {
            throw failure("ended with " + process.exitValue() + why(process.exitValue()), output);
        }
    }

    private static String why(int exitValue) {
        return exitValue == EXIT_NOT_FOUND ? ", which mostly means that a program was not found" : "";
    }

    private Path output() throws ToolFailureException {
        try {
            if (outputs.isEmpty()) {
                return Files.createTempFile("harness-command", ".log");
            }
            Files.createDirectories(outputs.get());
            return outputs.get().resolve(step.name().replaceAll("[^A-Za-z0-9._-]+", "-") + ".log");
        } catch (IOException e) {
            throw new ToolFailureException("its output cannot be kept: " + e, Optional.empty());
        }
    }

    private Process started(ToolAccess access, Path output) throws ToolFailureException {
        ProcessBuilder builder = new ProcessBuilder(step.words())
                .directory(step.directory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        Map<String, String> environment = builder.environment();
        OTHER_WAYS.forEach(environment::remove);
        environment.putAll(access.environment());
        environment.putAll(step.environment());
        environment.put(MARK, mark);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ToolFailureException(
                    "cannot be started: " + e.getMessage() + "; check that it is there, and directory",
                    Optional.empty());
        }
    }

    /** Whether it ended by itself in time; meanwhile all that it starts is looked for. */
    private boolean ended(Process process, Set<ProcessHandle> family) throws InterruptedException {
        long until = System.nanoTime() + step.timeout().map(Duration::toNanos).orElse(Long.MAX_VALUE / 2);
        while (true) {
            process.descendants().forEach(family::add);
            if (process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
            if (System.nanoTime() - until >= 0) {
                return false;
            }
        }
    }

    private void end(Process process, Set<ProcessHandle> family) {
        process.descendants().forEach(family::add);
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
        marked().forEach(ProcessHandle::destroyForcibly);
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What has left the family, but still has its mark; found where the system shows the environment of processes. */
    private List<ProcessHandle> marked() {
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
                        return Files.readString(environment, StandardCharsets.ISO_8859_1)
                                .contains(MARK + "=" + mark);
                    } catch (IOException e) {
                        // It has ended, or is another user's.
                        return false;
                    }
                })
                .toList();
    }

    private ToolFailureException failure(String what, Path output) {
        List<String> lines = lastLines(output);
        String told = lines.isEmpty()
                ? "; it printed nothing"
                : "; the last it printed"
                        + outputs.map(folder -> ", of " + folder.getFileName() + "/" + output.getFileName())
                                .orElse("") + ":\n" + String.join("\n", lines);
        return new ToolFailureException(command() + " " + what + told, Optional.empty());
    }

    private String command() {
        String words = String.join(" ", step.words());
        return words.length() <= LONGEST ? words : words.substring(0, LONGEST - 1) + "…";
    }

    private static List<String> lastLines(Path output) {
        try (SeekableByteChannel channel = Files.newByteChannel(output)) {
            long from = Math.max(0, channel.size() - MOST_READ);
            ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - from));
            channel.position(from);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Until all of it is read.
            }
            List<String> lines = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()).stream()
                    .map(line -> line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…")
                    .toList();
        } catch (IOException e) {
            return List.of("(its output cannot be read: " + e + ")");
        }
    }

    private static void discard(Path output) {
        try {
            Files.deleteIfExists(output);
        } catch (IOException e) {
            // Temporary files are the system's to clear up.
        }
    }

    /** A program is known by what it does. */
    @Override
    public Foreseen foreseen(ToolAccess access) {
        return Foreseen.nothing();
    }

    @Override
    public List<String> books() {
        return List.of();
    }
}
