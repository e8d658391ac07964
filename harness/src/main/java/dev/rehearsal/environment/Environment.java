package dev.rehearsal.environment;

import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import java.net.URI;
import java.util.List;

/** Servers that are up, with the fault proxy in front. Closing it leaves nothing running, and only the log behind. */
public interface Environment extends AutoCloseable {
    /** As it is now: one that was started again is another process. */
    Server primary();

    /** What can be done to the primary's processes. */
    ServerControl control();

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

    /** What has gone wrong with it so far and can falsify what was measured, a sentence each; empty as it should be. */
    List<String> troubles();

    @Override
    void close() throws EnvironmentException;
}
