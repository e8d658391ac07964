package dev.rehearsal.proxy;

import java.util.List;

/** What one toxic does to one link. Only the event loop's thread calls it. */
sealed interface Stage permits PassStage, PacedStage, TimeoutStage, ResetStage, SlowCloseStage, LimitDataStage {
    /** Takes bytes and sends them on now, later or never. */
    void offer(Chunk chunk);

    /** No more bytes will come. Sent on after all bytes that are held. */
    void end();

    /** Stops, for ever; what it held, in order. */
    List<Chunk> release();

    /** The most that a link may hold, in bytes, before it stops reading. */
    int holdsAtMost();
}
