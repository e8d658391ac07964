package dev.rehearsal.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Processes that descend from a program of the user's, whoever their parent is by now: each has a variable of its program's in its environment. */
final class MarkedProcesses {
    /** The variable. */
    static final String NAME = "HARNESS_SERVICE";

    private MarkedProcesses() {}

    /** Those alive; none where the system does not show the environment of processes. */
    static List<ProcessHandle> of(String mark) {
        String variable = NAME + "=" + mark;
        return ProcessHandle.allProcesses()
                .filter(process -> environment(process).contains(variable))
                .toList();
    }

    private static String environment(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It has ended, or is another user's.
            return "";
        }
    }
}
