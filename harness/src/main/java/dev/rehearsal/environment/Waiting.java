package dev.rehearsal.environment;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waiting for ends that must be waited for, also by a thread that was interrupted; the interrupt is kept for later. */
final class Waiting {
    /** {@code ProcessHandle.onExit} looks after processes that are not our children only now and then: up to five seconds late. */
    private static final long STEP_MILLIS = 3;

    private Waiting() {}

    /** Whether a process that is not our child came to its end in time. */
    static boolean forEndOf(ProcessHandle process, Duration patience) {
        return forEndOf(() -> ProcessIdentity.runs(process), patience);
    }

    /** Whether a child of ours came to its end in time; its exit value is there then. */
    static boolean forEndOf(Process child, Duration patience) {
        return forEndOf(child::isAlive, patience);
    }

    /** Whether a process came to stand still in time; one that has ended does. */
    static boolean forStopOf(ProcessHandle process, Duration patience) {
        return forEndOf(() -> ProcessIdentity.moves(process), patience);
    }

    private static boolean forEndOf(BooleanSupplier running, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        try {
            while (running.getAsBoolean()) {
                if (System.nanoTime() - deadline > 0) {
                    return false;
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
