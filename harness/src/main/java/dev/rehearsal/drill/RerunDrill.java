package dev.rehearsal.drill;

import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The migration twice, then its rollback twice: whoever was interrupted has to be able to begin again. Of the second time each step is run by itself, so
 * that not only the first is named that cannot be repeated.
 */
final class RerunDrill {
    private final Scenario scenario;
    private final DrillLog log;

    RerunDrill(Scenario scenario, DrillLog log) {
        this.scenario = scenario;
        this.log = log;
    }

    void run(DrillServer server) throws SQLException, InterruptedException, EnvironmentException {
        if (twice(server, Phase.MIGRATION, scenario.migration().steps())
                && !scenario.migration().rollback().isEmpty()) {
            twice(server, Phase.ROLLBACK, scenario.migration().rollback());
        }
    }

    /** @return false if already the first time failed */
    private boolean twice(DrillServer server, Phase phase, List<Step> steps) throws SQLException, InterruptedException {
        String what = phase == Phase.MIGRATION ? "migration" : "rollback";
        MigrationOutcome once = server.run(phase, steps);
        if (once.failure().isPresent()) {
            log.unknown(
                    what,
                    "The " + what + " fails already the first time: "
                            + Failures.told(once.failure().get()) + ".",
                    Failures.place(once.failure().get()));
            passedBy(server, phase, steps, what);
            return false;
        }
        SchemaFingerprint schema = server.schema();
        DataFingerprint data = server.data();
        boolean same = again(server, phase, steps, what);
        same &= unchanged(
                what + ", schema", "the schema", SchemaFingerprint.differences(schema, server.schema()), what);
        same &= unchanged(what + ", data", "data", DataFingerprint.differences(data, server.data(), Set.of()), what);
        same &= valid(server, what);
        if (same) {
            log.held(
                    what,
                    (steps.size() == 1 ? "The only step" : "Each of the " + steps.size() + " steps") + " of the " + what
                            + " succeeds a second time and changes nothing.");
        }
        return true;
    }

    /** What failed may succeed the second time only because its own remains stand in for it. */
    private void passedBy(DrillServer server, Phase phase, List<Step> steps, String what)
            throws SQLException, InterruptedException {
        boolean succeeds = server.run(phase, steps).failure().isEmpty();
        List<String> invalid = InvalidIndexes.of(server);
        if (succeeds && !invalid.isEmpty()) {
            log.broken(
                    what + ", indexes",
                    "The second " + what
                            + " succeeds, but only because it passes by what the first, which failed, has left:"
                            + " an invalid index, " + Failures.listed(invalid)
                            + ". No query uses it, and every write pays for it. Drop it first, with drop index concurrently if exists.");
        }
    }

    private boolean again(DrillServer server, Phase phase, List<Step> steps, String what) throws InterruptedException {
        boolean all = true;
        for (Step step : steps) {
            Optional<Failure> failure = server.run(phase, List.of(step)).failure();
            if (failure.isPresent()) {
                all = false;
                log.broken(
                        Step.called(step.name()) + " of the " + what,
                        Step.calledFirst(step.name()) + " of the " + what + " cannot be repeated: "
                                + Failures.told(failure.get()) + "."
                                + failure.get()
                                        .sqlState()
                                        .flatMap(Failures::remedy)
                                        .orElse(""),
                        Failures.place(failure.get()));
            }
        }
        return all;
    }

    private boolean unchanged(String subject, String thing, List<String> differences, String what) {
        if (differences.isEmpty()) {
            return true;
        }
        log.broken(
                subject, "The second " + what + " changes " + thing + " again: " + Failures.listed(differences) + ".");
        return false;
    }

    private boolean valid(DrillServer server, String what) throws SQLException {
        List<String> invalid = InvalidIndexes.of(server);
        if (!invalid.isEmpty()) {
            log.broken(
                    what + ", indexes",
                    "After the second " + what + " there is an invalid index, which only costs writes: "
                            + Failures.listed(invalid) + ".");
        }
        return invalid.isEmpty();
    }
}
