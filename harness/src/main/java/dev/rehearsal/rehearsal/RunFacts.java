package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.ChangingRate;
import dev.rehearsal.run.RunEvent.DatasetReady;
import dev.rehearsal.run.RunEvent.OperationPlan;
import dev.rehearsal.run.RunEvent.RatePoint;
import dev.rehearsal.run.RunEvent.RetryPlan;
import dev.rehearsal.run.RunEvent.RunStarted;
import dev.rehearsal.run.RunEvent.SchemaCompared;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Workload.Service;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Facts of a run for its record: what the judge and the reader need of scenario and dataset. */
final class RunFacts {
    private RunFacts() {}

    static RunStarted of(Scenario scenario, RunClock clock, String harnessVersion, List<String> command) {
        return new RunStarted(
                clock.nowNanos(),
                clock.originWallClock(),
                harnessVersion,
                scenario.name(),
                scenario.description(),
                scenario.file().toString(),
                scenario.seed(),
                scenario.workload().arrivals().name().toLowerCase(Locale.ROOT),
                scenario.workload().services().stream().map(RunFacts::plan).toList(),
                scenario.objectives(),
                command);
    }

    private static ServicePlan plan(Service service) {
        return new ServicePlan(
                service.name(),
                service.rate().highest(),
                service.pool().size(),
                service.pool().connectionTimeout().toNanos(),
                service.statementTimeout()
                        .map(Duration::toNanos)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                service.retry()
                        .map(retry -> new RetryPlan(
                                retry.on(), retry.attempts(), retry.backoff().toNanos())),
                service.shares().stream()
                        .map(operation -> new OperationPlan(
                                operation.name(),
                                service.rate().highest() * operation.perArrival(),
                                operation.writes()))
                        .toList(),
                changing(service.rate()));
    }

    private static Optional<ChangingRate> changing(Rate rate) {
        return switch (rate) {
            case Rate.Steady steady -> Optional.empty();
            case Rate.Curve curve ->
                Optional.of(new ChangingRate(
                        curve.points().stream().map(RunFacts::point).toList(), OptionalLong.empty()));
            case Rate.Day day ->
                Optional.of(new ChangingRate(
                        day.compressed().stream().map(RunFacts::point).toList(),
                        OptionalLong.of(day.compressedLength().toNanos())));
        };
    }

    private static RatePoint point(Rate.Point point) {
        return new RatePoint(point.at().toNanos(), point.perSecond());
    }

    static DatasetReady of(Snapshot snapshot, double buildSeconds, Cloner.Clone clone, RunClock clock) {
        return new DatasetReady(
                clock.nowNanos(),
                snapshot.name(),
                snapshot.fingerprint(),
                snapshot.rows(),
                snapshot.bytes(),
                buildSeconds,
                clone.seconds(),
                clone.method());
    }

    /** Of the application, all pools full. */
    static int connections(Scenario scenario) {
        return scenario.workload().services().stream()
                .mapToInt(service -> service.pool().size())
                .sum();
    }

    /** What the way back has left different. */
    static SchemaCompared compared(SchemaFingerprint before, SchemaFingerprint after, RunClock clock) {
        return new SchemaCompared(
                clock.nowNanos(), before.sha256(), after.sha256(), SchemaFingerprint.differences(before, after));
    }
}
