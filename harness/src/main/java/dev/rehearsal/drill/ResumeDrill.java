package dev.rehearsal.drill;

import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * The server disrupted between all steps and in each of them, every time on a fresh clone; then the migration run again from its start. In the end schema
 * and data have to be those of a migration that nothing befell.
 *
 * <p>Of columns whose values no two undisturbed runs have in common, such as {@code gen_random_uuid()}, only the number of values is compared.
 */
final class ResumeDrill {
    /** A step that took longer before than it does now can be over before its disruption. */
    private static final int TRIES = 4;

    private final Scenario scenario;
    private final DrillLog log;
    private final Disruption disruption;
    private final int inLongSteps;

    /** @param inLongSteps how often it is disrupted in a step that is long */
    ResumeDrill(Scenario scenario, DrillLog log, Disruption disruption, int inLongSteps) {
        this.scenario = scenario;
        this.log = log;
        this.disruption = disruption;
        this.inLongSteps = inLongSteps;
    }

    /** What a disruption came to. */
    private enum Outcome {
        RESUMED,
        BROKEN,
        MISSED
    }

    void run(NamedServers servers) throws SQLException, EnvironmentException, InterruptedException {
        List<Step> steps = scenario.migration().steps();
        UndisturbedRun truth;
        try (DrillServer server = servers.start(disruption.noun() + "-undisturbed", 0)) {
            truth = UndisturbedRun.of(server, steps);
        }
        if (truth.failure().isPresent()) {
            log.unknown(
                    "migration",
                    "The migration fails by itself: "
                            + Failures.told(truth.failure().get()) + ".",
                    Failures.place(truth.failure().get()));
            return;
        }
        UndisturbedRun another;
        try (DrillServer server = servers.start(disruption.noun() + "-undisturbed-again", 0)) {
            another = UndisturbedRun.of(server, steps);
        }
        Set<String> random = DataFingerprint.columnsThatDiffer(truth.data(), another.data());
        if (!random.isEmpty()) {
            log.noted(
                    "what cannot be compared",
                    "Two undisturbed runs do not have the same values in " + String.join(", ", random)
                            + ": there only the number of values was compared.");
        }
        int resumed = 0;
        List<DisruptionPoint> points = DisruptionPoint.of(
                steps,
                truth.shortest(another),
                disruption.lead(),
                inLongSteps,
                new Random(scenario.seed() ^ 0x6372617368L));
        for (int i = 0; i < points.size(); i++) {
            Outcome outcome = struck(servers, disruption.noun() + "-" + (i + 1), points.get(i), truth, random);
            resumed += outcome == Outcome.RESUMED ? 1 : 0;
        }
        if (resumed > 0) {
            log.held(
                    disruption.noun() + " and resume",
                    ("%s at %,d points, the migration was resumed from its start %,d times and came to the schema and the"
                                    + " data of an undisturbed one.")
                            .formatted(disruption.done(), points.size(), resumed));
        }
        disruption.conclude(log);
    }

    /** Again and sooner, where the point was over before the disruption. */
    private Outcome struck(
            NamedServers servers, String name, DisruptionPoint planned, UndisturbedRun truth, Set<String> random)
            throws SQLException, EnvironmentException, InterruptedException {
        DisruptionPoint point = planned;
        for (int tries = 1; tries <= TRIES; tries++) {
            try (DrillServer server =
                    servers.start(name + (tries == 1 ? "" : "-try-" + tries), disruption.replicas())) {
                Outcome outcome = struck(server, point, truth, random);
                if (outcome != Outcome.MISSED) {
                    return outcome;
                }
            }
            if (point instanceof DisruptionPoint.During during) {
                point = during.sooner();
            }
        }
        log.unknown(
                subject(planned),
                "The server could not be struck " + planned.told() + ": it was over each of " + TRIES + " times.");
        return Outcome.MISSED;
    }

    private Outcome struck(DrillServer server, DisruptionPoint point, UndisturbedRun truth, Set<String> random)
            throws SQLException, EnvironmentException, InterruptedException {
        List<Step> steps = scenario.migration().steps();
        MigrationOutcome cut;
        String befell;
        try (Disruption.Ready ready = disruption.readied(server)) {
            Disruptor disruptor = new Disruptor(ready, point);
            cut = server.run(Phase.MIGRATION, steps, disruptor);
            if (!disruptor.hasStruck() || !hit(point, cut)) {
                return Outcome.MISSED;
            }
            befell = ready.aftermath();
        }
        String left = new Remains(truth, steps).of(server, cut) + befell;
        Optional<MigrationOutcome.Failure> failure =
                server.run(Phase.MIGRATION, steps).failure();
        if (failure.isPresent()) {
            log.broken(
                    subject(point),
                    disruption.done() + " " + point.told() + ", the migration cannot be run again: "
                            + Failures.told(failure.get()) + ". The " + disruption.noun() + " had left " + left + ".",
                    Failures.place(failure.get()));
            return Outcome.BROKEN;
        }
        List<String> differences = new ArrayList<>(SchemaFingerprint.differences(truth.schema(), server.schema()));
        differences.addAll(DataFingerprint.differences(truth.data(), server.data(), random));
        if (!differences.isEmpty()) {
            log.broken(
                    subject(point),
                    disruption.done() + " " + point.told()
                            + " and run again, the migration succeeds, but does not come to what it comes to"
                            + " undisturbed: " + Failures.listed(differences) + ". The " + disruption.noun()
                            + " had left "
                            + left + ".");
            return Outcome.BROKEN;
        }
        log.noted(subject(point), disruption.done() + " " + point.told() + ": it left " + left + "; resumed.");
        return Outcome.RESUMED;
    }

    private String subject(DisruptionPoint point) {
        return disruption.noun() + " " + point.told();
    }

    /** Whether the server went when it was to go, by what the migration felt of it. */
    private static boolean hit(DisruptionPoint point, MigrationOutcome cut) {
        Optional<String> failed = cut.failure().map(MigrationOutcome.Failure::step);
        return switch (point) {
            case DisruptionPoint.Before before ->
                failed.equals(Optional.of(before.step().name()));
            case DisruptionPoint.BeforeStatement before ->
                failed.equals(Optional.of(before.step().name()));
            case DisruptionPoint.BeforeFirstBatch before ->
                failed.equals(Optional.of(before.step().name()));
            case DisruptionPoint.During during ->
                failed.equals(Optional.of(during.step().name()));
            case DisruptionPoint.AfterAll after -> failed.isEmpty();
        };
    }
}
