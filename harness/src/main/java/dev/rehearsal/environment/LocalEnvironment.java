package dev.rehearsal.environment;

import dev.rehearsal.proxy.FaultProxyServer;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** One server of ours and the built-in fault proxy. */
final class LocalEnvironment implements Environment {
    /** Ours, not left out because they are plumbing: addresses, and where the log goes. The rest of our file tells what was measured. */
    private static final String SETTINGS = """
            select name, current_setting(name)
              from pg_settings
             where sourcefile like '%/harness.conf'
               and setting is distinct from boot_val
               and lower(name) not in ('listen_addresses', 'port', 'unix_socket_directories', 'timezone', 'log_timezone')
               and name not in ('logging_collector', 'log_destination', 'log_directory', 'log_filename')
               and name not in ('log_rotation_age', 'log_rotation_size')
            """;

    private static final String DEADLOCK_TIMEOUT =
            "select setting::bigint from pg_settings where name = 'deadlock_timeout'";

    private final EnvironmentSpec spec;
    private final String version;
    private final Server primary;
    private final ProxiedEndpoint application;
    private final URI faultApi;
    private final String proxyName;
    private final StartedThings started;
    private final CompletableFuture<RunEvent.HostFacts> host;

    /**
     * @param started all that has to be ended with this environment
     * @param host looked up meanwhile: it takes as long as a server's start
     */
    LocalEnvironment(
            EnvironmentSpec spec,
            String version,
            LocalServer server,
            FaultProxyServer proxy,
            String proxyName,
            int proxyPort,
            String database,
            StartedThings started,
            CompletableFuture<RunEvent.HostFacts> host) {
        this.spec = spec;
        this.version = version;
        this.primary = new Server(
                server.host(),
                server.port(),
                database,
                server.user(),
                server.password(),
                server.dataDirectory(),
                server.processId(),
                server.startedAt());
        this.application = new ProxiedEndpoint("127.0.0.1", proxyPort, database, server.user(), server.password());
        this.faultApi = proxy.uri();
        this.proxyName = proxyName;
        this.started = started;
        this.host = host;
    }

    @Override
    public Server primary() {
        return primary;
    }

    @Override
    public ProxiedEndpoint application() {
        return application;
    }

    @Override
    public URI faultApi() {
        return faultApi;
    }

    @Override
    public String proxyName() {
        return proxyName;
    }

    @Override
    public String proxyDescription() {
        return "built-in fault proxy (Toxiproxy's API)";
    }

    @Override
    public RunEvent.EnvironmentReady facts(RunClock clock) throws EnvironmentException {
        Map<String, String> settings = new TreeMap<>();
        long deadlockTimeoutMillis;
        try (Connection connection = DriverManager.getConnection(primary.jdbcUrl(ApplicationNames.OBSERVER));
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(SETTINGS)) {
                while (rows.next()) {
                    settings.put(rows.getString(1), rows.getString(2));
                }
            }
            try (ResultSet row = statement.executeQuery(DEADLOCK_TIMEOUT)) {
                row.next();
                deadlockTimeoutMillis = row.getLong(1);
            }
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the server does not tell its settings: " + e.getMessage(),
                    "See server.log in the run's directory.",
                    e);
        }
        return new RunEvent.EnvironmentReady(
                clock.nowNanos(),
                "postgresql",
                version,
                "local",
                runtimeReason(),
                proxyDescription(),
                0,
                settings,
                deadlockTimeoutMillis,
                host.join());
    }

    private String runtimeReason() {
        return switch (spec.runtime()) {
            case LOCAL -> "The scenario asks for it.";
            case AUTO -> "PostgreSQL's own programs run on this machine; nothing else is needed.";
        };
    }

    @Override
    public void close() throws EnvironmentException {
        started.close();
    }
}
