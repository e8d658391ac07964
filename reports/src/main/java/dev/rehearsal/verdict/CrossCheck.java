package dev.rehearsal.verdict;

import java.util.OptionalDouble;

/**
 * How the server's lock log and the requests agree about the victims: two instruments that know nothing of each other.
 *
 * @param victimWaits waits of the application in the log that a statement caused
 * @param unmatchedWaits those of them for which no request is known
 * @param longestWaitMillis the longest of them, by the log; empty if there is none
 * @param longestResponseMillis the longest response of a request that waited, by the load generator
 * @param unexplainedMillis of that response, what lock waits, pool wait, generator lag and the baseline's p99.9 leave unexplained
 */
public record CrossCheck(
        long victimWaits,
        long unmatchedWaits,
        OptionalDouble longestWaitMillis,
        OptionalDouble longestResponseMillis,
        OptionalDouble unexplainedMillis) {}
