package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.Optional;

/**
 * Who makes the traffic: processes, each of which has a slice of the one arrival plan.
 *
 * @param count of processes
 * @param at where the harness waits for them, {@code host:port}; empty: it starts them itself, on its own machine
 * @param within how long it waits for all of them
 */
public record Injectors(int count, Optional<String> at, Duration within) {
    /** More would have less than a connection of most pools. */
    public static final int MOST = 64;

    static final Duration DEFAULT_WITHIN = Duration.ofMinutes(2);

    /** One process of the harness's own. */
    public static final Injectors ONE = here(1);

    /** Processes that the harness starts itself. */
    public static Injectors here(int count) {
        return new Injectors(count, Optional.empty(), DEFAULT_WITHIN);
    }
}
