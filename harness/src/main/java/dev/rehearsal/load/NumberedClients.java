package dev.rehearsal.load;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RequestRecord;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Connections to a pooler. The process id that a pooler tells its clients is one of its own making, so each client has a number instead, which is
 * part of its {@code application_name}: the pooler sets that in whichever session serves the client, and so the server's log says whom it served. Safe for
 * use by several threads.
 */
final class NumberedClients implements DataSource {
    private static final AtomicInteger LAST = new AtomicInteger();

    private final String service;
    private final String jdbcUrl;
    private final Slice slice;
    private final Properties properties;
    private final Map<PGConnection, Integer> numbers = new ConcurrentHashMap<>();

    /**
     * @param slice whose clients have numbers that those of no other have
     * @param properties of the driver
     */
    NumberedClients(String service, String jdbcUrl, Slice slice, Properties properties) {
        this.service = service;
        this.jdbcUrl = jdbcUrl;
        this.slice = slice;
        this.properties = properties;
    }

    @Override
    public Connection getConnection() throws SQLException {
        int number = LAST.incrementAndGet() * slice.of() + slice.number();
        Properties named = new Properties();
        named.putAll(properties);
        named.setProperty("ApplicationName", ApplicationNames.client(service, number));
        Connection connection = DriverManager.getConnection(jdbcUrl, named);
        // One that is closed is never asked for again; there are as many as a run has ever opened.
        numbers.put(connection.unwrap(PGConnection.class), number);
        return connection;
    }

    /** As {@link RequestRecord#clientSession} says. */
    int session(Connection connection) throws SQLException {
        return RequestRecord.clientSession(numbers.get(connection.unwrap(PGConnection.class)));
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user is part of the URL");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        properties.setProperty("loginTimeout", Integer.toString(seconds));
    }

    @Override
    public int getLoginTimeout() {
        return Integer.parseInt(properties.getProperty("loginTimeout", "0"));
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
