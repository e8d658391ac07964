package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The servers that a rehearsal wants.
 *
 * @param version the major version, such as {@code 18}; with an image of its own, what that must hold; empty: whichever a server that is not the
 *     harness's own has
 * @param settings server settings by name, passed as they are
 * @param binaries a directory with {@code initdb} and {@code postgres}, instead of those that come with the harness
 * @param containers what is wanted of them, where servers run in containers
 * @param replication what follows the primary
 * @param external the server, if it is not the harness's own
 * @param disk a directory on a file system of its own, for the primary's tables and write-ahead log; empty: with everything else
 * @param pooler what stands between the application and the primary; empty: nothing but the fault proxy
 */
public record EnvironmentSpec(
        Engine engine,
        String version,
        RuntimeChoice runtime,
        Map<String, String> settings,
        Optional<Path> binaries,
        ContainerSpec containers,
        Replication replication,
        Optional<Path> disk,
        Optional<ExternalSpec> external,
        Optional<PoolerSpec> pooler) {
    public EnvironmentSpec {
        settings = Map.copyOf(settings);
    }

    /** The same with so many replicas. */
    public EnvironmentSpec withReplicas(int replicas) {
        return new EnvironmentSpec(
                engine,
                version,
                runtime,
                settings,
                binaries,
                containers,
                replicas == 0 ? Replication.NONE : new Replication(replicas, replication.synchrony()),
                disk,
                external,
                pooler);
    }

    /** The same behind another pooler, or behind none. */
    public EnvironmentSpec behind(Optional<PoolerSpec> other) {
        return new EnvironmentSpec(
                engine, version, runtime, settings, binaries, containers, replication, disk, external, other);
    }

    /** Servers of the harness's own. */
    public EnvironmentSpec(
            Engine engine,
            String version,
            RuntimeChoice runtime,
            Map<String, String> settings,
            Optional<Path> binaries,
            ContainerSpec containers,
            Replication replication,
            Optional<Path> disk) {
        this(
                engine,
                version,
                runtime,
                settings,
                binaries,
                containers,
                replication,
                disk,
                Optional.empty(),
                Optional.empty());
    }

    /** The kind of database. */
    public enum Engine {
        POSTGRESQL
    }

    /** Where the servers run. */
    public enum RuntimeChoice {
        AUTO,
        LOCAL,
        CONTAINERS,
        /** On a server that is not the harness's own. */
        EXTERNAL
    }

    /** A streaming replica of a server that is not the harness's own. */
    public record ExternalReplica(String host, int port) {}

    /**
     * A server that is not the harness's own. Credentials are no part of a scenario.
     *
     * @param host a name or an address; IPv6 in brackets
     * @param database that is there; the harness connects to it, and makes others beside it
     * @param allow hosts, each with or without port and database, on which the file allows a rehearsal; in lower case
     * @param replicas of that server, from which operations may read
     * @param patroni what decides who leads the cluster that the address leads to; empty: nothing that the harness knows of
     */
    public record ExternalSpec(
            String host,
            int port,
            String database,
            List<String> allow,
            List<ExternalReplica> replicas,
            Optional<PatroniSpec> patroni) {
        private static final Set<String> PRODUCTION = Set.of("prod", "production", "prd", "live");

        public ExternalSpec {
            allow = List.copyOf(allow);
            replicas = List.copyOf(replicas);
        }

        /** One of which no replica is named. */
        public ExternalSpec(String host, int port, String database, List<String> allow) {
            this(host, port, database, allow, List.of());
        }

        /** One by itself, or with replicas that follow it for ever. */
        public ExternalSpec(
                String host, int port, String database, List<String> allow, List<ExternalReplica> replicas) {
            this(host, port, database, allow, replicas, Optional.empty());
        }

        /** A replica of this one, as a server by itself. */
        public ExternalSpec at(ExternalReplica replica) {
            return new ExternalSpec(replica.host(), replica.port(), database, allow, List.of());
        }

        /** Such as {@code staging.example:5433}. */
        public String address() {
            return host + ":" + port;
        }

        /** What a rehearsal does there: a sentence without its full stop, of one that was refused. */
        public String intention() {
            return "The harness would have made databases called rehearsal_… on " + address()
                    + ", driven the traffic and the migration there, and dropped them again";
        }

        /** The word of a name, such as that of a host, that says production. */
        public static Optional<String> productionWord(String name) {
            return Stream.of(name.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                    .filter(PRODUCTION::contains)
                    .findFirst();
        }

        boolean allowed() {
            return allow.stream().anyMatch(this::covers);
        }

        private boolean covers(String entry) {
            int slash = entry.indexOf('/');
            String where = slash < 0 ? entry : entry.substring(0, slash);
            return (where.equals(host) || where.equals(address()))
                    && (slash < 0 || entry.substring(slash + 1).equalsIgnoreCase(database));
        }
    }

    /**
     * What a scenario says about containers.
     *
     * @param image of the server, such as {@code registry.example/postgres-postgis:18}; empty: the official one of the version
     * @param proxyImage of Toxiproxy; empty: the official one
     * @param cpus that the server may use; empty: all
     * @param memoryBytes that the server may use, its caches included; empty: all
     */
    public record ContainerSpec(
            Optional<String> image, Optional<String> proxyImage, OptionalDouble cpus, OptionalLong memoryBytes) {
        /** Nothing is said. */
        public static final ContainerSpec ANY =
                new ContainerSpec(Optional.empty(), Optional.empty(), OptionalDouble.empty(), OptionalLong.empty());
    }

    /**
     * Streaming replicas of the primary, called {@link ServerNames#replicas}.
     *
     * @param replicas how many
     * @param synchrony what a commit waits for; of several replicas, it waits for the first that is connected, in their order
     */
    public record Replication(int replicas, Synchrony synchrony) {
        static final int MOST = 5;

        /** The primary is alone. */
        public static final Replication NONE = new Replication(0, Synchrony.ASYNCHRONOUS);

        /** Their names, in order. */
        public List<String> names() {
            return ServerNames.replicas(replicas);
        }
    }

    /** What a commit waits for before it is acknowledged. */
    public enum Synchrony {
        /** The primary's own disk. */
        ASYNCHRONOUS,
        /** A replica's disk too ({@code synchronous_commit = on}). */
        SYNCHRONOUS,
        /** That a replica shows it to its readers ({@code synchronous_commit = remote_apply}). */
        REMOTE_APPLY
    }
}
