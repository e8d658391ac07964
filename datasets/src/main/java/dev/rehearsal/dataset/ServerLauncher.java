package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.util.Map;

/** Database servers over data directories: what building a dataset needs of a runtime. */
public interface ServerLauncher {
    /** Full version of the server's binaries, such as {@code 18.6}. */
    String serverVersion() throws EnvironmentException;

    /**
     * What a snapshot depends on of the server's binaries; part of every fingerprint. The version alone, unless these binaries are not those that
     * everybody has of that version.
     */
    default String build() throws EnvironmentException {
        return serverVersion();
    }

    /** The kind of machine whose data directories these are, such as {@code Linux amd64}; part of every fingerprint. */
    default String platform() {
        return Fingerprint.platform();
    }

    /** Makes a new, empty cluster in a directory that does not exist yet. */
    void initialise(Path dataDirectory) throws EnvironmentException;

    /**
     * Makes a cluster from elsewhere one that {@link #start} can start: recovers it, in a server that nobody can connect to, and gives it the superuser and
     * the access that clusters have here.
     *
     * @param dataDirectory a backup without its settings and access rules
     * @throws EnvironmentException if it does not recover, with what the server said
     */
    default void adopt(Path dataDirectory) throws EnvironmentException {
        throw new EnvironmentException(
                "a base backup cannot be restored on this runtime",
                "restore a dump, or use environment.runtime: local");
    }

    /**
     * Starts a server over a data directory and waits until it answers.
     *
     * @param settings that replace the launcher's own for this server
     */
    RunningServer start(Path dataDirectory, Map<String, String> settings) throws EnvironmentException;

    /**
     * A server that answers. Closing it shuts it down cleanly (a checkpoint; the data directory can be copied afterwards) and waits. Ending it twice, in
     * whatever way, is the same as once.
     */
    interface RunningServer extends AutoCloseable {
        /** With user and password in it; superuser; straight to the server. */
        String jdbcUrl(String database);

        /** At most so many last lines of the log that its start is logged in; empty if they cannot be had, or it was ended. */
        String lastLogLines(int most);

        @Override
        void close() throws EnvironmentException;

        /** Ends it at once, without a checkpoint: for data that nobody needs any more. */
        void discard() throws EnvironmentException;
    }
}
