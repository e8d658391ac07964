package dev.rehearsal.migration;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.Step.Transaction;
import java.util.Arrays;

/** Steps and who runs them, for tests on a server that is measured. */
final class Migrations {
    private static final long SEED = 42;

    private Migrations() {}

    static MigrationRunner runner(MeasuredServer server, StepListener listener) {
        return runner(server, listener, Surroundings.deserted());
    }

    static MigrationRunner runner(MeasuredServer server, StepListener listener, Surroundings surroundings) {
        return new MigrationRunner(
                server.url(),
                server::url,
                server.instruments().witness(),
                server.clock(),
                server::record,
                listener,
                surroundings,
                SEED);
    }

    /** Named like its first statement. */
    static Step step(LockPolicy policy, Transaction transaction, String... statements) {
        return new Step.SqlStep(
                statements[0],
                Arrays.stream(statements)
                        .map(sql -> new SqlStatement(sql, new SourceLocation("scenario.yaml", 1, 1)))
                        .toList(),
                transaction,
                policy);
    }
}
