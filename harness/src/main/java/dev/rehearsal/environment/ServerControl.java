package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;

/** Power over all processes of one server. Not for several threads at once. */
public interface ServerControl {
    /** Stops every process where it is; none of them runs any more when it returns. Connections stay open. */
    void pause() throws EnvironmentException;

    /** Lets them go on; of a server that is not paused, nothing. */
    void resume() throws EnvironmentException;

    /** Ends every process by SIGKILL, all in one moment, as a machine ends that loses its power; none is left when it returns. */
    void kill() throws EnvironmentException;

    /**
     * Starts it again over the same data, with the same settings, at the same address; returns when it has recovered and answers. Of a server that
     * runs, nothing.
     */
    void startAgain() throws EnvironmentException;
}
