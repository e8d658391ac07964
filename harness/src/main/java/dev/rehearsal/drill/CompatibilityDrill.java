package dev.rehearsal.drill;

import dev.rehearsal.load.Trials;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.OperationTried;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.Service;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Every operation of every version of the application, before the first step and after each, forwards and back: over a fresh session, and over one that
 * prepared its statements before the step, as those of a pool have. What an operation writes is rolled back.
 */
final class CompatibilityDrill {
    /** The driver has the server keep a statement from its fifth execution on. */
    private static final int EXECUTIONS_UNTIL_KEPT = 6;

    private final Scenario scenario;
    private final DrillLog log;
    private int boundary;

    CompatibilityDrill(Scenario scenario, DrillLog log) {
        this.scenario = scenario;
        this.log = log;
    }

    /** One version of one service, and a session that lives through the steps. */
    private static final class Deployed implements AutoCloseable {
        private final Service service;
        private final String version;
        private final Connection kept;
        /** Operations whose statements that session has prepared. */
        private final Set<String> prepared = new HashSet<>();

        private Deployed(Service service, String version, Connection kept) {
            this.service = service;
            this.version = version;
            this.kept = kept;
        }

        private List<Operation> operations() {
            return service.operations(version);
        }

        @Override
        public void close() throws SQLException {
            kept.close();
        }
    }

    void run(DrillServer server) throws SQLException, EnvironmentException, InterruptedException {
        List<Deployed> application = new ArrayList<>();
        try {
            for (Service service : scenario.workload().services()) {
                application.add(deployed(service, Service.OLD, server));
                for (String version : service.versions().keySet()) {
                    application.add(deployed(service, version, server));
                }
            }
            Trials trials = Trials.of(
                    application.stream()
                            .flatMap(deployed -> deployed.operations().stream())
                            .toList(),
                    scenario.seed(),
                    server.jdbcUrl());
            between(application, trials, server, Phase.MIGRATION, Optional.empty());
            if (walked(
                    application,
                    trials,
                    server,
                    Phase.MIGRATION,
                    scenario.migration().steps())) {
                walked(
                        application,
                        trials,
                        server,
                        Phase.ROLLBACK,
                        scenario.migration().rollback());
            }
        } finally {
            for (Deployed deployed : application) {
                deployed.close();
            }
        }
    }

    private static Deployed deployed(Service service, String version, DrillServer server) throws SQLException {
        return new Deployed(service, version, session(service, server));
    }

    private static Connection session(Service service, DrillServer server) throws SQLException {
        return Trials.session(server.applicationUrl(), ApplicationNames.application(service.name()));
    }

    /** @return false if a step fails */
    private boolean walked(List<Deployed> application, Trials trials, DrillServer server, Phase phase, List<Step> steps)
            throws SQLException, InterruptedException {
        for (Step step : steps) {
            Optional<Failure> failure = server.run(phase, List.of(step)).failure();
            if (failure.isPresent()) {
                log.unknown(
                        Step.called(step.name()),
                        Step.calledFirst(step.name()) + " fails, so nothing is known of what comes after it: "
                                + Failures.told(failure.get()) + ".",
                        Failures.place(failure.get()));
                return false;
            }
            boundary++;
            between(application, trials, server, phase, Optional.of(step.name()));
        }
        return true;
    }

    private void between(
            List<Deployed> application, Trials trials, DrillServer server, Phase phase, Optional<String> after)
            throws SQLException {
        for (Deployed deployed : application) {
            try (Connection fresh = session(deployed.service, server)) {
                for (Operation operation : deployed.operations()) {
                    if (deployed.prepared.contains(operation.name())) {
                        tried(deployed, operation, true, trials.tryOut(operation, deployed.kept), phase, after);
                    }
                    tried(deployed, operation, false, trials.tryOut(operation, fresh), phase, after);
                    prepare(deployed, operation, trials);
                }
            }
        }
    }

    /** So that the next step finds the operation's statements prepared, if they can be. */
    private static void prepare(Deployed deployed, Operation operation, Trials trials) {
        deployed.prepared.remove(operation.name());
        for (int i = 0; i < EXECUTIONS_UNTIL_KEPT; i++) {
            if (trials.tryOut(operation, deployed.kept).works()) {
                deployed.prepared.add(operation.name());
            }
        }
    }

    private void tried(
            Deployed deployed,
            Operation operation,
            boolean kept,
            Trials.Ending ending,
            Phase phase,
            Optional<String> after) {
        log.journal()
                .record(new OperationTried(
                        log.clock().nowNanos(),
                        log.drill().word(),
                        boundary,
                        phase,
                        after,
                        deployed.service.name(),
                        deployed.version,
                        operation.name(),
                        kept,
                        ending.sqlState(),
                        ending.failure().map(Failures::oneLine)));
    }
}
