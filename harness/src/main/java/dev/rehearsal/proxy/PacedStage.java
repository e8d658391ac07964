package dev.rehearsal.proxy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Holds bytes in their order and sends them on at a pace. */
final class PacedStage implements Stage {
    private final Link link;
    private final EventLoop loop;
    private final Pace pace;
    private final Deque<Chunk> held = new ArrayDeque<>();
    private boolean ended;
    private boolean released;

    PacedStage(Link link, EventLoop loop, Pace pace) {
        this.link = link;
        this.loop = loop;
        this.pace = pace;
    }

    @Override
    public void offer(Chunk chunk) {
        held.addLast(chunk);
        if (held.size() == 1) {
            schedule();
        }
    }

    private void schedule() {
        pace.next(held.getFirst(), System.nanoTime()).ifPresent(piece -> loop.at(piece.dueNanos(), () -> send(piece)));
    }

    private void send(Pace.Piece piece) {
        if (released) {
            return;
        }
        Chunk first = held.getFirst();
        Chunk sent = first.take(piece.bytes(), piece.stampNanos());
        if (first.length() == 0) {
            held.removeFirst();
        }
        link.forward(this, sent);
        pace.sent(System.nanoTime());
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
    public List<Chunk> release() {
        released = true;
        ended = false;
        List<Chunk> chunks = new ArrayList<>(held);
        held.clear();
        return chunks;
    }

    @Override
    public int holdsAtMost() {
        return pace.holdsAtMost();
    }
}
