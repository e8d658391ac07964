package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The traffic: an open workload, whose arrivals do not wait for the database. */
public record Workload(Arrivals arrivals, Injectors injectors, List<Service> services) {
    public Workload {
        services = List.copyOf(services);
    }

    /** One that a single process makes. */
    public Workload(Arrivals arrivals, List<Service> services) {
        this(arrivals, Injectors.ONE, services);
    }

    /** The same with other arrival rates. */
    Workload times(double rates) {
        return withRates(rate -> rate.times(rates));
    }

    /** Those services that follow a day arrive steadily, at so many times the day's highest rate; the others are as they were. */
    Workload timesOfPeak(double rates) {
        return withRates(rate -> switch (rate) {
            case Rate.Day day -> new Rate.Steady(day.highest() * rates);
            case Rate.Steady steady -> steady;
            case Rate.Curve curve -> curve;
        });
    }

    private Workload withRates(UnaryOperator<Rate> changed) {
        return new Workload(
                arrivals,
                injectors,
                services.stream()
                        .map(service -> new Service(
                                service.name(),
                                changed.apply(service.rate()),
                                service.pool(),
                                service.statementTimeout(),
                                service.retry(),
                                service.operations(),
                                service.versions(),
                                service.simulation()))
                        .toList());
    }

    /**
     * The same, its programs with the ports that they listen on.
     *
     * @param ports by the name of the service
     */
    public Workload listening(Map<String, Integer> ports) {
        return new Workload(
                arrivals,
                injectors,
                services.stream()
                        .map(service -> new Service(
                                service.name(),
                                service.rate(),
                                service.pool(),
                                service.statementTimeout(),
                                service.retry(),
                                service.operations(),
                                service.versions(),
                                service.simulation()
                                        .map(given -> given.listening(Optional.ofNullable(ports.get(service.name()))))))
                        .toList());
    }

    /** Whether any operation leaves entries in the ledger. */
    public boolean keepsLedger() {
        return services.stream()
                .flatMap(service -> service.versioned().stream())
                .anyMatch(versioned -> versioned.operation().ledger());
    }

    /** The same services, of whose versions only those that a step of the plan deploys. */
    public Workload deployedBy(MigrationPlan plan) {
        List<Step> steps =
                Stream.concat(plan.steps().stream(), plan.rollback().stream()).toList();
        return new Workload(
                arrivals,
                injectors,
                services.stream().map(service -> service.deployedBy(steps)).toList());
    }

    /** One operation of one version of a service. */
    public record Versioned(String version, Operation operation) {}

    /**
     * One kind of request: an operation of one version, or a transaction of a simulation's.
     *
     * @param ledger see {@link Operation}
     */
    public record Kind(String version, String name, boolean writes, boolean ledger) {}

    /** @param perArrival of all operations together 1; of a simulation's transactions any number */
    public record Share(String name, boolean writes, double perArrival) {}

    /** The process by which requests arrive. */
    public enum Arrivals {
        POISSON,
        CONSTANT
    }

    /**
     * One application service with a connection pool of its own.
     *
     * @param rate over all its operations
     * @param statementTimeout the application's own {@code statement_timeout}; empty: none
     * @param retry what it tries again; empty: nothing
     * @param versions of the application after a deploy, in the file's order: by name, the operations that are new or other than before
     * @param simulation what its users do; then there are neither operations nor versions
     */
    public record Service(
            String name,
            Rate rate,
            Pool pool,
            Optional<Duration> statementTimeout,
            Optional<Retry> retry,
            List<Operation> operations,
            Map<String, List<Operation>> versions,
            Optional<Simulation> simulation) {
        /** The version that {@link #operations} are, as drills call it. */
        public static final String OLD = "old";

        public Service {
            operations = List.copyOf(operations);
            versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        }

        /** One whose users do operations. */
        public Service(
                String name,
                Rate rate,
                Pool pool,
                Optional<Duration> statementTimeout,
                Optional<Retry> retry,
                List<Operation> operations,
                Map<String, List<Operation>> versions) {
            this(name, rate, pool, statementTimeout, retry, operations, versions, Optional.empty());
        }

        /** One whose rate is always the same, that knows no other version, and tries nothing again. */
        public Service(
                String name,
                double arrivalsPerSecond,
                Pool pool,
                Optional<Duration> statementTimeout,
                List<Operation> operations) {
            this(
                    name,
                    new Rate.Steady(arrivalsPerSecond),
                    pool,
                    statementTimeout,
                    Optional.empty(),
                    operations,
                    Map.of());
        }

        /** Every operation of one version: those of the same name replace the old ones. A version that this service does not have is the old one. */
        public List<Operation> operations(String version) {
            List<Operation> replaced = versions.getOrDefault(version, List.of());
            List<Operation> all = new ArrayList<>();
            for (Operation old : operations) {
                all.add(replaced.stream()
                        .filter(operation -> operation.name().equals(old.name()))
                        .findFirst()
                        .orElse(old));
            }
            replaced.stream()
                    .filter(operation ->
                            operations.stream().noneMatch(old -> old.name().equals(operation.name())))
                    .forEach(all::add);
            return all;
        }

        /** Every operation of every version, the old one first: the order in which requests number them. */
        public List<Versioned> versioned() {
            return Stream.concat(Stream.of(OLD), versions.keySet().stream())
                    .flatMap(
                            version -> operations(version).stream().map(operation -> new Versioned(version, operation)))
                    .toList();
        }

        /** The same with another pool. */
        public Service withPool(Pool other) {
            return new Service(name, rate, other, statementTimeout, retry, operations, versions, simulation);
        }

        private Service deployedBy(List<Step> steps) {
            Map<String, List<Operation>> deployed = new LinkedHashMap<>(versions);
            deployed.keySet()
                    .removeIf(version -> steps.stream()
                            .noneMatch(step -> step instanceof Step.DeployStep deploy
                                    && deploy.service().equals(name)
                                    && deploy.version().equals(version)));
            return new Service(name, rate, pool, statementTimeout, retry, operations, deployed, simulation);
        }

        /** The program that stands for this service, which an HTTP simulation talks to; empty: its requests go to the database themselves. */
        public Optional<HttpService> http() {
            return simulation.flatMap(Simulation::http);
        }

        /** Every operation of the last version. */
        public List<Operation> newest() {
            return operations(
                    versions.keySet().stream().reduce((first, second) -> second).orElse(OLD));
        }

        /**
         * What requests of the service may be, of every version, in the order in which they are numbered.
         *
         * @see #versioned
         */
        public List<Kind> kinds() {
            return simulation
                    .map(given -> given.transactions().stream()
                            .map(each -> new Kind(OLD, each.name(), each.writes(), false))
                            .toList())
                    .orElseGet(() -> versioned().stream()
                            .map(each -> new Kind(
                                    each.version(),
                                    each.operation().name(),
                                    each.operation().writes(),
                                    each.operation().ledger()))
                            .toList());
        }

        /** What its users do before anything is deployed, and how many of each come to one arrival. */
        public List<Share> shares() {
            return simulation
                    .map(given -> given.transactions().stream()
                            .map(each -> new Share(each.name(), each.writes(), each.perUser()))
                            .toList())
                    .orElseGet(() -> operations.stream()
                            .map(each -> new Share(each.name(), each.writes(), share(each)))
                            .toList());
        }

        /** Of the service's arrivals, the part that one of its operations has by its weight. */
        public double share(Operation operation) {
            double total = operations.stream().mapToDouble(Operation::weight).sum();
            return operation.weight() / total;
        }
    }

    /**
     * How an application tries a failed request again: the whole of it, with the same values, over a new connection.
     *
     * @param on SQLStates, in capitals
     * @param attempts the first among them, at most {@value #MOST_ATTEMPTS}
     * @param backoff from a failure to the second attempt; twice as long before each one after
     */
    public record Retry(List<String> on, int attempts, Duration backoff) {
        /** As many bits as a request's record has for what became of its attempts. */
        public static final int MOST_ATTEMPTS = 10;

        public Retry {
            on = List.copyOf(on);
        }

        /** From the end of an attempt to the begin of the next. */
        public Duration backoffAfter(int attempt) {
            return backoff.multipliedBy(1L << (attempt - 1));
        }

        /** All of them together. */
        public Duration longest() {
            return backoff.multipliedBy((1L << (attempts - 1)) - 1);
        }
    }

    /**
     * @param size connections, at most
     * @param connectionTimeout how long a request waits for a connection before it fails
     * @param prepareThreshold executions of a statement on a connection after which the driver has the server prepare it by a name; 0: never; empty: the
     *     driver's own, 5
     */
    public record Pool(int size, Duration connectionTimeout, OptionalInt prepareThreshold) {
        /** One whose driver prepares as it does by itself. */
        public Pool(int size, Duration connectionTimeout) {
            this(size, connectionTimeout, OptionalInt.empty());
        }
    }

    /**
     * One thing a user does: a transaction of one or more statements. One statement runs in autocommit; several are one transaction.
     *
     * @param weight share of the service's arrivals, relative to the other operations'
     * @param reads which server runs it
     * @param ledger whether each transaction leaves an entry in the ledger, by which it can be found again; only of one that writes
     */
    public record Operation(
            String name,
            double weight,
            Map<String, Parameter> parameters,
            List<OperationStatement> transaction,
            Reads reads,
            boolean ledger) {
        public Operation {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            transaction = List.copyOf(transaction);
        }

        /** Whether any statement may write: anything that does not begin with select, values, table or show, and select … for update. */
        public boolean writes() {
            return transaction.stream().anyMatch(OperationStatement::writes);
        }
    }

    /** Which server an operation goes to. */
    public enum Reads {
        PRIMARY,
        /** The replicas in turn, one request after the other, each over a pool of its own. */
        REPLICA
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
