package dev.rehearsal.environment;

import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.PoolerSpec;
import dev.rehearsal.scenario.ServerNames;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What stands between the application and the primary's fault proxy.
 *
 * <pre>
 *   application ──► fault proxy "pooler" ──► PgBouncer ──► fault proxy "primary" ──► server
 * </pre>
 *
 * Both sides of the pooler can be disturbed, because both are a network somewhere: where it runs beside the server, the first; where it runs beside the
 * application, the second. {@code primary} is in front of the server as ever, so that whatever leads it to another server, such as a failover, leads the
 * pooler there too.
 *
 * @param application where the application connects
 * @param migration where the migration connects
 * @param pooler empty: there is none
 */
record Front(FaultProxies.Entrance application, FaultProxies.Entrance migration, Optional<Pooler> pooler) {
    /** @param endpoint for observers */
    record Pooler(RunningPooler running, RunEvent.PoolerFacts facts, PoolerEndpoint endpoint) {}

    /** What it is put in front of: a server, and the fault proxy that leads there. */
    record Behind(Server primary, FaultProxies proxies, FaultProxies.Entrance entrance) {}

    /** Of migrations, their tools, and whoever looks on. */
    private static final int SPARE_CLIENTS = 100;

    /** Puts it there. */
    @FunctionalInterface
    interface Start {
        /** @param started is told how to end what is started */
        Front of(Behind behind, StartedThings started) throws EnvironmentException, IOException;
    }

    /** Nothing. */
    static Front none(Behind behind) {
        return new Front(behind.entrance, behind.entrance, Optional.empty());
    }

    /**
     * A PgBouncer, where the scenario wants one.
     *
     * @param program which one
     * @param clients of the application, all pools full
     */
    static Start of(Optional<PoolerSpec> wanted, Optional<PoolerProgram> program, int clients) {
        return (behind, started) -> wanted.isPresent() && program.isPresent()
                ? pooled(wanted.get(), program.get(), clients, behind, started)
                : none(behind);
    }

    private static Front pooled(
            PoolerSpec wanted, PoolerProgram program, int clients, Behind behind, StartedThings started)
            throws EnvironmentException, IOException {
        Server primary = behind.primary;
        int poolSize = wanted.connections(clients);
        FaultProxies.Entrance way = behind.proxies.inside(ServerNames.PRIMARY, behind.entrance);
        RunningPooler running = program.start(new PoolerConfiguration(
                wanted,
                poolSize,
                clients + SPARE_CLIENTS,
                new PoolerConfiguration.Upstream(
                        way.host(), way.port(), primary.database(), primary.user(), primary.password())));
        started.add("the pooler", running::close);
        FaultProxies.Entrance entrance = behind.proxies.add(ServerNames.POOLER, running.upstream());
        return new Front(
                entrance,
                wanted.migration() == PoolerSpec.Way.POOLED ? entrance : behind.entrance,
                Optional.of(new Pooler(
                        running,
                        new RunEvent.PoolerFacts(
                                program.description(),
                                wanted.mode().word(),
                                poolSize,
                                wanted.preparedStatements(),
                                wanted.migration().word(),
                                wanted.settings()),
                        new PoolerEndpoint("127.0.0.1", running.port(), primary.user(), primary.password()))));
    }

    List<String> troubles() {
        return pooler.map(each -> each.running.troubles()).orElse(List.of());
    }
}
