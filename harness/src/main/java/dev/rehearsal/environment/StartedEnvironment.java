package dev.rehearsal.environment;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.ServerNames;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Servers of ours and the fault proxies in front of them, whatever runtime they are of. */
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
    private final ServersStart.Started up;
    private final Front front;
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
     * @param front what the application goes through
     * @param started all that has to be ended with this environment
     * @param host looked up meanwhile: it takes as long as a server's start
     */
    StartedEnvironment(
            RuntimeFacts runtime,
            ServersStart.Started up,
            Front front,
            StartedThings started,
            CompletableFuture<RunEvent.HostFacts> host) {
        this.runtime = runtime;
        this.up = up;
        this.front = front;
        this.started = started;
        this.host = host;
    }

    @Override
    public Server primary() {
        return up.topology().primary().server(Snapshot.DATABASE);
    }

    @Override
    public Map<String, Server> replicas() {
        Map<String, Server> replicas = new LinkedHashMap<>();
        up.topology().replicas().forEach((name, server) -> replicas.put(name, server.server(Snapshot.DATABASE)));
        return replicas;
    }

    @Override
    public ServerControl control(String name) {
        return up.topology().of(name);
    }

    @Override
    public Duration failOver(String replica, boolean planned) throws EnvironmentException {
        return up.topology().failOver(replica, planned);
    }

    @Override
    public void cutLink(String replica) throws EnvironmentException {
        up.proxies().cut(ServerNames.link(replica));
    }

    @Override
    public Optional<Path> retired() {
        return up.topology().retired();
    }

    @Override
    public ProxiedEndpoint application() {
        return endpoint(front.application());
    }

    @Override
    public ProxiedEndpoint migration() {
        return endpoint(front.migration());
    }

    @Override
    public Optional<PoolerEndpoint> pooler() {
        return front.pooler().map(Front.Pooler::endpoint);
    }

    @Override
    public List<ProxiedEndpoint> reads() {
        return up.reads().stream().map(this::endpoint).toList();
    }

    private ProxiedEndpoint endpoint(FaultProxies.Entrance entrance) {
        Server primary = primary();
        return new ProxiedEndpoint(
                entrance.host(), entrance.port(), primary.database(), primary.user(), primary.password());
    }

    @Override
    public URI faultApi() {
        return up.proxies().api();
    }

    @Override
    public String proxyDescription() {
        return up.proxies().description();
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
                up.topology().replicaCount(),
                settings,
                deadlockTimeoutMillis,
                host.join(),
                runtime.containers(),
                front.pooler().map(Front.Pooler::facts));
    }

    @Override
    public List<String> troubles() {
        return Stream.concat(up.topology().troubles().stream(), front.troubles().stream())
                .toList();
    }

    @Override
    public void close() throws EnvironmentException {
        started.close();
    }
}
