package dev.rehearsal.verdict;

/**
 * Sessions of a service in front of the database that waited for a lock because of one statement: by the server's log and their name. Which requests they
 * served then is not known.
 *
 * @param waits how many, of whichever sessions
 */
public record SessionVictims(String service, long waits, long maxWaitNanos, long totalWaitNanos) {}
