package dev.rehearsal.fault;

import dev.rehearsal.engine.Succession;
import dev.rehearsal.scenario.EnvironmentException;
import java.time.Duration;

/**
 * What can be done to servers, of whatever runtime they are. Called by the injector's thread alone, and each return follows its departure.
 *
 * <p>Servers are named as in the scenario: {@code primary}, {@code replica-1}.
 */
public interface ServerSwitches {
    /** Every process of it stands still when this returns. */
    void pause(String server) throws EnvironmentException;

    /** They go on. */
    void resume(String server) throws EnvironmentException;

    /** None of its processes is there any more when this returns. */
    void crash(String server) throws EnvironmentException;

    /** It answers again when this returns. */
    void restart(String server) throws EnvironmentException;

    /** The disk that the primary has to itself is full when this returns, but for so much. */
    void fillDisk(long leaveBytes) throws EnvironmentException;

    /** It has room again, and the primary answers, when this returns. */
    void freeDisk() throws EnvironmentException;

    /**
     * The replica is the primary when this returns, and everybody is led to it.
     *
     * @param planned whether the old primary is shut down; else it is killed
     * @return for how long the primary's address led to no server that took writes
     */
    Duration failOver(String replica, boolean planned) throws EnvironmentException;

    /**
     * The cluster has decided who leads it instead of its leader when this returns, and the primary's address takes writes again.
     *
     * @param planned whether it is a switchover; else the leader is killed
     */
    Succession elect(boolean planned) throws EnvironmentException;
}
