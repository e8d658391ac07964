package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Set;

/** That a server which is not ours was not to be connected to, in words that say what of it is wrong: the way there, who asks, or for which database. */
final class NotTaken {
    private static final String WHO =
            "PGUSER and PGPASSWORD, or a line of PGPASSFILE (else ~/.pgpass) that fits host, port, database and user, say who the harness is there.";

    private static final Set<String> UNREACHED = Set.of("08001", "08006");

    private NotTaken() {}

    /**
     * That somebody who was let in may not read what is there.
     *
     * @param database of the scenario's url
     */
    static EnvironmentException unread(ExternalSpec server, Credentials credentials, String database, SQLException e) {
        return new EnvironmentException(
                "environment.url: the role " + credentials.user() + " cannot read what is in " + database + " on "
                        + server.address() + ": " + reason(e),
                "Tables' sizes, columns and, of small ones, rows are read there. Have somebody run: grant pg_read_all_data to "
                        + credentials.user()
                        + " (from PostgreSQL 14 on), or grant it usage of the schemas and select on the tables.",
                e);
    }

    /**
     * @param key of the scenario, that names the server
     * @param database that was to be connected to
     */
    static EnvironmentException of(
            String key, ExternalSpec server, Credentials credentials, String database, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String user = credentials.user();
        if (UNREACHED.contains(state)) {
            return new EnvironmentException(
                    key + ": the server at " + server.address() + " cannot be reached: " + reason(e),
                    "Check host and port, that the server listens there (listen_addresses), and that no firewall is between it and this machine.",
                    e);
        }
        return new EnvironmentException(
                key + ": the server at " + server.address() + " does not take " + user + " into " + database + ": "
                        + reason(e),
                remedy(key, state, credentials, database),
                e);
    }

    private static String remedy(String key, String state, Credentials credentials, String database) {
        if (credentials.password().isEmpty() && (state.startsWith("28") || state.equals("08004"))) {
            return "No password was found for " + credentials.user() + ". " + WHO;
        }
        return switch (state) {
            case "3D000" -> "Name in " + key + " a database that is there; the harness makes its own beside it.";
            case "42501" ->
                "Have somebody who may run: grant connect on database \"" + database + "\" to " + credentials.user();
            case "53300" ->
                "End sessions there, or have somebody raise max_connections, or the limit of the role or the database.";
            case "55000", "57P03" -> "Wait until it is up. A replica takes sessions only where hot_standby is on.";
            default ->
                "Check the address; " + WHO
                        + " Where the message names pg_hba.conf, that file there does not let this machine in.";
        };
    }

    /** Of an attempt that failed the driver's message says no more than that; why is in the cause. */
    private static String reason(SQLException e) {
        if (e.getCause() instanceof UnknownHostException) {
            return "there is no host of that name";
        }
        return e.getCause() instanceof IOException failed && !(failed instanceof ConnectException)
                ? e.getMessage() + " (" + failed.getMessage() + ")"
                : String.valueOf(e.getMessage());
    }
}
