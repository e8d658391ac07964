package dev.rehearsal.environment;

import dev.rehearsal.scenario.PoolerSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a PgBouncer is told, wherever it runs. All that a scenario does not say of it is as PgBouncer has it by itself.
 *
 * @param poolSize connections to the server, at most, of each user
 * @param mostClients that may connect
 */
record PoolerConfiguration(PoolerSpec wanted, int poolSize, int mostClients, Upstream upstream) {
    /**
     * What it leads to.
     *
     * @param host as PgBouncer reaches it
     * @param user whose password it is told; others it asks the server for
     * @param password empty: the server asks for none
     */
    record Upstream(String host, int port, String database, String user, String password) {
        /** Shows no password. */
        @Override
        public String toString() {
            return user + "@" + host + ":" + port + "/" + database;
        }
    }

    /** The file that has the one password. */
    String users() {
        return quoted(upstream.user) + " " + quoted(upstream.password) + "\n";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    /** @param usersFile where {@link #users} is, as PgBouncer sees it */
    String settings(String listenAddress, int port, String usersFile) {
        Map<String, String> settings = new LinkedHashMap<>(wanted.settings());
        settings.put("listen_addr", listenAddress);
        settings.put("listen_port", Integer.toString(port));
        settings.put("unix_socket_dir", "");
        // Passwords as the server keeps them, of whoever is not in the file: it takes scram secrets, too. There are
        // none to ask for where the server asks for no password.
        settings.put("auth_type", upstream.password.isEmpty() ? "trust" : "md5");
        settings.put("auth_file", usersFile);
        settings.put("auth_user", upstream.user);
        settings.put("admin_users", upstream.user);
        settings.put("pool_mode", wanted.mode().word());
        settings.put("default_pool_size", Integer.toString(poolSize));
        settings.put("max_client_conn", Integer.toString(mostClients));
        // What pgjdbc begins with; no PgBouncer takes it otherwise.
        settings.put("ignore_startup_parameters", "extra_float_digits");
        settings.put("log_connections", "0");
        settings.put("log_disconnections", "0");
        wanted.preparedStatements()
                .ifPresent(count -> settings.put("max_prepared_statements", Integer.toString(count)));
        StringBuilder text = new StringBuilder("[databases]\n")
                .append("* = host=")
                .append(upstream.host)
                .append(" port=")
                .append(upstream.port)
                .append("\n[pgbouncer]\n");
        settings.forEach(
                (name, value) -> text.append(name).append(" = ").append(value).append('\n'));
        return text.toString();
    }
}
