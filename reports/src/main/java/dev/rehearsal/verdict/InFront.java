package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.Party;

/**
 * Somebody who held what a statement of the migration waited for.
 *
 * @param name application_name where known: {@code harness-blocker}, a service, else {@code session 1234}
 * @param blockedNanos how long the statement waited while this one held it, as far as known
 */
public record InFront(Party party, String name, int pid, long blockedNanos) {}
