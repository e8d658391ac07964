package dev.rehearsal.proxy;

import java.util.List;

/** Lets bytes through, and their end only after a delay. */
final class SlowCloseStage implements Stage {
    private final Link link;
    private final EventLoop loop;
    private final Toxic.SlowClose slowClose;
    private boolean released;

    SlowCloseStage(Link link, EventLoop loop, Toxic.SlowClose slowClose) {
        this.link = link;
        this.loop = loop;
        this.slowClose = slowClose;
    }

    @Override
    public void offer(Chunk chunk) {
        link.forward(this, chunk);
    }

    @Override
    public void end() {
        loop.at(System.nanoTime() + Delay.ofMillis(slowClose.delay()), () -> {
            if (!released) {
                link.forwardEnd(this);
            }
        });
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
