package dev.rehearsal.environment;

import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.run.ApplicationNames;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One server over one data directory, wherever it runs. Closing it twice is the same as once. */
sealed interface StartedServer extends ServerLauncher.RunningServer, ServerControl
        permits LocalServer, ContainerServer {
    /** What the server says before, or without, its logging collector; in the data directory. */
    String START_LOG = "harness-start.log";

    /**
     * What does not change from its start to its end.
     *
     * @param startedAt by this machine's wall clock
     */
    record Facts(String host, String password, Path dataDirectory, PostgresVersion version, Instant startedAt) {}

    Facts facts();

    int port();

    /** Of the postmaster, as this machine counts processes; negative where it cannot be seen from here. */
    long processId();

    /** As its fault proxy reaches it: host and port. */
    String upstream();

    /** What has gone wrong with it so far and can falsify what was measured, a sentence each. */
    List<String> troubles();

    /** For observers of one of its databases. */
    default Server server(String database) {
        return new Server(
                facts().host(),
                port(),
                database,
                NewCluster.USER,
                facts().password(),
                Optional.of(facts().dataDirectory()),
                new LogAccess.AtHand(ServerLog.of(facts().dataDirectory(), facts().version())),
                facts().version(),
                processId(),
                facts().startedAt());
    }

    @Override
    default String jdbcUrl(String database) {
        return server(database).jdbcUrl(ApplicationNames.OBSERVER);
    }
}
