package dev.rehearsal.environment;

import dev.rehearsal.engine.Succession;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.ServerNames;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Servers that are up, with the fault proxy in front. Closing it leaves nothing running, and only the log behind. */
public interface Environment extends AutoCloseable {
    /** As it is now: one that was started again is another process, and after a failover it is the server that was promoted. */
    Server primary();

    /** Those that follow the primary, by name ({@code replica-1} and so on) and in order; a promoted one is no longer among them. */
    Map<String, Server> replicas();

    /**
     * What can be done to a server's processes.
     *
     * @param name {@code primary}, whoever that is at the time of the call, or a replica's
     */
    ServerControl control(String name);

    /** What can be done to the primary's. */
    default ServerControl control() {
        return control(ServerNames.PRIMARY);
    }

    /**
     * Makes a replica the primary: ends the old one for good, promotes the replica, and has the address of {@link #application} and the other
     * replicas' links lead to it. Returns when it takes writes and everybody has been led to it.
     *
     * @param planned whether the old primary is shut down, so that the replica gets all it has written; else it is killed
     * @return for how long the address led to no server that takes writes
     */
    Duration failOver(String replica, boolean planned) throws EnvironmentException;

    /**
     * Has the cluster make another of its members the leader, where servers are not the harness's own and Patroni decides who leads. Returns when the
     * address takes writes again.
     *
     * @param planned whether Patroni is asked for a switchover; else the leader is killed, and Patroni sees to the rest
     * @throws EnvironmentException if it does not come to that, or there is no such cluster
     */
    default Succession elect(boolean planned) throws EnvironmentException {
        throw new EnvironmentException(
                "no Patroni decides who is the primary here", "Name its REST API in environment.patroni.");
    }

    /** Cuts the link over which a replica follows: what the primary writes from now on it does not get, not even when it is promoted. */
    void cutLink(String replica) throws EnvironmentException;

    /** The data of the primary that the last failover has ended, as it has left them; a server can be started over them, alone. */
    Optional<Path> retired();

    /** Where the application connects. */
    ProxiedEndpoint application();

    /** Where the migration connects: where the application does, unless there is a pooler that it goes around. */
    default ProxiedEndpoint migration() {
        return application();
    }

    /** What stands in front of the primary's fault proxy; empty: nothing. */
    default Optional<PoolerEndpoint> pooler() {
        return Optional.empty();
    }

    /** Where the application reads from each replica, in order, whatever has become of it. */
    List<ProxiedEndpoint> reads();

    /** Toxiproxy's HTTP API; each proxy in it has the name of the server or link that it leads to. */
    URI faultApi();

    /** Which fault proxy it is, a phrase. */
    String proxyDescription();

    /** What the report says about where the numbers come from. */
    RunEvent.EnvironmentReady facts(RunClock clock) throws EnvironmentException;

    /** What has gone wrong with it so far and can falsify what was measured, a sentence each; empty as it should be. */
    List<String> troubles();

    @Override
    void close() throws EnvironmentException;
}
