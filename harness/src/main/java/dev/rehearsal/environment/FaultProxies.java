package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.net.URI;
import java.util.Map;

/**
 * The fault proxies of one environment, all of one server of Toxiproxy's API: one in front of each server, and one in each link between two. They
 * are called as a scenario calls what they lead to.
 */
interface FaultProxies {
    /** Where a proxy takes connections. */
    record Entrance(String host, int port) {}

    /** Toxiproxy's. */
    URI api();

    /** Which one it is, a phrase. */
    String description();

    /** Puts one in front of a server, for clients on this machine. */
    Entrance add(String name, StartedServer server) throws EnvironmentException;

    /**
     * Puts one in front of whatever takes connections, for clients on this machine.
     *
     * @param upstream host and port, as the proxies' server reaches it
     */
    Entrance add(String name, String upstream) throws EnvironmentException;

    /**
     * Where a proxy that was added for this machine takes connections of what runs beside the servers.
     *
     * @param outside for this machine
     */
    default Entrance inside(String name, Entrance outside) {
        return outside;
    }

    /** Puts one in front of a server, for other servers. */
    Entrance addLink(String name, StartedServer server) throws EnvironmentException;

    /** Closes a proxy and its connections, until it leads somewhere again. */
    default void cut(String name) throws EnvironmentException {
        FaultProxyApi.update(api(), name, Map.of("enabled", false));
    }

    /** Has a proxy lead to a server from now on, another one than before or again; its connections are closed. */
    default void lead(String name, StartedServer server) throws EnvironmentException {
        FaultProxyApi.update(api(), name, Map.of("upstream", server.upstream(), "enabled", true));
    }

    /** Starts the server of the proxies, or takes one that runs. */
    @FunctionalInterface
    interface Start {
        /** @param started is told how to end it */
        FaultProxies start(StartedThings started) throws EnvironmentException, java.io.IOException;
    }
}
