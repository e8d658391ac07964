package dev.rehearsal.migration.tool;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** The way to the server for a tool. */
public record ToolAccess(String host, String port, String database, String user, String password) {
    /** The very same way as another's. */
    public static ToolAccess of(String jdbcUrl) {
        Properties parts = parts(jdbcUrl);
        return new ToolAccess(
                PGProperty.PG_HOST.getOrDefault(parts),
                PGProperty.PG_PORT.getOrDefault(parts),
                PGProperty.PG_DBNAME.getOrDefault(parts),
                PGProperty.USER.getOrDefault(parts),
                PGProperty.PASSWORD.getOrDefault(parts));
    }

    /** The same for somebody else. */
    public ToolAccess as(String other, String theirPassword) {
        return new ToolAccess(host, port, database, other, theirPassword);
    }

    /** The same by another port, of this machine's loopback interface. */
    public ToolAccess by(int localPort) {
        return new ToolAccess("127.0.0.1", Integer.toString(localPort), database, user, password);
    }

    private static Properties parts(String jdbcUrl) {
        Properties parts = Driver.parseURL(jdbcUrl, new Properties());
        if (parts == null) {
            throw new IllegalArgumentException("not a JDBC URL of PostgreSQL");
        }
        return parts;
    }

    /** Without user and password. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + encoded(database);
    }

    /** The forms in which programs look for it. */
    Map<String, String> environment() {
        String credentials = encoded(user) + ":" + encoded(password);
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(
                "DATABASE_URL", "postgresql://" + credentials + "@" + host + ":" + port + "/" + encoded(database));
        variables.put("PGHOST", host);
        variables.put("PGPORT", port);
        variables.put("PGUSER", user);
        variables.put("PGPASSWORD", password);
        variables.put("PGDATABASE", database);
        variables.put("JDBC_DATABASE_URL", jdbcUrl() + "?user=" + encoded(user) + "&password=" + encoded(password));
        variables.put("JDBC_DATABASE_USERNAME", user);
        variables.put("JDBC_DATABASE_PASSWORD", password);
        return variables;
    }

    /**
     * The same for a program whose sessions are to have a name, so far as it takes names from these forms.
     *
     * @param applicationName by which the server tells its sessions
     */
    public Map<String, String> environment(String applicationName) {
        Map<String, String> variables = new LinkedHashMap<>(environment());
        variables.computeIfPresent(
                "DATABASE_URL", (name, url) -> url + "?application_name=" + encoded(applicationName));
        variables.computeIfPresent(
                "JDBC_DATABASE_URL", (name, url) -> url + "&ApplicationName=" + encoded(applicationName));
        variables.put("PGAPPNAME", applicationName);
        return variables;
    }

    /** Both a URL of libpq's and one of JDBC take %20 for a space, and the former nothing else. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Shows no password. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
