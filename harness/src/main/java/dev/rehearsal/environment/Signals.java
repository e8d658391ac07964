package dev.rehearsal.environment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Signals that Java itself cannot send. */
final class Signals {
    private Signals() {}

    /** What PostgreSQL's postmaster makes of a signal. */
    enum Signal {
        /** Fast shutdown: sessions are ended, a checkpoint is written. */
        INT,
        /** Immediate shutdown: no checkpoint; the data directory needs recovery at its next start. */
        QUIT,
        /** Stands still, whatever it is doing. */
        STOP,
        /** Goes on. */
        CONT,
        /** Ends where it stands. */
        KILL
    }

    /**
     * Sends a signal to many at once; those that have ended meanwhile are left out.
     *
     * @throws IOException if no signal can be sent on this machine
     */
    static void send(List<ProcessHandle> processes, Signal signal) throws IOException {
        List<String> command = new ArrayList<>(List.of("kill", "-s", signal.name()));
        processes.stream()
                .filter(ProcessHandle::isAlive)
                .map(process -> Long.toString(process.pid()))
                .forEach(command::add);
        if (command.size() > 3) {
            Commands.run(command);
        }
    }

    /** Sends a signal, if the process is still there to take it. */
    static void send(ProcessHandle process, Signal signal) {
        if (!process.isAlive()) {
            return;
        }
        try {
            Commands.run(List.of("kill", "-s", signal.name(), Long.toString(process.pid())));
        } catch (IOException e) {
            // No kill on this machine, or no process can be started any more: harder, but it ends.
            process.destroyForcibly();
        }
    }
}
