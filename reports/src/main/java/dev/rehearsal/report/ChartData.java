package dev.rehearsal.report;

import dev.rehearsal.report.ReportData.Band;
import dev.rehearsal.report.ReportData.Limit;
import dev.rehearsal.report.ReportData.OperationSeries;
import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Makes {@link ReportData} of a run. Reads the requests once. */
final class ChartData {
    private final RunRecord run;
    private final Verdict verdict;
    private final TimeAxis axis;

    private ChartData(RunRecord run, Verdict verdict) {
        this.run = run;
        this.verdict = verdict;
        this.axis = TimeAxis.of(run);
    }

    static ReportData of(RunRecord run, Verdict verdict) {
        return new ChartData(run, verdict).drawn();
    }

    private ReportData drawn() {
        List<List<Integer>> operations = operationsOfAllVersions();
        ResponseTimeline timeline = new ResponseTimeline(axis, operations.size());
        fill(timeline, operations);
        List<OperationSeries> series = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            OperationKey key = run.requests().operations().get(operations.get(i).getFirst());
            series.add(timeline.series(i, key.service(), key.operation(), key.writes(), run.stages()));
        }
        ReportData.Locks locks = LockLanes.of(run, axis);
        return new ReportData(
                axis.zeroNanos(),
                timeline.startMillis(),
                Math.max(axis.millis(axis.toNanos()), timeline.startMillis() + 1),
                timeline.widthMillis(),
                run.stages().stream().map(this::band).toList(),
                // One that was left out took no time.
                run.steps().stream()
                        .filter(step -> step.status() != Status.SKIPPED)
                        .map(this::band)
                        .toList(),
                run.faults().stream().filter(FaultRun::happened).map(this::band).toList(),
                limits(),
                series,
                locks,
                timeline.load(),
                ServerLines.of(run, axis),
                ReplicaLines.of(run, axis),
                PercentileCurves.of(verdict),
                ChartDescriptions.of(run, verdict, axis));
    }

    /** An operation's versions are one line: who reads the chart asks what users of it felt. */
    private List<List<Integer>> operationsOfAllVersions() {
        record Name(String service, String operation) {}
        Map<Name, List<Integer>> byName = new LinkedHashMap<>();
        List<OperationKey> keys = run.requests().operations();
        for (int i = 0; i < keys.size(); i++) {
            byName.computeIfAbsent(new Name(keys.get(i).service(), keys.get(i).operation()), name -> new ArrayList<>())
                    .add(i);
        }
        return List.copyOf(byName.values());
    }

    private void fill(ResponseTimeline timeline, List<List<Integer>> operations) {
        int[] line = new int[run.requests().operations().size()];
        for (int i = 0; i < operations.size(); i++) {
            for (int key : operations.get(i)) {
                line[key] = i;
            }
        }
        run.requests().forEach(r -> timeline.add(line[r.operation()], r.t0Nanos(), responseMillis(r), r.failed()));
    }

    /** Of a request that never ended: it has lasted at least until the last thing seen, as in the verdict's statistics. */
    private double responseMillis(RequestRecord request) {
        long end = request.t3Nanos() == RequestRecord.NEVER
                ? Math.max(run.timelineEndNanos(), request.t0Nanos())
                : request.t3Nanos();
        return (end - request.t0Nanos()) / 1e6;
    }

    private Band band(StageSpan stage) {
        String word = stage.stage().word();
        return new Band(word, word, "", axis.millis(stage.startNanos()), axis.millis(stage.endNanos()));
    }

    private Band band(StepRun step) {
        return new Band(
                step.name(),
                step.phase().name().toLowerCase(Locale.ROOT),
                step.status().name().toLowerCase(Locale.ROOT),
                axis.millis(step.startNanos()),
                axis.millis(step.endNanos()));
    }

    private Band band(FaultRun fault) {
        return new Band(fault.kind(), fault.kind(), "", axis.millis(fault.startNanos()), axis.millis(fault.endNanos()));
    }

    private List<Limit> limits() {
        return run.started().objectives().stream()
                .flatMap(o -> o instanceof Objective.Latency latency ? limit(latency) : Stream.empty())
                .distinct()
                .toList();
    }

    private Stream<Limit> limit(Objective.Latency latency) {
        return latency.max().stream()
                .flatMap(max -> run.stage(latency.during()).stream()
                        .map(stage -> new Limit(
                                "limit " + Quantities.duration(max.toNanos()),
                                max.toNanos() / 1e6,
                                axis.millis(stage.startNanos()),
                                axis.millis(stage.endNanos()))));
    }
}
