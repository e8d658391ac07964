package dev.rehearsal.proxy;

import java.util.List;

/** Waits for bytes, drops them, and after the timeout resets both sides of the connection. */
final class ResetStage implements Stage {
    private final Link link;
    private final EventLoop loop;
    private final Toxic.ResetPeer reset;
    private boolean triggered;
    private boolean released;

    ResetStage(Link link, EventLoop loop, Toxic.ResetPeer reset) {
        this.link = link;
        this.loop = loop;
        this.reset = reset;
    }

    private void trigger() {
        if (triggered) {
            return;
        }
        triggered = true;
        if (reset.timeout() <= 0) {
            link.resetConnection();
            return;
        }
        loop.at(System.nanoTime() + Delay.ofMillis(reset.timeout()), () -> {
            if (!released) {
                link.resetConnection();
            }
        });
    }

    @Override
    public void offer(Chunk chunk) {
        link.dropped(chunk);
        trigger();
    }

    @Override
    public void end() {
        trigger();
    }

    /** Bytes were dropped: a connection that is waiting for its reset cannot go on. */
    @Override
    public List<Chunk> release() {
        released = true;
        if (triggered) {
            link.resetConnection();
        }
        return List.of();
    }

    @Override
    public int holdsAtMost() {
        return Link.UNHINDERED_BYTES;
    }
}
