package dev.rehearsal.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of one thread, and keeps the process alive until that thread has cleaned up and closed this.
 *
 * <p>The JVM then ends with the exit code for an interrupt, whatever the signal was. Without it, a signal would end the JVM while servers are still being stopped.
 */
final class Interrupt implements AutoCloseable {
    /** A cleanup that takes longer hangs; what it leaves is swept by the next run. */
    private static final long PATIENCE_SECONDS = 60;

    private final Thread hook;
    private final Thread interrupted;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean signalled;

    private Interrupt(Thread interrupted) {
        this.interrupted = interrupted;
        this.hook = new Thread(this::signal, "interrupt");
    }

    static Interrupt ofThisThread() {
        Interrupt interrupt = new Interrupt(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(interrupt.hook);
        return interrupt;
    }

    private void signal() {
        signalled = true;
        interrupted.interrupt();
        try {
            if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("harness: could not stop everything in " + PATIENCE_SECONDS
                        + " s; the next run sweeps what is left");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number);
    }

    @Override
    public void close() {
        closed.countDown();
        if (!signalled) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException alreadyShuttingDown) {
                // The signal came between the two lines: the hook has seen the latch and ends the JVM.
                Thread.currentThread().interrupt();
            }
        }
    }
}
