package dev.rehearsal.rehearsal;

import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.PoolerEndpoint;
import dev.rehearsal.environment.Server;
import dev.rehearsal.measure.PoolerWatch;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Scenario;
import java.util.Optional;

/** The watch over the environment's pooler; of one without a pooler it does nothing. */
record PoolerInstrument(Optional<PoolerWatch> watch) implements AutoCloseable {
    static PoolerInstrument of(Scenario scenario, Environment environment, RunClock clock, Journal journal)
            throws EnvironmentException {
        Optional<PoolerEndpoint> endpoint = environment.pooler();
        if (endpoint.isEmpty()) {
            return new PoolerInstrument(Optional.empty());
        }
        Server primary = environment.primary();
        return new PoolerInstrument(Optional.of(PoolerWatch.started(
                new PoolerWatch.Addresses(
                        new PoolerWatch.Console(
                                endpoint.get().host(),
                                endpoint.get().port(),
                                endpoint.get().user(),
                                endpoint.get().password()),
                        endpoint.get().jdbcUrl(primary.database(), ApplicationNames.OBSERVER),
                        () -> environment.primary().jdbcUrl(ApplicationNames.OBSERVER),
                        scenario.environment().pooler().orElseThrow().shares(),
                        scenario.environment().pooler().orElseThrow().connections(RunFacts.connections(scenario))),
                clock,
                journal)));
    }

    /** When the traffic and the migration are over. */
    void findRemains() {
        watch.ifPresent(PoolerWatch::findRemains);
    }

    @Override
    public void close() {
        watch.ifPresent(PoolerWatch::close);
    }
}
