package dev.rehearsal.measure;

import java.util.Set;

/**
 * The relation locks of one session as one reading of {@code pg_locks} had them, which was taken at some moment between {@code fromNanos} and
 * {@code toNanos}.
 *
 * @param virtualTransaction changes when the session begins another transaction; empty when it has no locks at all
 */
record Sighting(long fromNanos, long toNanos, String virtualTransaction, Set<Lock> granted, boolean waiting) {
    Sighting {
        granted = Set.copyOf(granted);
    }

    /** @param mode such as {@code AccessExclusive} */
    record Lock(long relation, String mode) {}

    boolean shows(Sighting other) {
        return waiting == other.waiting
                && virtualTransaction.equals(other.virtualTransaction)
                && granted.equals(other.granted);
    }
}
