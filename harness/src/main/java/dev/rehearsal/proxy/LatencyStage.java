package dev.rehearsal.proxy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Delays bytes, measured from their arrival; they keep their order, so a chunk with little jitter waits for the one before it. */
final class LatencyStage implements Stage {
    private record Delayed(Chunk chunk, long dueNanos) {}

    private final Link link;
    private final EventLoop loop;
    private final Toxic.Latency latency;
    private final Deque<Delayed> held = new ArrayDeque<>();
    private boolean ended;
    private boolean released;

    LatencyStage(Link link, EventLoop loop, Toxic.Latency latency) {
        this.link = link;
        this.loop = loop;
        this.latency = latency;
    }

    @Override
    public void offer(Chunk chunk) {
        held.addLast(new Delayed(chunk, chunk.arrivedNanos() + delayNanos()));
        if (held.size() == 1) {
            schedule();
        }
    }

    private long delayNanos() {
        long jitter = latency.jitter();
        long random = jitter > 0 ? ThreadLocalRandom.current().nextLong(2 * jitter) - jitter : 0;
        return TimeUnit.MILLISECONDS.toNanos(latency.latency() + random);
    }

    private void schedule() {
        loop.at(held.getFirst().dueNanos, this::sendDue);
    }

    private void sendDue() {
        if (released) {
            return;
        }
        long now = System.nanoTime();
        while (!held.isEmpty() && held.getFirst().dueNanos - now <= 0) {
            link.forward(this, held.removeFirst().chunk);
        }
        if (!held.isEmpty()) {
            schedule();
        } else if (ended) {
            link.forwardEnd(this);
        }
    }

    @Override
    public void end() {
        ended = true;
        if (held.isEmpty()) {
            link.forwardEnd(this);
        }
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public List<Chunk> release() {
        released = true;
        List<Chunk> chunks = new ArrayList<>();
        held.forEach(delayed -> chunks.add(delayed.chunk));
        held.clear();
        return chunks;
    }

    @Override
    public int holdsAtMost() {
        return Link.DELAYED_BYTES;
    }
}
