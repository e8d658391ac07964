package dev.rehearsal.run;

import java.util.Set;

/**
 * One fault as it went.
 *
 * @param endNanos of a fault whose end was never recorded, the last thing seen
 * @param happened false if its cue never came
 */
public record FaultRun(
        int index, String kind, String description, long startNanos, long endNanos, String effect, boolean happened) {
    private static final Set<String> OF_THE_SERVER = Set.of("pause", "crash", "failover", "diskFull");

    /** Whether a server itself was, or may have been, away from {@code startNanos} to {@code endNanos}, because the scenario asked for it. */
    public boolean tookTheServerAway() {
        return happened && OF_THE_SERVER.contains(kind);
    }
}
