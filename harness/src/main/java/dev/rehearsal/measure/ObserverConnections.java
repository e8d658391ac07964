package dev.rehearsal.measure;

import dev.rehearsal.run.ApplicationNames;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Opens the instruments' own sessions: straight to the server, in autocommit, named as ours. */
final class ObserverConnections {
    private ObserverConnections() {}

    static Connection open(String directJdbcUrl) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", "5");
        // A server that was stopped under us must not hold up the end of the run.
        properties.setProperty("socketTimeout", "60");
        // The same few queries over and over: server-side statements from the first time on.
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("tcpKeepAlive", "true");
        Connection connection = DriverManager.getConnection(directJdbcUrl, properties);
        // Said to the server itself, because a name in the URL wins over the properties.
        try {
            connection.setClientInfo("ApplicationName", ApplicationNames.OBSERVER);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Closes what may be broken already. */
    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server is gone, and the session with it.
        }
    }
}
