package dev.rehearsal.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Which process, for certain: ids are used again, an id together with a start time is not.
 *
 * @param startedAtMillis since the epoch, as the operating system tells it
 */
record ProcessIdentity(long pid, long startedAtMillis) {
    /** The start time is derived from the time of boot, which is known to the second and moves when the clock is set. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    static ProcessIdentity of(ProcessHandle handle) {
        return new ProcessIdentity(
                handle.pid(),
                handle.info().startInstant().map(Instant::toEpochMilli).orElse(-1L));
    }

    static ProcessIdentity ofThisProcess() {
        return of(ProcessHandle.current());
    }

    /** The live process that this is; empty when it ended, also when another has its id now, and when nobody can tell. */
    Optional<ProcessHandle> alive() {
        return ProcessHandle.of(pid).filter(ProcessIdentity::runs).filter(handle -> isSame(of(handle).startedAtMillis));
    }

    /**
     * Whether a process still does anything. One that has ended is "alive" to Java until its parent takes note, and where the first process of
     * a container is no init, nobody ever takes note of orphans.
     */
    static boolean runs(ProcessHandle handle) {
        return handle.isAlive() && !isZombie(handle);
    }

    /** Whether a process can do anything: it is neither at its end nor stopped by a signal. Where there is no /proc, stopping is taken on trust. */
    static boolean moves(ProcessHandle handle) {
        Optional<String> stat = stat(handle);
        return stat.isPresent() && runs(handle) && !isInState(stat.get(), "T");
    }

    private static boolean isZombie(ProcessHandle handle) {
        // Without a state: not Linux, or gone in this very moment.
        return stat(handle).map(stat -> isInState(stat, "Z")).orElseGet(() -> !handle.isAlive());
    }

    private static Optional<String> stat(ProcessHandle handle) {
        try {
            return Optional.of(Files.readString(
                    Path.of("/proc", Long.toString(handle.pid()), "stat"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The state is the letter behind the name, and the name may hold anything, parentheses too. */
    private static boolean isInState(String stat, String letter) {
        return stat.startsWith(letter, stat.lastIndexOf(')') + 2);
    }

    private boolean isSame(long startMillis) {
        return startMillis >= 0
                && startedAtMillis >= 0
                && Math.abs(startMillis - startedAtMillis) <= TOLERANCE.toMillis();
    }
}
