package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.LockWaited;

/**
 * A wait that a statement of the migration caused.
 *
 * @param cause index of the statement in {@link Attribution#impacts()}
 * @param direct false if it waited for somebody who waited for the statement in turn
 */
public record CausedWait(LockWaited lockWait, int cause, boolean direct) {}
