package dev.rehearsal.environment;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
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
    record Pooler(PgBouncer process, RunEvent.PoolerFacts facts, PoolerEndpoint endpoint) {}

    /** Puts it there. */
    @FunctionalInterface
    interface Start {
        /** @param started is told how to end what is started */
        Front start(ServersStart.Started up, StartedThings started) throws EnvironmentException, IOException;
    }

    /** Nothing. */
    static Front none(ServersStart.Started up) {
        return new Front(up.application(), up.application(), Optional.empty());
    }

    /**
     * A PgBouncer of this machine, where the scenario wants one.
     *
     * @param clients of the application, all pools full
     */
    static Start onThisMachine(
            EnvironmentSpec spec, Optional<PgBouncer.Program> program, int clients, LocalServers servers) {
        return (up, started) ->
                program.isPresent() ? pooled(spec, program.get(), clients, servers, up, started) : none(up);
    }

    private static Front pooled(
            EnvironmentSpec spec,
            PgBouncer.Program program,
            int clients,
            LocalServers servers,
            ServersStart.Started up,
            StartedThings started)
            throws EnvironmentException, IOException {
        PoolerSpec wanted = spec.pooler().orElseThrow();
        Server primary = up.topology().primary().server(Snapshot.DATABASE);
        int poolSize = wanted.connections(clients);
        PgBouncer process = PgBouncer.start(
                program,
                wanted,
                poolSize,
                clients + SPARE_CLIENTS,
                new PgBouncer.Upstream(
                        up.application().host(),
                        up.application().port(),
                        primary.database(),
                        primary.user(),
                        primary.password()),
                servers.privileges(),
                servers.registry());
        started.add("the pooler", process::close);
        FaultProxies.Entrance entrance = up.proxies().add(ServerNames.POOLER, process.address());
        return new Front(
                entrance,
                wanted.migration() == PoolerSpec.Way.POOLED ? entrance : up.application(),
                Optional.of(new Pooler(
                        process,
                        new RunEvent.PoolerFacts(
                                "PgBouncer " + program.version(),
                                wanted.mode().word(),
                                poolSize,
                                wanted.preparedStatements(),
                                wanted.migration().word()),
                        new PoolerEndpoint("127.0.0.1", process.port(), primary.user(), primary.password()))));
    }

    /** Of migrations, their tools, and whoever looks on. */
    private static final int SPARE_CLIENTS = 100;

    List<String> troubles() {
        return pooler.map(each -> each.process.troubles()).orElse(List.of());
    }
}
