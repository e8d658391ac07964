package dev.rehearsal.environment;

import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.time.Instant;

/** One server over one data directory, wherever it runs. Closing it twice is the same as once. */
sealed interface StartedServer extends ServerLauncher.RunningServer permits LocalServer, ContainerServer {
    /** What the server says before, or without, its logging collector; in the data directory. */
    String START_LOG = "harness-start.log";

    String host();

    int port();

    String user();

    String password();

    Path dataDirectory();

    /** Of the postmaster, as this machine counts processes; negative where it cannot be seen from here. */
    long processId();

    /** By this machine's wall clock. */
    Instant startedAt();

    @Override
    default String jdbcUrl(String database) {
        return JdbcUrl.of(host(), port(), database, user(), password(), ApplicationNames.OBSERVER);
    }

    /** Ends it at once, without a checkpoint: for data that nobody needs any more. */
    void discard() throws EnvironmentException;
}
