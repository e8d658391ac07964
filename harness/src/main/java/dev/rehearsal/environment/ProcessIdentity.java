package dev.rehearsal.environment;

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
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(handle -> isSame(of(handle).startedAtMillis));
    }

    private boolean isSame(long startMillis) {
        return startMillis >= 0
                && startedAtMillis >= 0
                && Math.abs(startMillis - startedAtMillis) <= TOLERANCE.toMillis();
    }
}
