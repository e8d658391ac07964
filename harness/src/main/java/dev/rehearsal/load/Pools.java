package dev.rehearsal.load;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Workload.Reads;
import dev.rehearsal.scenario.Workload.Service;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * The connection pools, one a service, as its application would have them; of a service that reads from replicas, one more for each replica. They end
 * with the process.
 */
final class Pools {
    private static final Duration FILLING = Duration.ofSeconds(30);

    private final List<Optional<OfService>> services = new ArrayList<>();
    private final List<Filling> filling = new ArrayList<>();

    private record Filling(Service service, HikariDataSource pool) {}

    /**
     * Of one service.
     *
     * @param clients of the pooler that the primary is behind; empty: there is none
     */
    record OfService(Optional<NumberedClients> clients, DataSource primary, List<DataSource> replicas) {
        OfService {
            replicas = List.copyOf(replicas);
        }

        /** Without a pooler. */
        OfService(DataSource primary, List<DataSource> replicas) {
            this(Optional.empty(), primary, replicas);
        }

        /**
         * Where a request goes.
         *
         * @param nth of its operation's requests: replicas take turns
         */
        Target target(Reads reads, long nth) {
            return switch (reads) {
                case PRIMARY -> new Target(primary, 0, clients);
                case REPLICA -> {
                    int turn = (int) (nth % replicas.size());
                    yield new Target(replicas.get(turn), turn + 1);
                }
            };
        }
    }

    /**
     * @param replica its number, from 1; 0: the primary
     * @param clients of the pooler in front of it, if there is one
     */
    record Target(DataSource pool, int replica, Optional<NumberedClients> clients) {
        /** Without a pooler. */
        Target(DataSource pool, int replica) {
            this(pool, replica, Optional.empty());
        }

        /** The session of a connection of the pool, as requests know it. */
        int session(Connection connection) throws SQLException {
            return clients.isPresent()
                    ? clients.get().session(connection)
                    : RequestRecord.session(
                            connection.unwrap(PGConnection.class).getBackendPID(), replica);
        }
    }

    private Pools() {}

    /**
     * Opens all pools and fills them.
     *
     * @param pooled whether a pooler is in the way to the primary
     * @param slice whose pools these are
     * @throws EnvironmentException if a server does not give as many connections
     */
    static Pools filled(
            List<Service> services, String jdbcUrl, boolean pooled, List<String> replicaJdbcUrls, Slice slice)
            throws EnvironmentException {
        Pools pools = new Pools();
        try {
            for (Service service : services) {
                if (service.http().isPresent()) {
                    // It is a program with connections of its own.
                    pools.services.add(Optional.empty());
                    continue;
                }
                boolean readsFromReplicas = service.versioned().stream()
                        .anyMatch(each -> each.operation().reads() == Reads.REPLICA);
                List<DataSource> replicas = new ArrayList<>();
                for (String url : readsFromReplicas ? replicaJdbcUrls : List.<String>of()) {
                    String name = service.name() + " on replica " + (replicas.size() + 1);
                    HikariConfig config = config(service, name);
                    config.setJdbcUrl(url);
                    replicas.add(pools.begun(service, config));
                }
                HikariConfig config = config(service, service.name());
                Optional<NumberedClients> clients = Optional.empty();
                if (pooled) {
                    clients = Optional.of(throughPooler(service, jdbcUrl, slice, config));
                } else {
                    config.setJdbcUrl(jdbcUrl);
                }
                pools.services.add(Optional.of(new OfService(clients, pools.begun(service, config), replicas)));
            }
            for (Filling each : pools.filling) {
                awaitFilled(each.service, each.pool);
            }
            return pools;
        } catch (PoolInitializationException e) {
            throw new EnvironmentException(
                    "the workload cannot connect: " + message(e),
                    "Check that the server answers on the address that the message names.",
                    e);
        }
    }

    private DataSource begun(Service service, HikariConfig config) {
        HikariDataSource pool = new HikariDataSource(config);
        filling.add(new Filling(service, pool));
        return pool;
    }

    /** Only of one whose requests go to the database. */
    OfService of(int service) {
        return services.get(service).orElseThrow();
    }

    private static HikariConfig config(Service service, String name) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setMaximumPoolSize(service.pool().size());
        config.setMinimumIdle(service.pool().size());
        config.setConnectionTimeout(service.pool().connectionTimeout().toMillis());
        // A connection that is replaced for its age in the midst of a run would look like an effect of the migration.
        config.setMaxLifetime(0);
        config.setKeepaliveTime(0);
        config.addDataSourceProperty("ApplicationName", ApplicationNames.application(service.name()));
        config.addDataSourceProperty("stringtype", "unspecified");
        service.statementTimeout()
                .ifPresent(timeout ->
                        config.addDataSourceProperty("options", "-c statement_timeout=" + timeout.toMillis()));
        service.pool()
                .prepareThreshold()
                .ifPresent(
                        executions -> config.addDataSourceProperty("prepareThreshold", Integer.toString(executions)));
        return config;
    }

    /** A pooler takes no {@code options}; what they say is said in the session, which is the client's own where there are any. */
    private static NumberedClients throughPooler(Service service, String jdbcUrl, Slice slice, HikariConfig config) {
        Properties properties = new Properties();
        properties.putAll(config.getDataSourceProperties());
        properties.remove("options");
        service.statementTimeout()
                .ifPresent(timeout -> config.setConnectionInitSql("set statement_timeout = " + timeout.toMillis()));
        config.setDataSourceProperties(new Properties());
        NumberedClients clients = new NumberedClients(service.name(), jdbcUrl, slice, properties);
        config.setDataSource(clients);
        return clients;
    }

    private static void awaitFilled(Service service, HikariDataSource pool) throws EnvironmentException {
        long deadline = System.nanoTime() + FILLING.toNanos();
        while (pool.getHikariPoolMXBean().getTotalConnections() < service.pool().size()) {
            if (System.nanoTime() - deadline > 0) {
                throw new EnvironmentException(
                        "the pool of service " + service.name() + " has "
                                + pool.getHikariPoolMXBean().getTotalConnections() + " of "
                                + service.pool().size() + " connections after " + FILLING.toSeconds() + " s",
                        "Raise max_connections in environment.settings, or make the pools smaller.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** What the driver says: the pool wraps it, and below it stands only what the operating system said. */
    private static String message(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                return String.valueOf(cause.getMessage());
            }
        }
        return String.valueOf(e.getMessage());
    }
}
