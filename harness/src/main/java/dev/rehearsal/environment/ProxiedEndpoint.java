package dev.rehearsal.environment;

/** The way through the fault proxy: that of the application and of the migration. */
public record ProxiedEndpoint(String host, int port, String database, String user, String password) {

    /** With user and password in it; for sessions that name themselves, which a name in the URL would overrule. */
    public String jdbcUrl() {
        return JdbcUrl.of(host, port, database, user, password);
    }

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
