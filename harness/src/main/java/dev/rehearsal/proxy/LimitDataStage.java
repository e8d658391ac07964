package dev.rehearsal.proxy;

import java.util.List;

/** Lets so many bytes through, then closes the connection. */
final class LimitDataStage implements Stage {
    private final Link link;
    private final long limitBytes;
    private long passedBytes;
    private boolean full;

    /** @param passedBytes that count already, because they passed before the toxic was changed */
    LimitDataStage(Link link, Toxic.LimitData limit, long passedBytes) {
        this.link = link;
        this.limitBytes = Math.max(0, limit.bytes());
        this.passedBytes = passedBytes;
    }

    long passedBytes() {
        return passedBytes;
    }

    @Override
    public void offer(Chunk chunk) {
        long left = full ? 0 : Math.clamp(limitBytes - passedBytes, 0, Integer.MAX_VALUE);
        int passing = (int) Math.min(left, chunk.length());
        if (passing > 0) {
            passedBytes += passing;
            link.forward(this, chunk.take(passing, chunk.arrivedNanos()));
        }
        link.dropped(chunk);
        if (passedBytes >= limitBytes && !full) {
            full = true;
            link.forwardClose(this);
        }
    }

    @Override
    public void end() {
        if (!full) {
            link.forwardEnd(this);
        }
    }

    @Override
    public List<Chunk> release() {
        return List.of();
    }

    @Override
    public int holdsAtMost() {
        return Link.UNHINDERED_BYTES;
    }
}
