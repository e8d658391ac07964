package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The forked JVM: its command line, its streams, the last it said. Safe for use by several threads. */
final class InjectorProcess implements InjectorLink {
    private static final int LINES_KEPT = 20;
    private static final String RESOURCES = "dev/rehearsal/load/";

    private final Slice slice;
    private final Process process;
    private final OutputStream commands;
    private final DataInputStream frames;
    private final Thread errorReader;
    private final Deque<String> lastLines = new ArrayDeque<>();

    private InjectorProcess(Slice slice, Process process) {
        this.slice = slice;
        this.process = process;
        this.commands = process.getOutputStream();
        this.frames = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
        this.errorReader =
                Thread.ofPlatform().name("injector's errors").daemon().start(this::readErrors);
    }

    /** @param simulations behind the harness' own class path */
    static InjectorProcess start(Slice slice, List<Path> simulations) throws EnvironmentException {
        try {
            return new InjectorProcess(slice, new ProcessBuilder(command(StartUpCache.options(), simulations)).start());
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot start the load injector: " + e.getMessage(),
                    "The harness starts a second JVM for the load; see that there is memory for it.",
                    e);
        }
    }

    /** @param further options of the JVM; its heap, its collector and its class path, on which a start-up cache depends, are said here */
    static List<String> command(List<String> further) {
        return command(further, List.of());
    }

    private static List<String> command(List<String> further, List<Path> simulations) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(further);
        command.addAll(List.of(
                "-Xms256m",
                "-Xmx1g",
                "-XX:+UseSerialGC",
                // Requests hardly compute: fewer carriers mean fewer wake-ups, and leave processors to the server.
                "-Djdk.virtualThreadScheduler.parallelism="
                        + Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                // One thread that waits for all sockets; on newer JDKs it would be two, one waking the other.
                "-Djdk.pollerMode=1",
                "-XX:+ExitOnOutOfMemoryError",
                // Gatling's own needs.
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-Dgatling.conf.file=" + RESOURCES + "gatling.conf",
                "-Dlogback.configurationFile=" + RESOURCES + "injector-logback.xml",
                // Scenarios may have shorter pool timeouts than HikariCP thinks wise.
                "-Dcom.zaxxer.hikari.timeoutMs.floor=1",
                "-cp",
                Stream.concat(
                                Stream.of(System.getProperty("java.class.path")),
                                simulations.stream().map(Path::toString))
                        .collect(Collectors.joining(File.pathSeparator)),
                InjectorMain.class.getName()));
        return command;
    }

    @Override
    public Slice slice() {
        return slice;
    }

    @Override
    public String place() {
        return "process " + process.pid() + " of this machine";
    }

    @Override
    public OptionalLong processId() {
        return OptionalLong.of(process.pid());
    }

    @Override
    public boolean sharesClock() {
        return true;
    }

    @Override
    public String way(String jdbcUrl) {
        return jdbcUrl;
    }

    @Override
    public List<String> ways(String jdbcUrl) {
        return List.of(jdbcUrl);
    }

    @Override
    public DataInputStream frames() {
        return frames;
    }

    @Override
    public synchronized void command(String line) throws IOException {
        commands.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
    }

    /** With the last lines that it wrote. */
    @Override
    public String obituary(Optional<String> trouble) throws InterruptedException {
        if (trouble.isPresent()) {
            // It may go on, and nobody can understand it any more.
            process.destroyForcibly();
        }
        int status = process.waitFor();
        errorReader.join();
        String last;
        synchronized (lastLines) {
            last = String.join("\n", lastLines);
        }
        return slice.injector() + " (process " + process.pid() + ") ended with status " + status
                + trouble.map(what -> " after " + what).orElse("")
                + (last.isEmpty() ? "" : "; its last lines were:\n" + last);
    }

    private void readErrors() {
        try (BufferedReader errors = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = errors.readLine(); line != null; line = errors.readLine()) {
                synchronized (lastLines) {
                    if (lastLines.size() == LINES_KEPT) {
                        lastLines.removeFirst();
                    }
                    lastLines.addLast(line);
                }
            }
        } catch (IOException e) {
            // The process is gone, and with it what it had to say.
        }
    }

    /** Ends the process and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    process.waitFor(10, TimeUnit.SECONDS);
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            commands.close();
        } catch (IOException e) {
            // A line that could not be sent any more; nobody is there to read it.
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
