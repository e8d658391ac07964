package dev.rehearsal.environment;

/**
 * A pooler, reached directly: the way of observers.
 *
 * @param user one of its administrators
 */
public record PoolerEndpoint(String host, int port, String user, String password) {
    /** Of a database behind it; user and password are in it. */
    public String jdbcUrl(String database, String applicationName) {
        return JdbcUrl.of(host, port, database, user, password, applicationName);
    }

    /** Shows no password. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port;
    }
}
