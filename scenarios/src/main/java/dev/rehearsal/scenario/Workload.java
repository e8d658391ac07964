package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The traffic: an open workload, whose arrivals do not wait for the database. */
public record Workload(Arrivals arrivals, List<Service> services) {
    public Workload {
        services = List.copyOf(services);
    }

    /** The process by which requests arrive. */
    public enum Arrivals {
        POISSON,
        CONSTANT
    }

    /**
     * One application service with a connection pool of its own.
     *
     * @param arrivalsPerSecond over all its operations
     * @param statementTimeout the application's own {@code statement_timeout}; empty: none
     */
    public record Service(
            String name,
            double arrivalsPerSecond,
            Pool pool,
            Optional<Duration> statementTimeout,
            List<Operation> operations) {
        public Service {
            operations = List.copyOf(operations);
        }

        /** Arrivals per second of one operation of this service: its share by weight. */
        public double arrivalsPerSecond(Operation operation) {
            double total = operations.stream().mapToDouble(Operation::weight).sum();
            return arrivalsPerSecond * operation.weight() / total;
        }
    }

    /**
     * @param size connections, at most
     * @param connectionTimeout how long a request waits for a connection before it fails
     */
    public record Pool(int size, Duration connectionTimeout) {}

    /**
     * One thing a user does: a transaction of one or more statements. One statement runs in autocommit; several are one transaction.
     *
     * @param weight share of the service's arrivals, relative to the other operations'
     */
    public record Operation(
            String name, double weight, Map<String, Parameter> parameters, List<OperationStatement> transaction) {
        public Operation {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            transaction = List.copyOf(transaction);
        }

        /** Whether any statement may write: anything that does not begin with select, values, table or show, and select … for update. */
        public boolean writes() {
            return transaction.stream().anyMatch(OperationStatement::writes);
        }
    }

    /**
     * @param sql as written, with {@code :name} parameters
     * @param jdbcSql the same with a {@code ?} for each parameter (and every literal {@code ?} operator doubled)
     * @param parameterNames the name behind each {@code ?}, in order
     */
    public record OperationStatement(String sql, String jdbcSql, List<String> parameterNames, boolean writes) {
        public OperationStatement {
            parameterNames = List.copyOf(parameterNames);
        }
    }
}
