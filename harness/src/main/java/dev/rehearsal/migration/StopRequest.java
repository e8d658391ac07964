package dev.rehearsal.migration;

import dev.rehearsal.run.RunEvent.Status;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;

/** Between the thread that runs a migration and the one that may have to stop it. Safe for use by both. */
final class StopRequest {
    private Reason reason = Reason.NONE;
    private Optional<Thread> interruptible = Optional.empty();
    private Optional<Session> session = Optional.empty();

    /** Why a migration is to stop. */
    enum Reason {
        NONE,
        TIME_LIMIT,
        INTERRUPTED
    }

    /** What runs the migration's statements. */
    record Session(IntSupplier backendPid, Connection connection, boolean shared) {}

    /** Something that can be interrupted. */
    interface Interruptible {
        void run() throws InterruptedException;
    }

    /** The first reason stays. */
    synchronized void request(Reason why) {
        if (reason == Reason.NONE) {
            reason = why;
        }
        interruptible.ifPresent(Thread::interrupt);
        notifyAll();
    }

    synchronized Reason reason() {
        return reason;
    }

    /** How what does not come to its end, ends. */
    Status failed() {
        return reason() == Reason.TIME_LIMIT ? Status.TIMED_OUT : Status.FAILED;
    }

    boolean requested() {
        return reason() != Reason.NONE;
    }

    synchronized void runsOn(Session running) {
        session = Optional.of(running);
    }

    synchronized Optional<Session> session() {
        return session;
    }

    /** Returns after the duration, or at once when the migration is to stop. */
    synchronized void pause(Duration duration) throws InterruptedException {
        long until = System.nanoTime() + duration.toNanos();
        for (long rest = duration.toNanos(); reason == Reason.NONE && rest > 0; rest = until - System.nanoTime()) {
            // At least one: zero would wait for ever.
            wait(Math.max(1, rest / 1_000_000));
        }
    }

    /**
     * Runs foreign code that a stop interrupts. Everything else the migration's thread does must not be interrupted, for it would tear the
     * evidence of the last statement.
     */
    void interruptibly(Interruptible action) throws InterruptedException {
        synchronized (this) {
            if (reason != Reason.NONE) {
                throw new InterruptedException();
            }
            interruptible = Optional.of(Thread.currentThread());
        }
        try {
            action.run();
        } finally {
            synchronized (this) {
                interruptible = Optional.empty();
                Thread.interrupted();
            }
        }
    }
}
