package dev.rehearsal.environment;

import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import java.net.URI;

/** Servers that are up, with the fault proxy in front. Closing it leaves nothing running, and only the log behind. */
public interface Environment extends AutoCloseable {
    Server primary();

    /** Where the application and the migration connect. */
    ProxiedEndpoint application();

    /** Toxiproxy's HTTP API. */
    URI faultApi();

    /** Of the proxy in front of the primary, in that API. */
    String proxyName();

    /** Which fault proxy it is, a phrase. */
    String proxyDescription();

    /** What the report says about where the numbers come from. */
    RunEvent.EnvironmentReady facts(RunClock clock) throws EnvironmentException;

    @Override
    void close() throws EnvironmentException;
}
