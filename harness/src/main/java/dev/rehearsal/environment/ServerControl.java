package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;

/** Power over all processes of one server. Not for several threads at once. */
public interface ServerControl {
    /** Stops every process where it is; none of them runs any more when it returns. Connections stay open. */
    void pause() throws EnvironmentException;

    /** Lets them go on; of a server that is not paused, nothing. */
    void resume() throws EnvironmentException;
}
