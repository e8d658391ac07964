package dev.rehearsal.verdict;

/**
 * Requests of one operation that waited because of one statement.
 *
 * @param requests how many
 * @param failed how many of them failed or timed out
 * @param maxWaitNanos the longest single wait
 * @param totalWaitNanos all waits together
 * @param maxResponseNanos the longest response time of them
 */
public record Victims(
        String service,
        String operation,
        long requests,
        long failed,
        long maxWaitNanos,
        long totalWaitNanos,
        long maxResponseNanos) {}
