package dev.rehearsal.migration;

import dev.rehearsal.measure.LaggingReplica;
import java.util.Optional;

/** What goes on beside a migration, for the steps that heed it. Implementations are safe for use by several threads. */
public interface Surroundings {
    /** Whether anybody works beside the migration: where nobody does, as in a drill, there is nobody to pause for. */
    boolean inhabited();

    /** The replica that is furthest behind; empty: none is watched. */
    Optional<LaggingReplica> furthestBehind();

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
        };
    }
}
