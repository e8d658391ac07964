package dev.rehearsal.report;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.ServerActivity;
import dev.rehearsal.run.RunEvent.ServerSampled;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.OperationStatistics;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.ReplicaLag;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What each chart shows, said with figures: for screen readers, for paper, and for who only wants the sentence. */
final class ChartDescriptions {
    private final RunRecord run;
    private final Verdict verdict;
    private final TimeAxis axis;

    private ChartDescriptions(RunRecord run, Verdict verdict, TimeAxis axis) {
        this.run = run;
        this.verdict = verdict;
        this.axis = axis;
    }

    static ReportData.Descriptions of(RunRecord run, Verdict verdict, TimeAxis axis) {
        ChartDescriptions descriptions = new ChartDescriptions(run, verdict, axis);
        return new ReportData.Descriptions(
                descriptions.response(),
                descriptions.locks(),
                descriptions.load(),
                descriptions.replicas(),
                descriptions.server(),
                PercentileCurves.described(verdict));
    }

    private Optional<StageStatistics> stage(Stage stage) {
        return verdict.stages().stream().filter(s -> s.stage() == stage).findFirst();
    }

    private String response() {
        return Stream.of(Stage.BASELINE, Stage.MIGRATION, Stage.ROLLBACK)
                .flatMap(stage -> stage(stage).stream())
                .filter(stage -> stage.overall().arrivals() > 0)
                .map(stage -> "Worst in the " + stage.stage().word() + ": " + worst(stage) + ".")
                .collect(Collectors.joining(" "));
    }

    private static String worst(StageStatistics stage) {
        OperationStatistics worst = stage.operations().stream()
                .max(Comparator.comparingLong(o -> o.response().maxNanos()))
                .orElse(stage.overall());
        return Quantities.duration(worst.response().maxNanos()) + " (" + worst.operation() + ")";
    }

    private String locks() {
        Optional<LockHeld> strongest = run.steps().stream()
                .flatMap(step -> step.statements().stream())
                .flatMap(statement -> statement.locks().stream())
                .filter(lock -> !lock.ownRelation())
                .max(LockStrength.WEAKER_FIRST);
        List<LockWaited> victims = run.lockWaits().stream()
                .filter(wait -> wait.party() == Party.APPLICATION)
                .toList();
        String held = strongest
                .map(lock -> lock.mode() + " on " + lock.relation() + " was held for "
                        + Quantities.duration(lock.heldNanos()) + " from " + axis.clock(lock.fromNanos()) + ". ")
                .orElse("No lock on a relation that was there before was seen. ");
        if (victims.isEmpty()) {
            return held + "No session of the application waited for a lock.";
        }
        long longest =
                victims.stream().mapToLong(LockWaited::durationNanos).max().orElse(0);
        return held + Quantities.count(victims.size()) + (victims.size() == 1 ? " wait" : " waits")
                + " of the application for locks, the longest " + Quantities.duration(longest) + ".";
    }

    private String load() {
        return Stream.of(Stage.BASELINE, Stage.MIGRATION, Stage.ROLLBACK)
                .flatMap(stage -> stage(stage).stream())
                .filter(stage -> stage.overall().arrivals() > 0)
                .map(stage -> failures(stage.stage(), stage.overall()))
                .collect(Collectors.joining("; ", "Failed: ", "."));
    }

    private static String failures(Stage stage, OperationStatistics overall) {
        return Quantities.count(overall.failed() + overall.timedOut()) + " of " + Quantities.count(overall.arrivals())
                + " in the " + stage.word();
    }

    private String replicas() {
        return ReplicaLag.between(run, axis.fromNanos(), axis.toNanos()).stream()
                .map(ReplicaLag::words)
                .collect(Collectors.joining(", ", "At most: ", "."));
    }

    private String server() {
        int waiting = run.samples().stream()
                .mapToInt(ServerSampled::waitingForLocks)
                .max()
                .orElse(0);
        double machine = run.samples().stream()
                .mapToDouble(ServerSampled::machineCpuFraction)
                .max()
                .orElse(0);
        double generator = run.samples().stream()
                .flatMap(sample -> sample.activity().stream())
                .mapToDouble(ServerActivity::generatorCpuFraction)
                .max()
                .orElse(-1);
        return "At most " + Quantities.count(waiting) + (waiting == 1 ? " backend" : " backends")
                + " waited for locks at one time; the machine was at most " + Quantities.percent(machine)
                + " busy"
                + (generator < 0 ? "" : "; the load generator used at most " + Quantities.percent(generator) + " of it")
                + ".";
    }
}
