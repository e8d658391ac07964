package dev.rehearsal.run;

import dev.rehearsal.run.RunEvent.DatasetReady;
import dev.rehearsal.run.RunEvent.EnvironmentReady;
import dev.rehearsal.run.RunEvent.HttpTiming;
import dev.rehearsal.run.RunEvent.InjectorEnded;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LedgerRead;
import dev.rehearsal.run.RunEvent.LoadEnded;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.Paused;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.PoolerSampled;
import dev.rehearsal.run.RunEvent.ReplicaSampled;
import dev.rehearsal.run.RunEvent.RunEnded;
import dev.rehearsal.run.RunEvent.RunStarted;
import dev.rehearsal.run.RunEvent.SchemaCompared;
import dev.rehearsal.run.RunEvent.ServerSampled;
import dev.rehearsal.run.RunEvent.SessionStateFound;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import dev.rehearsal.scenario.Stage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything observed in one run: {@code events.ndjson}, {@code requests.bin} and {@code ledger.bin}, folded together, and those of further databases. Holds no opinion; {@code
 * dev.rehearsal.verdict} has that.
 *
 * @param environment empty if the run ended before it was up; likewise {@code dataset}
 * @param stages in order, those that began
 * @param predictions what the static view said of each statement beforehand, in order; empty of runs that were recorded before it was asked
 * @param steps in order, those that began
 * @param faults in order
 * @param drills in order, all that were planned
 * @param lockWaits in the order of their ends
 * @param sessionStates what was found of sessions that a pooler shares out, in order
 * @param poolerSamples in order; empty if there is no pooler
 * @param limitations what instruments had to do without, one each
 * @param schema empty if the rollback was not reached or there is none
 * @param load empty if the load never ended properly
 * @param end empty if the run was killed
 * @param lastSeenNanos when the last event was recorded or the last request ended
 * @param ledgerReads in order; empty if no operation leaves entries in the ledger
 * @param databases in order, where there are several: all else in this record is of the first; empty where there is one
 */
public record RunRecord(
        RunStarted started,
        Optional<EnvironmentReady> environment,
        Optional<DatasetReady> dataset,
        List<StageSpan> stages,
        List<StatementPredicted> predictions,
        List<StepRun> steps,
        List<FaultRun> faults,
        List<DrillRun> drills,
        List<LockWaited> lockWaits,
        List<ServerSampled> samples,
        List<ReplicaSampled> replicaSamples,
        List<SessionStateFound> sessionStates,
        List<PoolerSampled> poolerSamples,
        List<Paused> pauses,
        Optional<SchemaCompared> schema,
        List<InstrumentTrouble> troubles,
        List<InstrumentLimited> limitations,
        List<Noted> notes,
        List<InjectorEnded> injectors,
        Optional<LoadEnded> load,
        Optional<RunEnded> end,
        long lastSeenNanos,
        Requests requests,
        List<LedgerRead> ledgerReads,
        LedgerEntries ledger,
        List<DatabaseRun> databases) {
    public RunRecord {
        databases = List.copyOf(databases);
        ledgerReads = List.copyOf(ledgerReads);
        stages = List.copyOf(stages);
        predictions = List.copyOf(predictions);
        steps = List.copyOf(steps);
        faults = List.copyOf(faults);
        drills = List.copyOf(drills);
        lockWaits = List.copyOf(lockWaits);
        samples = List.copyOf(samples);
        replicaSamples = List.copyOf(replicaSamples);
        sessionStates = List.copyOf(sessionStates);
        poolerSamples = List.copyOf(poolerSamples);
        pauses = List.copyOf(pauses);
        troubles = List.copyOf(troubles);
        limitations = List.copyOf(limitations);
        notes = List.copyOf(notes);
        injectors = List.copyOf(injectors);
    }

    /**
     * Reads a run from its directory. A run that was killed is read as far as it came: a last line without its end is left out, stages, steps
     * and faults without an end are marked so.
     *
     * @throws IOException if a file cannot be read, or a line in it is damaged: the message has its number
     */
    public static RunRecord read(RunDirectory directory) throws IOException {
        return RunRecordReader.read(directory);
    }

    /** Folds events that are in memory, in their order. The first one is {@link RunStarted}. */
    public static RunRecord of(List<RunEvent> events, Requests requests) {
        return of(events, requests, LedgerEntries.of(List.of()));
    }

    /** The same, of a run with a ledger. */
    public static RunRecord of(List<RunEvent> events, Requests requests, LedgerEntries ledger) {
        return of(events, requests, ledger, Map.of());
    }

    /**
     * The same, of a run with several databases.
     *
     * @param further what was observed of each but the first, by number
     */
    public static RunRecord of(
            List<RunEvent> events, Requests requests, LedgerEntries ledger, Map<Integer, RunRecord> further) {
        RunRecordFold fold = new RunRecordFold();
        events.forEach(fold::add);
        return fold.record(requests, ledger, further);
    }

    /** What an instrument of that name had to do without; empty if it had all. */
    public Optional<InstrumentLimited> limitation(String instrument) {
        return limitations.stream()
                .filter(limited -> limited.instrument().equals(instrument))
                .findFirst();
    }

    /** How the requests of a service are timed, if that is not our doing. */
    public Optional<HttpTiming> http(String service) {
        return started.services().stream()
                .filter(plan -> plan.name().equals(service))
                .flatMap(plan -> plan.http().stream())
                .findFirst();
    }

    /** When the last was seen of the timeline: drills come after it. */
    public long timelineEndNanos() {
        return drills.stream().mapToLong(DrillRun::startNanos).min().orElse(lastSeenNanos);
    }

    /** The last span of that stage. */
    public Optional<StageSpan> stage(Stage stage) {
        return stages.stream().filter(s -> s.stage() == stage).reduce((first, second) -> second);
    }

    public List<StepRun> steps(Phase phase) {
        return steps.stream().filter(s -> s.phase() == phase).toList();
    }
}
