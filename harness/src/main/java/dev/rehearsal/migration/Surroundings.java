package dev.rehearsal.migration;

import dev.rehearsal.measure.LaggingReplica;
import java.time.Duration;
import java.util.Optional;

/** What goes on beside a migration, for the steps that heed it. Implementations are safe for use by several threads. */
public interface Surroundings {
    /** Whether anybody works beside the migration: where nobody does, as in a drill, there is nobody to pause for. */
    boolean inhabited();

    /** The replica that is furthest behind; empty: none is watched. */
    Optional<LaggingReplica> furthestBehind();

    /** The application's p99 response of the last two seconds; empty: no request has finished in them. */
    Optional<Duration> p99();

    /** What that was in the baseline; empty: there was none. */
    Optional<Duration> baselineP99();

    /** Sessions that wait for a lock, whoever they are. */
    int waitingForLocks();

    /** Nobody there. */
    static Surroundings deserted() {
        return new Surroundings() {
            @Override
            public boolean inhabited() {
                return false;
            }

            @Override
            public Optional<LaggingReplica> furthestBehind() {
                return Optional.empty();
            }

            @Override
            public Optional<Duration> p99() {
                return Optional.empty();
            }

            @Override
            public Optional<Duration> baselineP99() {
                return Optional.empty();
            }

            @Override
            public int waitingForLocks() {
                return 0;
            }
        };
    }
}
