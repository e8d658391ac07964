package dev.rehearsal.engine;

import java.time.Duration;

/**
 * A cluster's leader went, and the cluster decided who leads it then.
 *
 * @param from the leader's name, as the cluster has it
 * @param to the next one's; the same, if it was let lead on
 * @param after from the begin of what took the leader away until its address took writes again
 * @param without for how long the address took no writes, as seen by trying every few milliseconds; not longer than {@code after}
 */
public record Succession(String from, String to, Duration after, Duration without) {}
