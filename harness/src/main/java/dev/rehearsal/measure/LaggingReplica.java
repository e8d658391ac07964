package dev.rehearsal.measure;

import java.time.Duration;

/**
 * How far a replica is behind.
 *
 * @param name such as {@code replica-1}
 * @param lag zero: nothing is known to be missing
 */
public record LaggingReplica(String name, Duration lag) {}
