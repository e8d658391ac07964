package dev.rehearsal.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Cuts chunks into small pieces of about one size, and waits after each.
 *
 * <p>A chunk is halved, with the cut moved at random by up to the variation, until no part is larger than the average size and the variation
 * together. So most parts are smaller than the average that was asked for: that is what Toxiproxy does with these numbers.
 */
final class SlicerPace implements Pace {
    private final long averageSize;
    private final long sizeVariation;
    private final long delayNanos;
    private final RandomGenerator random;
    /** Of the chunk that is next; empty: it is not cut yet. */
    private final Deque<Integer> pieces = new ArrayDeque<>();

    private long freeAtNanos = System.nanoTime();

    SlicerPace(Toxic.Slicer slicer, RandomGenerator random) {
        // Without a size there would be no end to the halving.
        this.averageSize = Math.clamp(slicer.averageSize(), 1, Integer.MAX_VALUE);
        this.sizeVariation = Math.clamp(slicer.sizeVariation(), 0, Integer.MAX_VALUE);
        this.delayNanos = Delay.ofMicros(slicer.delay());
        this.random = random;
    }

    @Override
    public Optional<Piece> next(Chunk first, long nowNanos) {
        if (pieces.isEmpty()) {
            cut(first.length());
        }
        long due = freeAtNanos - nowNanos > 0 ? freeAtNanos : nowNanos;
        return Optional.of(new Piece(pieces.removeFirst(), due, first.arrivedNanos()));
    }

    private void cut(int length) {
        if (length == 1 || length - averageSize <= sizeVariation) {
            pieces.addLast(length);
            return;
        }
        long moved = sizeVariation > 0 ? random.nextLong(-sizeVariation, sizeVariation) : 0;
        int left = Math.clamp(length / 2 + moved, 1, length - 1);
        cut(left);
        cut(length - left);
    }

    @Override
    public void sent(long nowNanos) {
        freeAtNanos = nowNanos + delayNanos;
    }

    @Override
    public int holdsAtMost() {
        return Link.UNHINDERED_BYTES;
    }
}
