package dev.rehearsal.environment;

import dev.rehearsal.run.Secrets;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.HttpService;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A program of the user's between an HTTP simulation and the database. It ends with all that it has started: when this is closed, when the harness is
 * killed, or when the next run sweeps. What it prints goes into a file, without secrets. Safe for use by several threads.
 */
final class ServiceProgram implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final long STEP_MILLIS = 50;
    private static final int FIRST_REFUSAL = 400;

    private final String name;
    private final HttpService service;
    private final int port;
    private final Path output;
    private final Process process;
    private final Thread reader;
    private final RunningRegistry.Entry entry;
    private final String mark;
    private final long startedNanos = System.nanoTime();
    private volatile boolean closing;

    private ServiceProgram(
            String name,
            HttpService service,
            int port,
            Path output,
            Process process,
            RunningRegistry.Entry entry,
            String mark) {
        this.name = name;
        this.service = service;
        this.port = port;
        this.output = output;
        this.process = process;
        this.entry = entry;
        this.mark = mark;
        this.reader = Thread.ofPlatform().name("output of " + name).daemon().start(this::keepOutput);
    }

    /**
     * Starts it; does not wait until it is ready.
     *
     * @param name of the service
     * @param way variables by which it finds the database
     * @param output the file for what it prints
     */
    static ServiceProgram started(
            String name, HttpService template, Map<String, String> way, Path output, RunningRegistry registry)
            throws EnvironmentException {
        int port = Ports.free();
        HttpService service = template.at(port);
        String mark = UUID.randomUUID().toString();
        RunningRegistry.Entry entry = registry.program(mark);
        try {
            Process process = ServerProcess.startProgram(service.command(), service.directory(), environment -> {
                environment.keySet().removeIf(variable -> variable.startsWith("PG"));
                environment.putAll(way);
                environment.put("PORT", Integer.toString(port));
                environment.putAll(service.environment());
                environment.put(MarkedProcesses.NAME, mark);
            });
            return new ServiceProgram(name, service, port, output, process, entry, mark);
        } catch (IOException e) {
            entry.close();
            throw new EnvironmentException(
                    "the service " + name + " (" + words(service) + ") cannot be started: " + e.getMessage(),
                    "Check http.command and http.directory of the service.",
                    e);
        }
    }

    int port() {
        return port;
    }

    /** @throws EnvironmentException if it ends before it is ready, or is not ready in time; with the last that it printed */
    void awaitReady() throws EnvironmentException, InterruptedException {
        String last = "nobody listened on port " + port;
        while (!process.waitFor(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
            Optional<Integer> status = status();
            if (status.filter(code -> code < FIRST_REFUSAL).isPresent()) {
                return;
            }
            if (status.isPresent()) {
                last = service.ready() + " answered with status " + status.get();
            }
            if (System.nanoTime() - startedNanos > service.readyWithin().toNanos()) {
                throw new EnvironmentException(
                        "the service " + name + " (" + words(service) + ") was not ready within "
                                + service.readyWithin().toMillis() + " ms: " + last + told(),
                        "Correct it, or http.ready, or give it longer with http.readyWithin; it is to listen on the port"
                                + " that PORT says.");
            }
        }
        throw new EnvironmentException(
                "the service " + name + " (" + words(service) + ") ended with status " + process.exitValue()
                        + " before it was ready" + told(),
                "Correct it; it finds the database by DATABASE_URL, PGHOST and so on, or JDBC_DATABASE_URL.");
    }

    /** What {@code ready} answers; empty: nothing. */
    private Optional<Integer> status() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(service.ready()).toURL().openConnection(java.net.Proxy.NO_PROXY);
            connection.setConnectTimeout((int) ANSWER.toMillis());
            connection.setReadTimeout((int) ANSWER.toMillis());
            connection.setInstanceFollowRedirects(false);
            try {
                return Optional.of(connection.getResponseCode());
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** That it has ended by itself, with the last that it printed; empty while it runs, and when it was closed. */
    Optional<String> failure() {
        if (closing || process.isAlive()) {
            return Optional.empty();
        }
        return Optional.of("the service " + name + " (" + words(service) + ") ended with status " + process.exitValue()
                + " while the run went on" + told());
    }

    private String told() {
        if (!process.isAlive()) {
            joinReader();
        }
        String lines = Commands.lastLinesOf(output);
        return lines.isEmpty()
                ? "; it printed nothing"
                : "; the last it printed, of output/" + output.getFileName() + ":\n" + lines;
    }

    private static String words(HttpService service) {
        return Secrets.ofThisProcess().hiddenIn(String.join(" ", service.command()));
    }

    private void keepOutput() {
        Secrets secrets = Secrets.ofThisProcess();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            try (BufferedWriter file = Files.newBufferedWriter(output)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    file.write(secrets.hiddenIn(line));
                    file.newLine();
                    if (!lines.ready()) {
                        file.flush();
                    }
                }
            } catch (IOException e) {
                // The disk is full, perhaps: the program is not to stand still for that.
                lines.transferTo(Writer.nullWriter());
            }
        } catch (IOException e) {
            // It has ended, and with it what it had to say.
        }
    }

    /** What it has started may have its streams still, and never ends them. */
    private void joinReader() {
        try {
            reader.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** By force: what it serves is over. */
    @Override
    public void close() throws EnvironmentException {
        closing = true;
        List<ProcessHandle> family = process.descendants().toList();
        if (ServerProcess.makesGroups() && process.isAlive()) {
            killGroup();
        }
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
        MarkedProcesses.of(mark).forEach(ProcessHandle::destroyForcibly);
        if (!Waiting.forEndOf(process, PATIENCE)) {
            throw new EnvironmentException(
                    "the service " + name + ", process " + process.pid() + ", does not end, not even by SIGKILL",
                    "Look for a disk or network file system that hangs.");
        }
        joinReader();
        entry.close();
    }

    private void killGroup() {
        try {
            Commands.run(List.of("kill", "-s", "KILL", "--", "-" + process.pid()));
        } catch (IOException e) {
            // One by one, then.
        }
    }
}
