package dev.rehearsal.drill;

import dev.rehearsal.environment.Environment;
import dev.rehearsal.scenario.EnvironmentException;

/** Where servers over the data as it was before the migration come from. */
@FunctionalInterface
public interface DrillServers {
    /**
     * Clones the data and starts a server over it.
     *
     * @param name of the clone, unique in the run
     * @param replicas that follow it
     * @param database which of several it stands for, from 1
     */
    Fresh start(String name, int replicas, int database) throws EnvironmentException, InterruptedException;

    /** @param deletion of the clone and its replicas', once the environment is closed; does not wait */
    record Fresh(Environment environment, Runnable deletion) {}
}
