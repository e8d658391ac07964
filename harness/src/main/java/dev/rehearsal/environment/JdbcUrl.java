package dev.rehearsal.environment;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** JDBC URLs of PostgreSQL's driver. */
final class JdbcUrl {
    private JdbcUrl() {}

    static String of(String host, int port, String database, String user, String password) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + encoded(database)
                + "?user=" + encoded(user)
                + "&password=" + encoded(password);
    }

    static String of(String host, int port, String database, String user, String password, String applicationName) {
        return of(host, port, database, user, password) + "&ApplicationName=" + encoded(applicationName);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
