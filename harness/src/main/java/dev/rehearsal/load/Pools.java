package dev.rehearsal.load;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Workload.Reads;
import dev.rehearsal.scenario.Workload.Service;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * The connection pools, one a service, as its application would have them; of a service that reads from replicas, one more for each replica. They end
 * with the process.
 */
final class Pools {
    private static final Duration FILLING = Duration.ofSeconds(30);

    private final List<Optional<OfService>> services = new ArrayList<>();
    private final List<Filling> filling = new ArrayList<>();

    private record Filling(Service service, HikariDataSource pool) {}

    /** Of one service. */
    record OfService(DataSource primary, List<DataSource> replicas) {
        OfService {
            replicas = List.copyOf(replicas);
        }

        /**
         * Where a request goes.
         *
         * @param nth of its operation's requests: replicas take turns
         */
        Target target(Reads reads, long nth) {
            return switch (reads) {
                case PRIMARY -> new Target(primary, 0);
                case REPLICA -> {
                    int turn = (int) (nth % replicas.size());
                    yield new Target(replicas.get(turn), turn + 1);
                }
            };
        }
    }

    /** @param replica its number, from 1; 0: the primary */
    record Target(DataSource pool, int replica) {}

    private Pools() {}

    /**
     * Opens all pools and fills them.
     *
     * @throws EnvironmentException if a server does not give as many connections
     */
    static Pools filled(List<Service> services, String jdbcUrl, List<String> replicaJdbcUrls)
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
                    replicas.add(pools.begun(service, name, url));
                }
                pools.services.add(Optional.of(new OfService(pools.begun(service, service.name(), jdbcUrl), replicas)));
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

    private DataSource begun(Service service, String name, String jdbcUrl) {
        HikariDataSource pool = new HikariDataSource(config(service, name, jdbcUrl));
        filling.add(new Filling(service, pool));
        return pool;
    }

    /** Only of one whose requests go to the database. */
    OfService of(int service) {
        return services.get(service).orElseThrow();
    }

    private static HikariConfig config(Service service, String name, String jdbcUrl) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(jdbcUrl);
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
        return config;
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
