package dev.rehearsal.measure;

import java.util.List;

/** Threads that have been told to end. */
public final class EndingThreads {
    private EndingThreads() {}

    /** Interrupts one and waits until it has ended, as {@link #await} does. */
    static void end(Thread thread) {
        thread.interrupt();
        await(List.of(thread));
    }

    /** Waits until all have; an interrupt stays and does not cut it short, because what they use is closed next. */
    public static void await(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
