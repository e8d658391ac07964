package dev.rehearsal.migration;

import dev.rehearsal.measure.LaggingReplica;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
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

    /**
     * Begins to move a service to another version; only where somebody is there. Does not wait for the move.
     *
     * @param over from its begin to its end
     * @return when it will be over, since the run's origin
     */
    long deploy(String service, String version, Duration over) throws EnvironmentException, InterruptedException;

    /** Where what commands print is kept; empty: nowhere. */
    default Optional<Path> outputs() {
        return Optional.empty();
    }

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

            @Override
            public long deploy(String service, String version, Duration over) {
                throw new IllegalStateException("nobody is there who could be given another version");
            }
        };
    }
}
