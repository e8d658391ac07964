package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import java.util.List;

/** Where the injectors of a load come from. */
sealed interface InjectorSource extends AutoCloseable permits StartedInjectors, InjectorGate {
    /**
     * All of them, by their slices; waits until they are there.
     *
     * @throws EnvironmentException if one does not come; the message says which
     */
    List<InjectorLink> all() throws EnvironmentException, InterruptedException;

    /** Of those that are processes of this machine; does not wait. */
    List<Long> processIds();

    /** Ends all of them. */
    @Override
    void close();
}
