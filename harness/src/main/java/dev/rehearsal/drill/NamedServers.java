package dev.rehearsal.drill;

import dev.rehearsal.scenario.EnvironmentException;

/** Where a drill that needs several servers has them from. */
@FunctionalInterface
interface NamedServers {
    /** @param name unique in the run */
    DrillServer start(String name) throws EnvironmentException, InterruptedException;
}
