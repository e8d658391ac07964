package dev.rehearsal.run;

import dev.rehearsal.run.RunEvent.BackfillEnded;
import dev.rehearsal.run.RunEvent.DatasetReady;
import dev.rehearsal.run.RunEvent.EnvironmentReady;
import dev.rehearsal.run.RunEvent.FaultEnded;
import dev.rehearsal.run.RunEvent.FaultStarted;
import dev.rehearsal.run.RunEvent.InjectorEnded;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LedgerRead;
import dev.rehearsal.run.RunEvent.LoadEnded;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.Paused;
import dev.rehearsal.run.RunEvent.ReplicaSampled;
import dev.rehearsal.run.RunEvent.RunEnded;
import dev.rehearsal.run.RunEvent.RunStarted;
import dev.rehearsal.run.RunEvent.SchemaCompared;
import dev.rehearsal.run.RunEvent.ServerSampled;
import dev.rehearsal.run.RunEvent.StageEnded;
import dev.rehearsal.run.RunEvent.StageStarted;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunEvent.StepEnded;
import dev.rehearsal.run.RunEvent.StepStarted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Folds the events of a run, in their order, into a {@link RunRecord}. */
final class RunRecordFold {
    private @Nullable RunStarted started;
    private @Nullable EnvironmentReady environment;
    private @Nullable DatasetReady dataset;
    private @Nullable SchemaCompared schema;
    private @Nullable LoadEnded load;
    private @Nullable RunEnded end;
    private final List<StageStarted> stageStarts = new ArrayList<>();
    private final Map<StageStarted, StageEnded> stageEnds = new LinkedHashMap<>();
    private final List<StatementPredicted> predictions = new ArrayList<>();
    private final Map<Integer, StepStarted> stepStarts = new TreeMap<>();
    private final Map<Integer, BackfillEnded> backfills = new LinkedHashMap<>();
    private final Map<Integer, StepEnded> stepEnds = new LinkedHashMap<>();
    private final Map<Integer, Map<Integer, List<StatementObserved>>> statements = new LinkedHashMap<>();
    private final SequencedMap<Integer, FaultStarted> faultStarts = new LinkedHashMap<>();
    private final Map<Integer, FaultEnded> faultEnds = new LinkedHashMap<>();
    private final DrillFold drills = new DrillFold();
    private final DatabaseFold databases = new DatabaseFold();
    private final List<LockWaited> lockWaits = new ArrayList<>();
    private final List<ServerSampled> samples = new ArrayList<>();
    private final List<ReplicaSampled> replicaSamples = new ArrayList<>();
    private final List<RunEvent.SessionStateFound> sessionStates = new ArrayList<>();
    private final List<RunEvent.PoolerSampled> poolerSamples = new ArrayList<>();
    private final List<Paused> pauses = new ArrayList<>();
    private final List<InstrumentTrouble> troubles = new ArrayList<>();
    private final SequencedMap<String, InstrumentLimited> limitations = new LinkedHashMap<>();
    private final List<Noted> notes = new ArrayList<>();
    private final List<LedgerRead> ledgerReads = new ArrayList<>();
    private final List<InjectorEnded> injectors = new ArrayList<>();
    private long lastSeenNanos = Long.MIN_VALUE;

    /** @throws IllegalArgumentException if the event cannot follow those before it */
    void add(RunEvent event) {
        if (started == null && !(event instanceof RunStarted)) {
            throw new IllegalArgumentException("the first event of a run is runStarted");
        }
        lastSeenNanos = Math.max(lastSeenNanos, event.atNanos());
        switch (event) {
            case RunStarted e -> started = onlyOne(started, e);
            case EnvironmentReady e -> environment = e;
            case DatasetReady e -> dataset = e;
            case StageStarted e -> stageStarts.add(e);
            case StageEnded e -> end(e);
            case StatementPredicted e -> predictions.add(e);
            case StepStarted e -> stepStarts.put(e.index(), e);
            // For whoever follows the file.
            case RunEvent.BackfillProgressed e -> {}
            case RunEvent.Deploying e -> {}
            case BackfillEnded e -> backfills.put(begun(e.step(), stepStarts, "step"), e);
            case StepEnded e -> stepEnds.put(begun(e.index(), stepStarts, "step"), e);
            case StatementObserved e ->
                statements
                        .computeIfAbsent(begun(e.step(), stepStarts, "step"), step -> new TreeMap<>())
                        .computeIfAbsent(e.statement(), statement -> new ArrayList<>())
                        .add(e);
            case FaultStarted e -> faultStarts.put(e.index(), e);
            case FaultEnded e -> faultEnds.put(begun(e.index(), faultStarts, "fault"), e);
            case LockWaited e -> lockWaits.add(e);
            case ServerSampled e -> samples.add(e);
            case ReplicaSampled e -> replicaSamples.add(e);
            case RunEvent.SessionStateFound e -> sessionStates.add(e);
            case RunEvent.PoolerSampled e -> poolerSamples.add(e);
            case Paused e -> pauses.add(e);
            case SchemaCompared e -> schema = e;
            case RunEvent.DrillsPlanned e -> drills.add(e);
            case RunEvent.OfDrill e -> drills.add(e);
            case RunEvent.DatabasesPlanned e -> databases.add(e);
            case RunEvent.OfDatabase e -> databases.add(e);
            case LedgerRead e -> ledgerReads.add(e);
            case InstrumentTrouble e -> troubles.add(e);
            case InstrumentLimited e -> limitations.put(e.instrument(), e);
            case Noted e -> notes.add(e);
            case InjectorEnded e -> injectors.add(e);
            case LoadEnded e -> load = e;
            case RunEnded e -> end = e;
        }
    }

    private static RunStarted onlyOne(@Nullable RunStarted before, RunStarted event) {
        if (before != null) {
            throw new IllegalArgumentException("runStarted a second time: two runs wrote to one file");
        }
        return event;
    }

    private void end(StageEnded event) {
        for (StageStarted start : stageStarts.reversed()) {
            if (start.stage() == event.stage() && !stageEnds.containsKey(start)) {
                stageEnds.put(start, event);
                return;
            }
        }
        throw new IllegalArgumentException("stage " + event.stage().word() + " ends and never began");
    }

    private static int begun(int index, Map<Integer, ?> starts, String what) {
        if (!starts.containsKey(index)) {
            throw new IllegalArgumentException(what + " " + index + " is spoken of and never began");
        }
        return index;
    }

    /** How many databases have a journal of their own, which has to be read beside this one. */
    int furtherDatabases() {
        return databases.further();
    }

    /** Whether there was an event at all. */
    boolean begun() {
        return started != null;
    }

    /** @param further what the other databases' own journals came to, by number; without those that never began */
    RunRecord record(Requests requests, LedgerEntries ledger, Map<Integer, RunRecord> further) {
        RunStarted first = started;
        if (first == null) {
            throw new IllegalArgumentException("no event: the run never began");
        }
        requests.forEach(request -> lastSeenNanos = Math.max(lastSeenNanos, request.t3Nanos()));
        return new RunRecord(
                first,
                Optional.ofNullable(environment),
                Optional.ofNullable(dataset),
                stageStarts.stream().map(this::span).toList(),
                predictions,
                stepStarts.values().stream().map(this::step).toList(),
                faultStarts.values().stream().map(this::fault).toList(),
                drills.runs(lastSeenNanos),
                lockWaits.stream()
                        .sorted(Comparator.comparingLong(LockWaited::endNanos))
                        .toList(),
                samples,
                replicaSamples,
                sessionStates,
                poolerSamples,
                pauses,
                Optional.ofNullable(schema),
                troubles,
                List.copyOf(limitations.values()),
                notes,
                injectors,
                Optional.ofNullable(load),
                Optional.ofNullable(end),
                lastSeenNanos,
                requests,
                ledgerReads,
                ledger,
                databases.runs(further));
    }

    private StageSpan span(StageStarted start) {
        StageEnded ended = stageEnds.get(start);
        return new StageSpan(
                start.stage(), start.atNanos(), ended == null ? lastSeenNanos : ended.atNanos(), ended != null);
    }

    private StepRun step(StepStarted start) {
        StepEnded ended = stepEnds.get(start.index());
        return new StepRun(
                start.index(),
                start.name(),
                start.kind(),
                start.phase(),
                start.location(),
                start.atNanos(),
                ended == null ? lastSeenNanos : ended.atNanos(),
                ended == null ? Status.FAILED : ended.status(),
                ended == null ? 1 : ended.attempts(),
                ended != null,
                ended == null ? Optional.empty() : ended.failure(),
                Optional.ofNullable(backfills.get(start.index())),
                statements.getOrDefault(start.index(), Map.of()).entrySet().stream()
                        .map(e -> new StatementRun(e.getKey(), inOrder(e.getValue())))
                        .toList());
    }

    private static List<StatementObserved> inOrder(List<StatementObserved> tries) {
        return tries.stream()
                .sorted(Comparator.comparingInt(StatementObserved::attempt))
                .toList();
    }

    private FaultRun fault(FaultStarted start) {
        FaultEnded ended = faultEnds.get(start.index());
        return new FaultRun(
                start.index(),
                start.kind(),
                start.description(),
                start.atNanos(),
                ended == null ? lastSeenNanos : ended.atNanos(),
                ended == null ? "" : ended.effect(),
                ended == null || ended.happened());
    }
}
