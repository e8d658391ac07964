package dev.rehearsal.environment;

/** What tests in other packages ask of processes. */
public final class LiveProcesses {
    private LiveProcesses() {}

    /** Whether a process still does anything; one that has ended and that nobody took note of does not. */
    public static boolean runs(ProcessHandle handle) {
        return ProcessIdentity.runs(handle);
    }
}
