package dev.rehearsal.measure;

import java.sql.Connection;
import java.sql.SQLException;

/** Which server the instruments look at: after a failover, another one. Safe for use by several threads. */
final class ObservedServer {
    private volatile String directJdbcUrl;

    ObservedServer(String directJdbcUrl) {
        this.directJdbcUrl = directJdbcUrl;
    }

    String directJdbcUrl() {
        return directJdbcUrl;
    }

    void moveTo(String otherJdbcUrl) {
        directJdbcUrl = otherJdbcUrl;
    }

    Connection open() throws SQLException {
        return ObserverConnections.open(directJdbcUrl);
    }
}
