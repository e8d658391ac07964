package dev.rehearsal.verdict;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Requests of one operation that waited because of one statement.
 *
 * @param requests how many
 * @param errors how many of them failed or timed out, by SQLState, or what stands for it as in {@link OperationStatistics#errors}
 * @param maxWaitNanos the longest single wait
 * @param totalWaitNanos all waits together
 * @param maxResponseNanos the longest response time of them
 */
public record Victims(
        String service,
        String operation,
        long requests,
        SortedMap<String, Long> errors,
        long maxWaitNanos,
        long totalWaitNanos,
        long maxResponseNanos) {
    public Victims {
        errors = Collections.unmodifiableSortedMap(new TreeMap<>(errors));
    }

    /** How many of them failed or timed out. */
    public long failed() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
