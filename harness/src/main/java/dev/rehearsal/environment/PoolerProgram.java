package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;

/** A PgBouncer that is there and can be started. */
interface PoolerProgram {
    /** Which one it is, such as {@code PgBouncer 1.18.0}. */
    String description();

    /** Starts it and waits until a query comes back through it; when none does, nothing is left of it. */
    RunningPooler start(PoolerConfiguration configuration) throws EnvironmentException, IOException;
}
