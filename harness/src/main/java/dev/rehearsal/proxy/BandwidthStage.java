package dev.rehearsal.proxy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Lets bytes through at a rate, in pieces of at most 100 ms; at rate 0 holds them until the toxic goes. */
final class BandwidthStage implements Stage {
    private static final int PIECE_MILLIS = 100;

    private final Link link;
    private final EventLoop loop;
    private final Toxic.Bandwidth bandwidth;
    private final Deque<Chunk> held = new ArrayDeque<>();
    private boolean ended;
    private boolean released;
    /** When the line is free again. */
    private long freeAtNanos = System.nanoTime();

    BandwidthStage(Link link, EventLoop loop, Toxic.Bandwidth bandwidth) {
        this.link = link;
        this.loop = loop;
        this.bandwidth = bandwidth;
    }

    @Override
    public void offer(Chunk chunk) {
        held.addLast(chunk);
        if (held.size() == 1) {
            schedule();
        }
    }

    private void schedule() {
        if (bandwidth.rate() <= 0) {
            return;
        }
        long now = System.nanoTime();
        long start = freeAtNanos - now > 0 ? freeAtNanos : now;
        freeAtNanos = start + TimeUnit.MILLISECONDS.toNanos(piece()) / bandwidth.rate();
        loop.at(freeAtNanos, this::sendPiece);
    }

    private int piece() {
        return (int) Math.min(held.getFirst().length(), bandwidth.rate() * PIECE_MILLIS);
    }

    private void sendPiece() {
        if (released) {
            return;
        }
        Chunk first = held.removeFirst();
        int piece = (int) Math.min(first.length(), bandwidth.rate() * PIECE_MILLIS);
        var bytes = first.bytes();
        Chunk sent = new Chunk(bytes.slice(bytes.position(), piece), first.arrivedNanos());
        bytes.position(bytes.position() + piece);
        if (first.length() > 0) {
            held.addFirst(first);
        }
        link.forward(this, sent);
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
        List<Chunk> chunks = new ArrayList<>(held);
        held.clear();
        return chunks;
    }

    @Override
    public int holdsAtMost() {
        return Link.UNHINDERED_BYTES;
    }
}
