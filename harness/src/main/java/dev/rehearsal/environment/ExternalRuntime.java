package dev.rehearsal.environment;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.dataset.DatasetLoad;
import dev.rehearsal.dataset.DescribedDatabase;
import dev.rehearsal.dataset.RowLoaders;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.PoolerSpec;
import dev.rehearsal.scenario.ServerNames;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A server that is not ours: what we do there, we do in databases of our own, which are gone when this is closed. See {@link ExternalDatabases} for
 * what becomes of them when it cannot be.
 */
public final class ExternalRuntime implements AutoCloseable {
    /** A variable: names of hosts and databases, with commas between, on which nothing is ever rehearsed. */
    public static final String PRODUCTION_NAMES = "HARNESS_PRODUCTION";

    /** Of a table with its indexes: others may work on the server. */
    private static final long MOST_COUNTED_BYTES = 64L << 20;

    /** A database that every server has, unless somebody dropped it. */
    private static final String EVERYWHERE = "postgres";

    /** Beside the application's own: instruments, drills, the migration, and whoever looks on. */
    private static final int OTHER_CONNECTIONS = 20;

    private final ExternalSpec server;
    private final ExternalAddress address;
    private final ExternalRights rights;
    private final ExternalReplicas replicas;
    private final Optional<ExternalEnvironment.Cluster> cluster;
    private final ExternalDatabases databases;
    private final LocalFaultProxy faultProxy;
    private final RunningRegistry registry;
    private final Pooling pooling;
    private final List<String> notes;

    /**
     * What of ours stands between application and server.
     *
     * @param program empty: nothing but the fault proxy
     * @param clients of the application, all pools full
     */
    private record Pooling(Optional<PoolerSpec> wanted, Optional<PoolerProgram> program, int clients) {
        /** Looks for the program where the scenario wants one. */
        static Pooling found(
                Optional<PoolerSpec> wanted, Map<String, String> environment, int clients, RunningRegistry registry)
                throws EnvironmentException {
            return new Pooling(
                    wanted,
                    wanted.isPresent()
                            ? Optional.of(PgBouncerProgram.find(
                                    wanted.get(),
                                    Optional.empty(),
                                    environment.getOrDefault("PATH", ""),
                                    Privileges.ofThisProcess(),
                                    registry))
                            : Optional.empty(),
                    clients);
        }

        /** Of the application on the server, at most. */
        int sessions() {
            return wanted.map(pooler -> pooler.connections(clients)).orElse(clients);
        }

        Front.Start front() {
            return Front.of(wanted, program, clients);
        }
    }

    /** The dataset, built there. */
    public record Built(Map<String, Long> rows, long bytes, double seconds) {}

    private ExternalRuntime(
            ExternalSpec server,
            ExternalAddress address,
            ExternalRights rights,
            ExternalReplicas replicas,
            Optional<ExternalEnvironment.Cluster> cluster,
            ExternalDatabases databases,
            LocalFaultProxy faultProxy,
            RunningRegistry registry,
            Pooling pooling,
            List<String> notes) {
        this.server = server;
        this.address = address;
        this.rights = rights;
        this.replicas = replicas;
        this.cluster = cluster;
        this.databases = databases;
        this.faultProxy = faultProxy;
        this.registry = registry;
        this.pooling = pooling;
        this.notes = List.copyOf(notes);
    }

    /**
     * Connects, looks whether it may rehearse there, and drops what runs that were killed have left.
     *
     * @param environment variables, as of a process
     * @param cache the user's cache directory
     * @param seed of the scenario
     * @param connections of the application, all pools full
     * @param existing whether the database that the url names is what is rehearsed on: then nobody may be in it, the harness included
     * @param outputs where what commands print is kept
     * @throws EnvironmentException if the server cannot be reached, looks like production, or lacks what a rehearsal needs
     */
    public static ExternalRuntime opened(
            EnvironmentSpec spec,
            Map<String, String> environment,
            Path cache,
            long seed,
            int connections,
            boolean existing,
            Path outputs)
            throws EnvironmentException, InterruptedException {
        ExternalSpec server = spec.external().orElseThrow();
        Credentials credentials = credentials(environment, server);
        ExternalAddress address = new ExternalAddress(server.host(), server.port(), credentials);
        LocalFaultProxy proxy = LocalFaultProxy.chosen(environment, seed);
        RunningRegistry registry = new RunningRegistry(cache);
        Pooling pooling = Pooling.found(spec.pooler(), environment, connections, registry);
        try {
            ExternalRights rights;
            ExternalReplicas replicas;
            Optional<Patroni> patroni = server.patroni().isPresent()
                    ? Optional.of(Patroni.reached(server.patroni().get(), environment))
                    : Optional.empty();
            try (Connection connection = address.connect(server.database(), "harness-observer")) {
                rights = ExternalRights.asked(connection);
                rights.refuse(server, credentials, spec.version(), forbidden(environment));
                if (patroni.isPresent()) {
                    patroni.get().requireSame(server.address(), ExternalReplicas.identifier(connection));
                }
                rights.requireConnections(server, pooling.sessions() + OTHER_CONNECTIONS, ExternalRights.SMALLER_POOLS);
                replicas = ExternalReplicas.checked(
                        server,
                        connection,
                        replica ->
                                new ExternalAddress(replica.host(), replica.port(), credentials(environment, replica)),
                        forbidden(environment),
                        connections);
            }
            ExternalDatabases databases = leased(server, address, existing ? EVERYWHERE : server.database());
            boolean complete = false;
            try {
                List<String> notes = new ArrayList<>(databases.sweep());
                notes.addAll(rights.notes(server, credentials));
                complete = true;
                return new ExternalRuntime(
                        server,
                        address,
                        rights,
                        replicas,
                        patroni.map(found -> new ExternalEnvironment.Cluster(found, outputs)),
                        databases,
                        proxy,
                        registry,
                        pooling,
                        notes);
            } finally {
                if (!complete) {
                    databases.close();
                }
            }
        } catch (SQLException e) {
            throw notTaken(server, credentials, e);
        }
    }

    private static Credentials credentials(Map<String, String> environment, ExternalSpec server)
            throws EnvironmentException {
        return Credentials.of(
                environment, Path.of(System.getProperty("user.home")), System.getProperty("user.name"), server);
    }

    private static ExternalDatabases leased(ExternalSpec server, ExternalAddress address, String maintenance)
            throws EnvironmentException {
        try {
            return ExternalDatabases.leased(address, maintenance);
        } catch (SQLException e) {
            throw notTaken(server, address.credentials(), maintenance, e);
        }
    }

    private static EnvironmentException notTaken(ExternalSpec server, Credentials credentials, SQLException e) {
        return notTaken(server, credentials, server.database(), e);
    }

    private static EnvironmentException notTaken(
            ExternalSpec server, Credentials credentials, String database, SQLException e) {
        return NotTaken.of("environment.url", server, credentials, database, e);
    }

    /**
     * The tables of the database that the url names; nothing is changed.
     *
     * @param environment variables, as of a process
     * @throws EnvironmentException if the server cannot be reached, looks like production, or does not let the role read
     */
    public static DescribedDatabase described(EnvironmentSpec spec, Map<String, String> environment)
            throws EnvironmentException {
        ExternalSpec server = spec.external().orElseThrow();
        Credentials credentials = credentials(environment, server);
        ExternalAddress address = new ExternalAddress(server.host(), server.port(), credentials);
        try (Connection connection = address.connect(server.database(), "harness-observer")) {
            ExternalRights.asked(connection).refuse(server, credentials, spec.version(), forbidden(environment));
            return read(connection, server, credentials);
        } catch (SQLException e) {
            throw notTaken(server, credentials, e);
        }
    }

    private static DescribedDatabase read(Connection connection, ExternalSpec server, Credentials credentials)
            throws EnvironmentException {
        try {
            return DescribedDatabase.of(connection, MOST_COUNTED_BYTES);
        } catch (SQLException e) {
            throw NotTaken.unread(server, credentials, server.database(), e);
        }
    }

    /** Takes the database that the url names for the dataset: what is rehearsed on are copies of it. Once, instead of {@link #build}. */
    public Built take(DescribedDatabase described) throws EnvironmentException {
        databases.copyFrom(server.database());
        try {
            return new Built(described.tables().rows(), bytes(server.database()), 0);
        } catch (SQLException e) {
            throw notTaken(server, address.credentials(), e);
        }
    }

    /** Names of hosts and databases that are production's. */
    static List<String> forbidden(Map<String, String> environment) {
        return Arrays.stream(environment.getOrDefault(PRODUCTION_NAMES, "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Such as {@code 18.6}. */
    public String serverVersion() {
        return rights.version();
    }

    /** What was swept, and what a reader should know of the server: a sentence each. */
    public List<String> notes() {
        return notes;
    }

    /** Why the lag of the server's replicas cannot be asked; empty if it can, and where there are none. */
    public Optional<String> lagRefusal() {
        return replicas.lagRefusal();
    }

    /**
     * Builds the dataset in a database of its own, of which others are copied. Once.
     *
     * @param loaders who make the rows; empty: this process does
     */
    public Built build(DatasetSpec dataset, long seed, Optional<RowLoaders> loaders, BuildProgress progress)
            throws EnvironmentException, InvalidScenarioException, InterruptedException {
        if (loaders.isPresent()) {
            rights.requireConnections(
                    server, loaders.get().sessions() + OTHER_CONNECTIONS, "Let fewer injectors build the dataset");
        }
        long start = System.nanoTime();
        progress.phase("making a database on " + server.address());
        String database = databases.makeEmpty();
        try {
            Map<String, Long> rows = DatasetLoad.into(address.jdbcUrl(database), dataset, seed, progress, loaders);
            return new Built(rows, bytes(database), (System.nanoTime() - start) / 1e9);
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the dataset " + dataset.definition().name() + " cannot be built on " + server.address() + ": "
                            + e.getMessage(),
                    "Often the disk there is full, or the role lacks a right that the schema needs.",
                    e);
        }
    }

    private long bytes(String database) throws SQLException {
        try (Connection connection = address.connect(databases.maintenance(), "harness-observer");
                PreparedStatement statement = connection.prepareStatement("select pg_database_size(?::name)")) {
            statement.setString(1, database);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /**
     * An environment over a copy of the dataset, and the fault proxy in front of it.
     *
     * @param name of the copy, unique in the run
     * @param whole whether the pooler and the replicas are part of it, as for the timeline; then it is there when the replicas have the copy too
     */
    public Environment start(String name, boolean whole) throws EnvironmentException {
        CompletableFuture<RunEvent.HostFacts> host = CompletableFuture.supplyAsync(HostInspector::facts);
        StartedThings started = new StartedThings();
        boolean complete = false;
        try {
            String database = databases.makeCopy(name);
            started.add("the database " + database, () -> databases.drop(database));
            LocalFaultProxy.Proxies proxies = LocalFaultProxy.start(faultProxy, started, registry);
            FaultProxies.Entrance entrance = proxies.add(ServerNames.PRIMARY, address.upstream());
            Map<String, Server> watched = new LinkedHashMap<>();
            List<ProxiedEndpoint> reads = new ArrayList<>();
            if (whole) {
                replicas.await(database);
                for (ExternalReplicas.Replica replica : replicas.replicas()) {
                    Server follower = replica.address().server(database, rights.major(), Instant.now());
                    FaultProxies.Entrance read =
                            proxies.add(replica.name(), replica.address().upstream());
                    reads.add(new ProxiedEndpoint(
                            read.host(), read.port(), database, follower.user(), follower.password()));
                    if (replicas.lagRefusal().isEmpty()) {
                        watched.put(replica.name(), follower);
                    }
                }
            }
            Server primary = address.server(database, rights.major(), Instant.now());
            Front.Behind behind = new Front.Behind(primary, proxies, entrance);
            Front front = whole ? pooling.front().of(behind, started) : Front.none(behind);
            complete = true;
            return new ExternalEnvironment(
                    primary, watched, reads, rights.version(), proxies, front, started, host, cluster);
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot start what stands in front of the server: " + e,
                    "Check that the disk is not full and that the loopback interface is up.",
                    e);
        } finally {
            if (!complete) {
                started.close();
            }
        }
    }

    @Override
    public void close() throws EnvironmentException {
        databases.close();
    }
}
