package dev.rehearsal.profile;

import dev.rehearsal.scenario.EnvironmentException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection to the server that is profiled: read-only, with names in full, and impatient, so that it never stands in anybody's way. Not
 * thread-safe.
 */
public final class ProductionServer implements AutoCloseable {
    static final int OLDEST = 13;

    private static final Pattern NATIVE = Pattern.compile("postgres(?:ql)?://(?:([^:@/]*)(?::([^@/]*))?@)?(.*)");
    private static final Pattern IN_URL = Pattern.compile("([?&])(user|password)=([^&]*)");
    private static final String WAYS = "put it into PGPASSWORD or into ~/.pgpass (or the file that PGPASSFILE names),"
            + " or run the command at a terminal, which asks for it";

    private static final List<String> SESSION = List.of(
            "set session characteristics as transaction read only",
            "set search_path = ''",
            "set statement_timeout = '60s'",
            "set lock_timeout = '2s'",
            "set timezone = 'UTC'",
            "set datestyle = 'ISO'",
            "set extra_float_digits = 1",
            "set client_min_messages = warning");

    private final Connection connection;
    private final String address;
    private final String version;
    private final int majorVersion;

    private ProductionServer(Connection connection, String address, String version, int majorVersion) {
        this.connection = connection;
        this.address = address;
        this.version = version;
        this.majorVersion = majorVersion;
    }

    /** Asks the user for a password; empty where there is nobody to ask. */
    public interface PasswordPrompt {
        Optional<String> ask(String address);
    }

    /**
     * Connects.
     *
     * @param url {@code jdbc:postgresql://host:port/database?user=…}, or {@code postgresql://user@host:port/database}
     * @param environment the process's, for {@code PGPASSWORD} and {@code PGUSER}; {@code ~/.pgpass} is the driver's to read
     * @param prompt asked if the server wants a password and none is at hand
     * @throws EnvironmentException if the server cannot be reached, refuses, or is too old; no message holds the password
     */
    public static ProductionServer connect(String url, Map<String, String> environment, PasswordPrompt prompt)
            throws EnvironmentException {
        Target target = Target.of(url, environment);
        Optional<String> password = target.password();
        for (int tries = 0; ; tries++) {
            try {
                return open(target, password);
            } catch (SQLException failure) {
                boolean wanted = password.isEmpty() && wantsPassword(failure);
                password = wanted && tries == 0 ? prompt.ask(target.address()) : Optional.empty();
                if (password.isEmpty()) {
                    throw refused(target, failure, wanted);
                }
            }
        }
    }

    /**
     * Where to connect to.
     *
     * @param url for the driver, without user and password
     * @param address for people
     */
    private record Target(String url, Optional<String> user, Optional<String> password, String address) {
        static Target of(String url, Map<String, String> environment) throws EnvironmentException {
            Optional<String> user = Optional.empty();
            Optional<String> password = Optional.empty();
            String jdbc = url;
            Matcher uri = NATIVE.matcher(url);
            if (uri.matches()) {
                user = Optional.ofNullable(uri.group(1)).map(Target::decoded).filter(name -> !name.isEmpty());
                password = Optional.ofNullable(uri.group(2)).map(Target::decoded);
                jdbc = "jdbc:postgresql://" + uri.group(3);
            }
            if (!jdbc.startsWith("jdbc:postgresql:")) {
                throw new EnvironmentException(
                        "not the URL of a PostgreSQL database",
                        "write e.g. jdbc:postgresql://host:5432/database?user=name");
            }
            Matcher parameter = IN_URL.matcher(jdbc);
            while (parameter.find()) {
                Optional<String> value = Optional.of(decoded(parameter.group(3)));
                if (parameter.group(2).equals("user")) {
                    user = value;
                } else {
                    password = value;
                }
            }
            String plain =
                    jdbc.replaceAll("(?<=[?&])(user|password)=[^&]*&?", "").replaceAll("[?&]$", "");
            if (user.isEmpty()) {
                user = Optional.ofNullable(environment.get("PGUSER"));
            }
            if (password.isEmpty()) {
                password = Optional.ofNullable(environment.get("PGPASSWORD"));
            }
            String address = plain.replaceFirst("^jdbc:postgresql:(//)?", "").replaceFirst("\\?.*$", "");
            return new Target(plain, user, password, address);
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }
    }

    private static ProductionServer open(Target target, Optional<String> password)
            throws SQLException, EnvironmentException {
        Properties properties = new Properties();
        target.user().ifPresent(user -> properties.setProperty("user", user));
        password.ifPresent(secret -> properties.setProperty("password", secret));
        properties.setProperty("ApplicationName", "harness profile");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("readOnly", "true");
        Connection connection = DriverManager.getConnection(target.url(), properties);
        boolean usable = false;
        try (Statement statement = connection.createStatement()) {
            int number;
            String version;
            try (ResultSet row = statement.executeQuery(
                    "select current_setting('server_version_num')::int, current_setting('server_version')")) {
                row.next();
                number = row.getInt(1);
                version = row.getString(2).replaceFirst(" .*$", "");
            }
            requireSupported(number, version, target.address());
            for (String setting : SESSION) {
                statement.execute(setting);
            }
            usable = true;
            return new ProductionServer(connection, target.address(), version, number / 10_000);
        } finally {
            if (!usable) {
                connection.close();
            }
        }
    }

    /** @param number as {@code server_version_num} has it, e.g. 150004 */
    static void requireSupported(int number, String version, String address) throws EnvironmentException {
        if (number / 10_000 < OLDEST) {
            throw new EnvironmentException(
                    "the server at " + address + " is PostgreSQL " + version + "; 13 to 18 are supported",
                    "profile a replica or a restored copy that runs on a newer version");
        }
    }

    private static boolean wantsPassword(SQLException failure) {
        return "08004".equals(failure.getSQLState()) || "28P01".equals(failure.getSQLState());
    }

    private static EnvironmentException refused(Target target, SQLException failure, boolean noPassword) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        String who = target.user().map(user -> " as " + user).orElse("");
        if (noPassword) {
            return new EnvironmentException("the server at " + target.address() + " wants a password" + who, WAYS);
        }
        // The driver's message may repeat what it was given.
        String said = said(failure, target);
        return switch (state) {
            case "28P01" ->
                new EnvironmentException(
                        "the server at " + target.address() + " refuses the password" + who + ": " + said, WAYS);
            case "28000" ->
                new EnvironmentException(
                        "the server at " + target.address() + " lets nobody in" + who + ": " + said,
                        "check the user's name and the server's pg_hba.conf");
            case "3D000" ->
                new EnvironmentException(
                        "the server at " + target.address() + " has no such database: " + said,
                        "name one that exists behind the host: jdbc:postgresql://host:5432/database");
            default ->
                new EnvironmentException(
                        "cannot connect to " + target.address() + who + ": " + said,
                        "check host, port and database of the URL, and that the server takes connections from here");
        };
    }

    private static String said(SQLException failure, Target target) {
        String message =
                String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        return target.password()
                .filter(password -> !password.isEmpty())
                .map(password -> message.replace(password, "…"))
                .orElse(message);
    }

    Connection connection() {
        return connection;
    }

    /** Host, port and database, as the user wrote them. */
    public String address() {
        return address;
    }

    /** Such as {@code 15.18}. */
    public String version() {
        return version;
    }

    public int majorVersion() {
        return majorVersion;
    }

    @Override
    public void close() throws EnvironmentException {
        try {
            connection.close();
        } catch (SQLException failure) {
            throw new EnvironmentException(
                    "the connection to " + address + " broke: " + failure.getMessage(), "try again", failure);
        }
    }
}
