package dev.rehearsal.proxy;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Lets bytes through at a rate, in pieces of at most 100 ms; at rate 0 holds them until the toxic goes. */
final class BandwidthPace implements Pace {
    private static final int PIECE_MILLIS = 100;
    /** A terabyte a second: nobody will notice that it is less than was asked for. */
    private static final long FASTEST = 1_000_000_000;

    private final long bytesPerMilli;
    /** When the line is free again. */
    private long freeAtNanos = System.nanoTime();

    BandwidthPace(Toxic.Bandwidth bandwidth) {
        this.bytesPerMilli = Math.min(bandwidth.rate(), FASTEST);
    }

    @Override
    public Optional<Piece> next(Chunk first, long nowNanos) {
        if (bytesPerMilli <= 0) {
            return Optional.empty();
        }
        int bytes = (int) Math.min(first.length(), bytesPerMilli * PIECE_MILLIS);
        long start = freeAtNanos - nowNanos > 0 ? freeAtNanos : nowNanos;
        freeAtNanos = start + TimeUnit.MILLISECONDS.toNanos(bytes) / bytesPerMilli;
        return Optional.of(new Piece(bytes, freeAtNanos, first.arrivedNanos()));
    }

    @Override
    public void sent(long nowNanos) {
        // A piece that went late makes the next one no later.
    }

    @Override
    public int holdsAtMost() {
        return Link.UNHINDERED_BYTES;
    }
}
