package dev.rehearsal.proxy;

import java.util.Optional;

/** When bytes that wait in a {@link PacedStage} may go on, and in what pieces. Only the event loop's thread calls it. */
sealed interface Pace permits LatencyPace, BandwidthPace, SlicerPace {
    /**
     * The first bytes of a chunk, and their time.
     *
     * @param dueNanos may be over
     * @param stampNanos when the next stage shall think that they arrived
     */
    record Piece(int bytes, long dueNanos, long stampNanos) {}

    /**
     * Asked once for each piece, when those before it have gone.
     *
     * @param first what is left of the chunk that is next; not empty
     * @return empty: it does not go on while this toxic is there
     */
    Optional<Piece> next(Chunk first, long nowNanos);

    /** A piece has gone. */
    void sent(long nowNanos);

    /** The most that a link may hold, in bytes, before it stops reading. */
    int holdsAtMost();
}
