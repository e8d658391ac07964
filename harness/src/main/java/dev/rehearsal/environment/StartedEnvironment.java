package dev.rehearsal.environment;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One server of ours and the fault proxy in front of it, whatever runtime they are of. */
final class StartedEnvironment implements Environment {
    /** Ours, not left out because they are plumbing: addresses, and where the log goes. The rest of our file tells what was measured. */
    private static final String SETTINGS = """
            select name, current_setting(name)
              from pg_settings
             where sourcefile like '%/harness.conf'
               and setting is distinct from boot_val
               and lower(name) not in ('listen_addresses', 'port', 'unix_socket_directories', 'timezone', 'log_timezone')
               and name not in ('logging_collector', 'log_destination', 'log_directory', 'log_filename')
               and name not in ('log_rotation_age', 'log_rotation_size', 'hba_file', 'log_file_mode')
            """;

    private static final String DEADLOCK_TIMEOUT =
            "select setting::bigint from pg_settings where name = 'deadlock_timeout'";

    private final RuntimeFacts runtime;
    private final StartedServer server;
    private final FaultProxy proxy;
    private final ProxiedEndpoint application;
    private final Supplier<List<String>> troubles;
    private final StartedThings started;
    private final CompletableFuture<RunEvent.HostFacts> host;

    /**
     * Which runtime it is.
     *
     * @param name {@code local} or {@code containers}
     * @param reason why this one: a sentence
     * @param serverVersion such as {@code 18.6}
     */
    record RuntimeFacts(
            String name, String reason, String serverVersion, Optional<RunEvent.ContainerFacts> containers) {}

    /**
     * The proxy in front of the primary.
     *
     * @param api Toxiproxy's
     * @param name in that API
     * @param description which one it is, a phrase
     * @param port where it takes connections for the primary
     */
    record FaultProxy(URI api, String name, String description, String host, int port) {}

    /**
     * @param troubles what has gone wrong with it so far, a sentence each
     * @param started all that has to be ended with this environment
     * @param host looked up meanwhile: it takes as long as a server's start
     */
    StartedEnvironment(
            RuntimeFacts runtime,
            StartedServer server,
            FaultProxy proxy,
            Supplier<List<String>> troubles,
            StartedThings started,
            CompletableFuture<RunEvent.HostFacts> host) {
        this.runtime = runtime;
        this.server = server;
        this.proxy = proxy;
        Server primary = primary();
        this.application =
                new ProxiedEndpoint(proxy.host(), proxy.port(), primary.database(), primary.user(), primary.password());
        this.troubles = troubles;
        this.started = started;
        this.host = host;
    }

    @Override
    public Server primary() {
        return server.server(Snapshot.DATABASE);
    }

    @Override
    public ServerControl control() {
        return server;
    }

    @Override
    public ProxiedEndpoint application() {
        return application;
    }

    @Override
    public URI faultApi() {
        return proxy.api();
    }

    @Override
    public String proxyName() {
        return proxy.name();
    }

    @Override
    public String proxyDescription() {
        return proxy.description();
    }

    @Override
    public RunEvent.EnvironmentReady facts(RunClock clock) throws EnvironmentException {
        Map<String, String> settings = new TreeMap<>();
        long deadlockTimeoutMillis;
        try (Connection connection = DriverManager.getConnection(primary().jdbcUrl(ApplicationNames.OBSERVER));
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
                runtime.serverVersion(),
                runtime.name(),
                runtime.reason(),
                proxyDescription(),
                0,
                settings,
                deadlockTimeoutMillis,
                host.join(),
                runtime.containers());
    }

    @Override
    public List<String> troubles() {
        return troubles.get();
    }

    @Override
    public void close() throws EnvironmentException {
        started.close();
    }
}
