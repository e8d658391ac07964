package dev.rehearsal.run;

/**
 * One fault as it went.
 *
 * @param endNanos of a fault whose end was never recorded, the last thing seen
 * @param happened false if its cue never came
 */
public record FaultRun(
        int index, String kind, String description, long startNanos, long endNanos, String effect, boolean happened) {}
