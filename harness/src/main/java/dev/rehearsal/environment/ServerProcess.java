package dev.rehearsal.environment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Starts processes that end when the harness does, however it ends.
 *
 * <p>On Linux the kernel does it ({@code PR_SET_PDEATHSIG}). That signal has two traps: it is forgotten when a process changes its
 * credentials, so it is asked for after that; and it fires when the <em>thread</em> that started the process ends, so all are started from
 * one thread that never does. Servers get a session of their own: Ctrl-C at the terminal is the harness's to handle, in its order.
 */
final class ServerProcess {
    /** Ends with the process, and not before. */
    private static final ExecutorService PERMANENT = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("process-starter").factory());

    /** Nobody needs what a server of a dead harness holds: no checkpoint. */
    private static final List<String> ENDING_WITH_US = List.of("setpriv", "--pdeathsig", "QUIT");

    /** A program of the user's may take any softer word as it likes: to Java, QUIT is a question. */
    private static final List<String> KILLED_WITH_US = List.of("setpriv", "--pdeathsig", "KILL");

    /** busybox has a setpriv that cannot do it. */
    private static final boolean CAN_END_WITH_US = Commands.succeeds(ENDING_WITH_US, "true");

    private static final boolean HAS_SETSID = Commands.exists("setsid");

    private ServerProcess() {}

    /**
     * @param command a program and its arguments
     * @param log where both its streams go, behind what is there
     */
    static Process start(List<String> command, Privileges privileges, Path log) throws IOException {
        List<String> full = new ArrayList<>();
        if (HAS_SETSID) {
            full.add("setsid");
        }
        full.addAll(privileges.prefix());
        if (CAN_END_WITH_US) {
            full.addAll(ENDING_WITH_US);
        }
        full.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(full)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Commands.cleanEnvironment(builder.environment());
        return await(PERMANENT.submit(builder::start));
    }

    /**
     * Starts a program of the user's, as ourselves, at the head of a group of processes of its own where the system has those. Both its streams come
     * from its process.
     *
     * @param environment is given ours, to be changed
     */
    static Process startProgram(List<String> command, Path directory, Consumer<Map<String, String>> environment)
            throws IOException {
        List<String> full = new ArrayList<>();
        if (HAS_SETSID) {
            full.add("setsid");
        }
        if (CAN_END_WITH_US) {
            full.addAll(KILLED_WITH_US);
        }
        full.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(full)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        environment.accept(builder.environment());
        return await(PERMANENT.submit(builder::start));
    }

    /** Whether {@link #startProgram} makes groups. */
    static boolean makesGroups() {
        return HAS_SETSID;
    }

    /** Not to be interrupted: a process that nobody knows of would be left. */
    private static Process await(Future<Process> start) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return start.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IOException("does not start: " + e.getCause().getMessage(), e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
