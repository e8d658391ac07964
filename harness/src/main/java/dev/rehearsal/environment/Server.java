package dev.rehearsal.environment;

import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.engine.PostgresVersion;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A server of an environment, reached directly: the way of observers.
 *
 * @param user a superuser, where the server is ours
 * @param dataDirectory where the server is ours
 * @param log whether it can be read from here
 * @param processId of the postmaster; negative where its processes cannot be seen from here
 * @param startedAt when it was started, by this machine's wall clock
 */
public record Server(
        String host,
        int port,
        String database,
        String user,
        String password,
        Optional<Path> dataDirectory,
        LogAccess log,
        PostgresVersion version,
        long processId,
        Instant startedAt) {

    /** With user and password in it. */
    public String jdbcUrl(String applicationName) {
        return JdbcUrl.of(host, port, database, user, password, applicationName);
    }

    /** Shows no password. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
