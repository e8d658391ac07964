package dev.rehearsal.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How late Linux may wake a thread that sleeps: 50 µs unless told otherwise, so that it can wake several at once. A request's lag is hardly longer.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_timerslack_ns.5.html">proc_pid_timerslack_ns(5)</a>
 */
final class TimerSlack {
    private static final Path THIS_THREAD = Path.of("/proc/thread-self");
    private static final String LEAST_NANOS = "1";

    private TimerSlack() {}

    /** Has the calling thread, a platform thread, woken as punctually as the system can; does nothing where that cannot be had. */
    static void reduceToLeast() {
        try {
            Path thread = Files.readSymbolicLink(THIS_THREAD).getFileName();
            Files.writeString(Path.of("/proc").resolve(thread).resolve("timerslack_ns"), LEAST_NANOS);
        } catch (IOException e) {
            // Not Linux, or not allowed: lag is measured, whatever it is.
        }
    }
}
