package dev.rehearsal.dataset;

import java.time.Instant;

/**
 * A snapshot in the cache.
 *
 * @param built when it was complete
 * @param lastUsed when a rehearsal last began with it
 * @param inUse whether one has it now
 */
public record KeptSnapshot(Snapshot snapshot, Instant built, Instant lastUsed, boolean inUse) {}
