package dev.rehearsal.environment;

import dev.rehearsal.engine.Succession;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A database of ours on a server that is not, and the fault proxy in front of it. Its processes are out of reach. */
final class ExternalEnvironment implements Environment {
    /** What decides how a migration fares there, where it is not PostgreSQL's default. */
    private static final String SETTINGS = """
            select name, current_setting(name) from pg_catalog.pg_settings
            where setting is distinct from boot_val and name in (
                'shared_buffers', 'work_mem', 'maintenance_work_mem', 'effective_cache_size', 'max_connections', 'max_wal_size',
                'checkpoint_timeout', 'synchronous_commit', 'synchronous_standby_names', 'fsync', 'full_page_writes', 'wal_level',
                'wal_compression', 'autovacuum', 'random_page_cost', 'max_parallel_workers', 'max_parallel_maintenance_workers',
                'deadlock_timeout', 'lock_timeout', 'statement_timeout', 'huge_pages', 'io_method')""";

    private static final String DEADLOCK_TIMEOUT =
            "select setting::bigint from pg_catalog.pg_settings where name = 'deadlock_timeout'";

    private final Server server;
    private final Map<String, Server> replicas;
    private final List<ProxiedEndpoint> reads;
    private final String version;
    private final FaultProxies proxies;
    private final Front front;
    private final StartedThings started;
    private final CompletableFuture<RunEvent.HostFacts> host;
    private final Optional<Cluster> cluster;

    /**
     * That the server is of.
     *
     * @param outputs where what a command prints is kept
     */
    record Cluster(Patroni patroni, Path outputs) {}

    /**
     * @param replicas those whose lag can be asked, by name
     * @param reads where the application reads from each, in order
     * @param front what the application goes through
     * @param started all that has to be ended with this environment
     * @param cluster empty: nobody decides who leads but its operators
     */
    ExternalEnvironment(
            Server server,
            Map<String, Server> replicas,
            List<ProxiedEndpoint> reads,
            String version,
            FaultProxies proxies,
            Front front,
            StartedThings started,
            CompletableFuture<RunEvent.HostFacts> host,
            Optional<Cluster> cluster) {
        this.server = server;
        this.replicas = Collections.unmodifiableMap(new LinkedHashMap<>(replicas));
        this.reads = List.copyOf(reads);
        this.version = version;
        this.proxies = proxies;
        this.front = front;
        this.started = started;
        this.host = host;
        this.cluster = cluster;
    }

    @Override
    public Server primary() {
        return server;
    }

    @Override
    public Map<String, Server> replicas() {
        return replicas;
    }

    @Override
    public ServerControl control(String name) {
        return new OutOfReach();
    }

    @Override
    public Duration failOver(String replica, boolean planned) throws EnvironmentException {
        throw outOfReach();
    }

    @Override
    public Succession elect(boolean planned) throws EnvironmentException {
        if (cluster.isEmpty()) {
            return Environment.super.elect(planned);
        }
        try {
            return cluster.get()
                    .patroni()
                    .failOver(planned, this::takesWrites, cluster.get().outputs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while a leader was waited for", "Start again.", e);
        }
    }

    /** Whether somebody at the address begins to write for us, within a moment. A server that follows another one does not. */
    private boolean takesWrites() {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(ApplicationNames.OBSERVER)
                        + "&connectTimeout=2&socketTimeout=2&loginTimeout=2");
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_current_xact_id()");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void cutLink(String replica) throws EnvironmentException {
        throw outOfReach();
    }

    private static EnvironmentException outOfReach() {
        return new EnvironmentException(
                "the processes of a server that is not the harness's own are out of its reach",
                "Rehearse on a server of the harness's own: runtime: local, or containers.");
    }

    /** No power over any process. */
    private record OutOfReach() implements ServerControl {
        @Override
        public void pause() throws EnvironmentException {
            throw outOfReach();
        }

        @Override
        public void resume() throws EnvironmentException {
            throw outOfReach();
        }

        @Override
        public void kill() throws EnvironmentException {
            throw outOfReach();
        }

        @Override
        public void startAgain() throws EnvironmentException {
            throw outOfReach();
        }
    }

    @Override
    public Optional<Path> retired() {
        return Optional.empty();
    }

    @Override
    public ProxiedEndpoint application() {
        return endpoint(front.application());
    }

    @Override
    public ProxiedEndpoint migration() {
        return endpoint(front.migration());
    }

    private ProxiedEndpoint endpoint(FaultProxies.Entrance entrance) {
        return new ProxiedEndpoint(
                entrance.host(), entrance.port(), server.database(), server.user(), server.password());
    }

    @Override
    public Optional<PoolerEndpoint> pooler() {
        return front.pooler().map(Front.Pooler::endpoint);
    }

    @Override
    public List<ProxiedEndpoint> reads() {
        return reads;
    }

    @Override
    public URI faultApi() {
        return proxies.api();
    }

    @Override
    public String proxyDescription() {
        return proxies.description();
    }

    @Override
    public RunEvent.EnvironmentReady facts(RunClock clock) throws EnvironmentException {
        Map<String, String> settings = new TreeMap<>();
        long deadlockTimeoutMillis = 0;
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(ApplicationNames.OBSERVER));
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(SETTINGS)) {
                while (rows.next()) {
                    settings.put(rows.getString(1), rows.getString(2));
                }
            }
            try (ResultSet row = statement.executeQuery(DEADLOCK_TIMEOUT)) {
                if (row.next()) {
                    deadlockTimeoutMillis = row.getLong(1);
                }
            }
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the server does not tell its settings: " + e.getMessage(), "See whether it still answers.", e);
        }
        return new RunEvent.EnvironmentReady(
                clock.nowNanos(),
                "postgresql",
                version,
                "external",
                "The scenario names the server at " + server.host() + ":" + server.port() + ".",
                proxies.description(),
                reads.size(),
                settings,
                deadlockTimeoutMillis,
                host.join(),
                Optional.empty(),
                front.pooler().map(Front.Pooler::facts));
    }

    @Override
    public List<String> troubles() {
        return front.troubles();
    }

    @Override
    public void close() throws EnvironmentException {
        started.close();
    }
}
