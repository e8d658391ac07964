package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.ChangingRate;
import dev.rehearsal.run.RunEvent.DatasetReady;
import dev.rehearsal.run.RunEvent.HttpTiming;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Facts of a run for its record: what the judge and the reader need of scenario and dataset. */
final class RunFacts {
    /** Begin and end are each cut to a whole millisecond. */
    private static final Duration HTTP_ERROR = Duration.ofMillis(1);

    private static final String DATABASE_SETTING = "rehearsal.database";

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

    /** For one of several databases' own record: drills are the run's. */
    static RunStarted ofOneDatabase(Scenario scenario, RunClock clock, String harnessVersion, List<String> command) {
        return of(scenario.withoutDrills(), clock, harnessVersion, command);
    }

    /**
     * Of the server of one database, with what the instruments need.
     *
     * @param database from 1
     */
    static Map<String, String> settings(Scenario scenario, int database) {
        Map<String, String> settings = new LinkedHashMap<>(Instruments.serverSettings());
        settings.putAll(databaseSetting(scenario, database));
        return settings;
    }

    /**
     * Where there are several, each server says which it is, so that a migration can ask {@code current_setting}, or a baseline that makes the data of one
     * differ. Nothing where there is one.
     *
     * @param database from 1
     */
    static Map<String, String> databaseSetting(Scenario scenario, int database) {
        return scenario.databases().isPresent() ? Map.of(DATABASE_SETTING, String.valueOf(database)) : Map.of();
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
                changing(service.rate()),
                service.http()
                        .map(http ->
                                new HttpTiming(ApplicationNames.application(service.name()), HTTP_ERROR.toNanos())));
    }

    /** What is told of a service whose simulation talks HTTP: what its times are, and what they are not. */
    static InstrumentLimited timedBySending(String service, RunClock clock) {
        return new InstrumentLimited(
                clock.nowNanos(),
                "response times of " + service,
                "Its users are an HTTP simulation's: Gatling times each request in whole milliseconds, from when it was"
                        + " sent and not from when it was due.",
                "Each response is known to ± " + HTTP_ERROR.toMillis()
                        + " ms; what a request waited for before it was sent is not in it (a load generator that stood"
                        + " still, too few connections), so that lag, pool wait and service time are unknown. Which"
                        + " requests waited for a lock is unknown too: the server's log tells the service's sessions by"
                        + " their application_name, " + ApplicationNames.application(service) + ".",
                OptionalLong.empty());
    }

    /** What is told where no session has the name that a service was given for them. */
    static InstrumentLimited namesNoSession(String service, RunClock clock) {
        return new InstrumentLimited(
                clock.nowNanos(),
                InstrumentLimited.lockWaitsOf(service),
                "No session of the server has the application_name " + ApplicationNames.application(service)
                        + ", which DATABASE_URL, JDBC_DATABASE_URL and PGAPPNAME give to the service.",
                "Its lock waits are in the server's log, but nobody knows that they are its own.",
                OptionalLong.empty());
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
