package dev.rehearsal.load;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends frames from a thread of its own, so that a harness that is slow to read never holds up a request: the queue has no bound. Safe for use
 * by several threads.
 */
final class FrameWriter {
    /** Often enough for a live view, seldom enough to cost nothing: no request wakes a thread. */
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConcurrentLinkedQueue<Frame> queue = new ConcurrentLinkedQueue<>();
    private final DataOutputStream out;
    private final Runnable harnessGone;
    private final Thread thread;
    private final boolean neverSilent;
    private volatile boolean closing;

    FrameWriter(OutputStream out, Runnable harnessGone) {
        this(out, harnessGone, false);
    }

    /**
     * @param harnessGone called when nobody reads any more
     * @param neverSilent whether something is said once a second, also when there is nothing to say
     */
    FrameWriter(OutputStream out, Runnable harnessGone, boolean neverSilent) {
        this.neverSilent = neverSilent;
        this.out = new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
        this.harnessGone = harnessGone;
        this.thread = Thread.ofPlatform().name("frames").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void send(Frame frame) {
        queue.add(frame);
    }

    /** Returns when everything sent before is out. */
    void close() throws InterruptedException {
        closing = true;
        LockSupport.unpark(thread);
        thread.join();
    }

    private void run() {
        byte[] scratch = new byte[64];
        long saidNanos = System.nanoTime();
        try {
            while (true) {
                boolean last = closing;
                boolean any = false;
                for (Frame frame = queue.poll(); frame != null; frame = queue.poll()) {
                    Frame.write(frame, out, scratch);
                    any = true;
                }
                if (!any && neverSilent && System.nanoTime() - saidNanos > SILENCE_NANOS) {
                    Frame.write(new Frame.Alive(), out, scratch);
                    any = true;
                }
                if (any) {
                    out.flush();
                    saidNanos = System.nanoTime();
                }
                if (last) {
                    return;
                }
                LockSupport.parkNanos(INTERVAL_NANOS);
            }
        } catch (IOException e) {
            harnessGone.run();
        }
    }
}
