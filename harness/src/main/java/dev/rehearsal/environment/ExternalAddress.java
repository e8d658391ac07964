package dev.rehearsal.environment;

import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.run.ApplicationNames;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** A server that is not ours, and who we are there. */
record ExternalAddress(String host, int port, Credentials credentials) {
    static final LogAccess NO_LOG =
            new LogAccess.Unreadable("The server is not the harness's own, and its log is not read.");

    /** Host and port. */
    String upstream() {
        return host + ":" + port;
    }

    Connection connect(String database, String applicationName) throws SQLException {
        return DriverManager.getConnection(
                JdbcUrl.of(host, port, database, credentials.user(), credentials.password(), applicationName)
                        + "&connectTimeout=10&tcpKeepAlive=true");
    }

    /** For bulk loading and the like. */
    String jdbcUrl(String database) {
        return JdbcUrl.of(host, port, database, credentials.user(), credentials.password(), ApplicationNames.OBSERVER);
    }

    Server server(String database, PostgresVersion version, Instant since) {
        return new Server(
                host,
                port,
                database,
                credentials.user(),
                credentials.password(),
                Optional.empty(),
                NO_LOG,
                version,
                -1,
                since);
    }
}
