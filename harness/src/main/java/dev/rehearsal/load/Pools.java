package dev.rehearsal.load;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Workload.Service;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** The connection pools, one a service, as its application would have them. They end with the process. */
final class Pools {
    private static final Duration FILLING = Duration.ofSeconds(30);

    private final List<HikariDataSource> pools = new ArrayList<>();

    private Pools() {}

    /**
     * Opens all pools and fills them.
     *
     * @throws EnvironmentException if the server does not give as many connections
     */
    static Pools filled(List<Service> services, String jdbcUrl) throws EnvironmentException {
        Pools pools = new Pools();
        try {
            for (Service service : services) {
                pools.pools.add(new HikariDataSource(config(service, jdbcUrl)));
            }
            for (int i = 0; i < services.size(); i++) {
                awaitFilled(services.get(i), pools.pools.get(i));
            }
            return pools;
        } catch (PoolInitializationException e) {
            throw new EnvironmentException(
                    "the workload cannot connect: " + message(e),
                    "Check that the server answers on the address that the message names.",
                    e);
        }
    }

    DataSource pool(int service) {
        return pools.get(service);
    }

    private static HikariConfig config(Service service, String jdbcUrl) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(service.name());
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
