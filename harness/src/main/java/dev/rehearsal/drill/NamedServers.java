package dev.rehearsal.drill;

import dev.rehearsal.scenario.EnvironmentException;

/** Where a drill that needs several servers has them from. */
@FunctionalInterface
interface NamedServers {
    /**
     * @param name unique in the run
     * @param replicas that follow it
     */
    DrillServer start(String name, int replicas) throws EnvironmentException, InterruptedException;
}
