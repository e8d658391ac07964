package dev.rehearsal.proxy;

import java.util.List;

/** Drops all bytes, and closes the connection when none came for a while; also when the toxic is removed, because bytes are missing then. */
final class TimeoutStage implements Stage {
    private final Link link;
    private final EventLoop loop;
    private final Toxic.Timeout timeout;
    private boolean released;
    private long closeAtNanos;

    TimeoutStage(Link link, EventLoop loop, Toxic.Timeout timeout) {
        this.link = link;
        this.loop = loop;
        this.timeout = timeout;
        if (timeout.timeout() > 0) {
            restart();
            loop.at(closeAtNanos, this::check);
        }
    }

    private void restart() {
        closeAtNanos = System.nanoTime() + Delay.ofMillis(timeout.timeout());
    }

    private void check() {
        if (released) {
            return;
        }
        if (closeAtNanos - System.nanoTime() > 0) {
            loop.at(closeAtNanos, this::check);
        } else {
            link.closeConnection();
        }
    }

    @Override
    public void offer(Chunk chunk) {
        link.dropped(chunk);
        restart();
    }

    @Override
    public void end() {
        link.closeConnection();
    }

    @Override
    public List<Chunk> release() {
        released = true;
        return List.of();
    }

    @Override
    public int holdsAtMost() {
        return Link.UNHINDERED_BYTES;
    }
}
