package dev.rehearsal.measure;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.Paused;
import java.time.Duration;

/**
 * Notices when this process does not run: a thread sleeps for a millisecond, over and over, and whatever it overslept beyond {@link #THRESHOLD} is
 * journaled. Garbage collection, a stopped process and a machine without a free processor all show alike, which is right: each of them falsifies what
 * the process measured meanwhile.
 */
public final class PauseMeter implements AutoCloseable {
    /** A late wake-up below this is ordinary scheduling. */
    public static final Duration THRESHOLD = Duration.ofMillis(5);

    private static final Duration SLEEP = Duration.ofMillis(1);

    private final String process;
    private final RunClock clock;
    private final Journal journal;
    private final Thread thread;

    private PauseMeter(String process, RunClock clock, Journal journal) {
        this.process = process;
        this.clock = clock;
        this.journal = journal;
        this.thread = Thread.ofPlatform().name("pause-meter").daemon().unstarted(this::measure);
    }

    /** @param process how reports call the process that this runs in, such as {@code harness} */
    public static PauseMeter started(String process, RunClock clock, Journal journal) {
        PauseMeter meter = new PauseMeter(process, clock, journal);
        meter.thread.start();
        return meter;
    }

    private void measure() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long before = clock.nowNanos();
                Thread.sleep(SLEEP);
                long now = clock.nowNanos();
                long overslept = now - before - SLEEP.toNanos();
                if (overslept > THRESHOLD.toNanos()) {
                    journal.record(new Paused(now, process, overslept));
                }
            }
        } catch (InterruptedException e) {
            // close() is the only one who interrupts this thread.
        }
    }

    @Override
    public void close() {
        EndingThreads.end(thread);
    }
}
