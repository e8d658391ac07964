package dev.rehearsal.drill;

import java.util.List;

/** Threads that have been told to end. */
final class EndingThreads {
    private EndingThreads() {}

    /** Waits until all have; an interrupt stays and does not cut it short, because what they use is closed next. */
    static void await(List<Thread> threads) {
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
