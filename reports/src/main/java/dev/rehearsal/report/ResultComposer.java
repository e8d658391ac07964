package dev.rehearsal.report;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.DatabaseVerdict;
import dev.rehearsal.verdict.Deadlock;
import dev.rehearsal.verdict.DrillResult;
import dev.rehearsal.verdict.FaultEffect;
import dev.rehearsal.verdict.LedgerAccount;
import dev.rehearsal.verdict.Lint;
import dev.rehearsal.verdict.OperationStatistics;
import dev.rehearsal.verdict.Outage;
import dev.rehearsal.verdict.ReplicaLag;
import dev.rehearsal.verdict.RollbackResult;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.StatementImpact;
import dev.rehearsal.verdict.Timings;
import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Fills in {@link Result}. */
final class ResultComposer {
    private final RunRecord run;
    private final Verdict verdict;

    ResultComposer(RunRecord run, Verdict verdict) {
        this.run = run;
        this.verdict = verdict;
    }

    Result compose() {
        return new Result(
                Result.SCHEMA_VERSION,
                verdict.status().word(),
                verdict.story().headline(),
                new Result.Story(
                        verdict.story().subject(),
                        verdict.story().sentences(),
                        verdict.story().saferWay()),
                runFacts(),
                verdict.findings().stream().map(ResultComposer::finding).toList(),
                validity(),
                run.environment().map(ready -> environment(ready, run.poolerSamples())),
                run.dataset().map(ResultComposer::dataset),
                stages(),
                steps(),
                Lint.of(run).stream().map(ResultComposer::lint).toList(),
                verdict.deadlocks().stream().map(ResultComposer::deadlock).toList(),
                faults(),
                verdict.drills().stream().map(ResultComposer::drill).toList(),
                databases(),
                verdict.ledger().map(ResultComposer::integrity).orElseGet(ResultComposer::noLedger),
                rollback(),
                run.notes().stream().map(RunEvent.Noted::message).toList());
    }

    private List<Result.Stage> stages() {
        return verdict.stages().stream().map(this::stage).toList();
    }

    private List<Result.Step> steps() {
        return run.steps().stream().map(this::step).toList();
    }

    private List<Result.Fault> faults() {
        return run.faults().stream().map(this::fault).toList();
    }

    private Optional<List<Result.Database>> databases() {
        return verdict.databases().isEmpty()
                ? Optional.empty()
                : Optional.of(verdict.databases().stream()
                        .map(ResultComposer::database)
                        .toList());
    }

    private static Result.Database database(DatabaseVerdict verdict) {
        Optional<ResultComposer> there =
                verdict.judged().map(judged -> new ResultComposer(judged.run(), judged.verdict()));
        Optional<RunEvent.DatabaseMigrated> migrated =
                verdict.database().migration().filter(passage -> passage.status() != RunEvent.Status.SKIPPED);
        return new Result.Database(
                verdict.number(),
                verdict.database().wave(),
                verdict.state().word(),
                verdict.status().word(),
                migrated.map(passage -> OptionalDouble.of(millis(passage.startNanos())))
                        .orElse(OptionalDouble.empty()),
                migrated.map(passage -> OptionalDouble.of(millis(passage.atNanos())))
                        .orElse(OptionalDouble.empty()),
                migrated.flatMap(RunEvent.DatabaseMigrated::failure),
                verdict.database()
                        .schema()
                        .map(schema ->
                                new Result.DatabaseSchema(schema.sha256(), schema.beside(), schema.differences())),
                verdict.judged()
                        .map(judged -> judged.verdict().validity().reasons())
                        .orElse(List.of()),
                verdict.findings().stream().map(ResultComposer::finding).toList(),
                there.map(ResultComposer::stages).orElse(List.of()),
                there.map(ResultComposer::steps).orElse(List.of()),
                there.map(ResultComposer::faults).orElse(List.of()));
    }

    private static Result.LintedStatement lint(Lint lint) {
        return new Result.LintedStatement(
                lint.predicted().step(),
                lint.predicted().stepName(),
                lint.predicted().phase().name().toLowerCase(Locale.ROOT),
                lint.predicted().sql(),
                lint.predicted().notAnalysed(),
                lint.measured().map(measured -> lint.agrees()),
                lint.aspects().stream()
                        .map(aspect -> new Result.LintAspect(
                                aspect.name(), aspect.predicted(), aspect.measured(), aspect.agrees()))
                        .toList(),
                lint.predicted().hazards().stream()
                        .map(hazard -> new Result.LintHazard(
                                hazard.rule(),
                                hazard.certainty().name().toLowerCase(Locale.ROOT),
                                hazard.message(),
                                hazard.saferWay()))
                        .toList());
    }

    private Result.Run runFacts() {
        RunEvent.RunStarted started = run.started();
        return new Result.Run(
                started.scenario(),
                started.description(),
                started.scenarioFile(),
                started.wallClock().toString(),
                millis(run.lastSeenNanos() - started.atNanos()),
                run.end().map(e -> e.outcome().name().toLowerCase(Locale.ROOT)).orElse("killed"),
                started.harnessVersion(),
                started.seed(),
                started.arrivals(),
                started.highestRate(),
                started.command());
    }

    private static Result.Deadlock deadlock(Deadlock deadlock) {
        return new Result.Deadlock(
                deadlock.victim().name().toLowerCase(Locale.ROOT),
                deadlock.service(),
                deadlock.operations(),
                deadlock.cause().map(cause -> cause.step().name()),
                deadlock.cause().map(cause -> cause.statement().sql()),
                Deadlock.SQL_STATE,
                deadlock.times(),
                deadlock.sentence());
    }

    private static Result.Finding finding(dev.rehearsal.verdict.Finding finding) {
        return new Result.Finding(
                finding.objective(),
                finding.status().word(),
                finding.subject(),
                finding.observed(),
                finding.limit(),
                finding.unit(),
                finding.message(),
                source(finding.source()),
                finding.interval()
                        .map(interval -> new Result.Interval(interval.low(), interval.high(), interval.confidence())),
                finding.cause().map(ResultComposer::source));
    }

    private static Result.Source source(SourceLocation location) {
        return new Result.Source(location.file(), location.line());
    }

    private Result.Validity validity() {
        var validity = verdict.validity();
        var check = validity.crossCheck();
        return new Result.Validity(
                validity.valid() ? "valid" : "invalid",
                validity.reasons(),
                rounded(validity.scheduleLagP99Millis()),
                rounded(validity.generatorPauseMaxMillis()),
                rounded(validity.baselineDriftPercent()),
                rounded(validity.machineCpuBaselineFraction()),
                rounded(validity.smallestLimitMillis()),
                new Result.CrossCheck(
                        check.victimWaits(),
                        check.unmatchedWaits(),
                        rounded(check.longestWaitMillis()),
                        rounded(check.longestResponseMillis()),
                        rounded(check.unexplainedMillis())),
                run.limitations().stream().map(ResultComposer::limitation).toList(),
                run.injectors().stream().map(ResultComposer::injector).toList());
    }

    private static Result.Injector injector(RunEvent.InjectorEnded injector) {
        return new Result.Injector(
                injector.slice(),
                injector.place(),
                injector.planned(),
                injector.recorded(),
                injector.clock()
                        .map(clock -> new Result.InjectorClock(
                                millis(clock.before().offsetNanos()),
                                millis(clock.driftNanos()),
                                millis(clock.errorNanos()),
                                millis(clock.wallOffsetNanos()))));
    }

    private static Result.Limitation limitation(RunEvent.InstrumentLimited limited) {
        return new Result.Limitation(
                limited.instrument(),
                limited.reason(),
                limited.consequence(),
                limited.blindNanos().isPresent()
                        ? OptionalDouble.of(millis(limited.blindNanos().getAsLong()))
                        : OptionalDouble.empty());
    }

    private static Result.Environment environment(
            RunEvent.EnvironmentReady ready, List<RunEvent.PoolerSampled> samples) {
        return new Result.Environment(
                ready.engine(),
                ready.version(),
                ready.runtime(),
                ready.runtimeReason(),
                ready.proxy(),
                ready.replicas(),
                sorted(ready.settings()),
                ready.deadlockTimeoutMillis(),
                new Result.Host(
                        ready.host().cpus(),
                        ready.host().memoryBytes(),
                        ready.host().os(),
                        ready.host().java()),
                ready.containers()
                        .map(containers -> new Result.Containers(
                                containers.engine(),
                                containers.image(),
                                containers.imageId(),
                                containers.proxyImage(),
                                containers.cpus(),
                                containers.memoryBytes())),
                ready.pooler().map(pooler -> pooler(pooler, samples)));
    }

    private static Result.Pooler pooler(RunEvent.PoolerFacts pooler, List<RunEvent.PoolerSampled> samples) {
        return new Result.Pooler(
                pooler.program(),
                pooler.mode(),
                pooler.poolSize(),
                pooler.preparedStatements(),
                pooler.migration(),
                sorted(pooler.settings()),
                samples.stream()
                        .mapToInt(RunEvent.PoolerSampled::clientsWaiting)
                        .max(),
                samples.stream()
                        .mapToDouble(sample -> millis(sample.longestWaitNanos()))
                        .max());
    }

    private static Result.Dataset dataset(RunEvent.DatasetReady ready) {
        return new Result.Dataset(
                ready.name(),
                ready.fingerprint(),
                sorted(ready.rows()),
                ready.bytes(),
                ready.buildSeconds(),
                ready.cloneSeconds(),
                ready.cloneMethod());
    }

    /** The same run gives the same text. */
    private static <V> Map<String, V> sorted(Map<String, V> map) {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }

    private Result.Stage stage(StageStatistics stage) {
        return new Result.Stage(
                stage.stage().word(),
                stage.stage().word(),
                millis(stage.span().startNanos()),
                millis(stage.span().endNanos()),
                stage.span().complete(),
                stage.operations().stream().map(this::operation).toList(),
                ReplicaLag.between(run, stage.span().startNanos(), stage.span().endNanos()).stream()
                        .map(ResultComposer::replicaLag)
                        .toList());
    }

    private static Result.ReplicaLag replicaLag(ReplicaLag lag) {
        return new Result.ReplicaLag(
                lag.worst().replica(),
                millis(lag.worst().lagNanos()),
                millis(lag.worst().errorNanos()),
                lag.mostBytes());
    }

    private Result.Operation operation(OperationStatistics operation) {
        Optional<RunEvent.HttpTiming> http = run.http(operation.service());
        return new Result.Operation(
                operation.service(),
                operation.operation(),
                operation.version(),
                operation.arrivals(),
                operation.attempts(),
                operation.completed(),
                operation.failed(),
                operation.timedOut(),
                operation.errors(),
                http.isPresent() ? "sent" : "planned",
                http.map(timing -> millis(timing.errorNanos())).orElse(0.0),
                durations(operation.response()),
                durations(operation.lag()),
                durations(operation.poolWait()),
                durations(operation.serviceTime()));
    }

    private static Result.Durations durations(Timings timings) {
        if (timings.count() == 0) {
            OptionalDouble none = OptionalDouble.empty();
            return new Result.Durations(none, none, none, none, none, none);
        }
        return new Result.Durations(
                some(timings.percentileMillis(50)),
                some(timings.percentileMillis(90)),
                some(timings.percentileMillis(99)),
                some(timings.percentileMillis(99.9)),
                some(timings.maxMillis()),
                some(timings.meanMillis()));
    }

    private Result.Step step(StepRun step) {
        List<Result.Statement> statements = new ArrayList<>();
        for (StatementImpact impact : verdict.impacts()) {
            if (impact.step().index() == step.index()) {
                statements.add(statement(impact));
            }
        }
        return new Result.Step(
                step.name(),
                step.kind(),
                step.phase().name().toLowerCase(Locale.ROOT),
                step.complete() ? status(step.status()) : "unfinished",
                step.attempts(),
                millis(step.startNanos()),
                millis(step.endNanos()),
                source(step.location()),
                step.failure(),
                step.backfill().map(backfill -> backfill(step, backfill)),
                statements);
    }

    private static Result.Backfill backfill(StepRun step, RunEvent.BackfillEnded backfill) {
        Map<String, Double> throttled = new TreeMap<>();
        backfill.throttledNanos().forEach((reason, nanos) -> throttled.put(reason, millis(nanos)));
        return new Result.Backfill(
                backfill.table(),
                backfill.rows(),
                rounded(backfill.rows() * 1e9 / Math.max(1, step.endNanos() - step.startNanos())),
                backfill.batches(),
                backfill.walks(),
                backfill.resumed(),
                backfill.retries(),
                backfill.batchKeysLast(),
                millis(backfill.longestBatchNanos()),
                millis(backfill.busyNanos()),
                millis(backfill.pausedNanos()),
                throttled,
                backfill.bytesBefore(),
                backfill.bytesAfter(),
                backfill.deadTuplesAfter());
    }

    private static String status(RunEvent.Status status) {
        return switch (status) {
            case SUCCEEDED -> "succeeded";
            case FAILED -> "failed";
            case TIMED_OUT -> "timedOut";
            case UNKNOWN -> "unknown";
            case SKIPPED -> "skipped";
        };
    }

    private static Result.Statement statement(StatementImpact impact) {
        var statement = impact.statement();
        return new Result.Statement(
                statement.sql(),
                status(statement.status()),
                statement.last().sqlState(),
                statement.last().message(),
                statement.attempts(),
                millis(statement.last().sentNanos()),
                millis(statement.last().returnedNanos()),
                millis(statement.durationNanos()),
                millis(statement.waitedNanos()),
                statement.rewrites().stream()
                        .map(r -> new Result.Rewrite(r.relation(), r.reason(), r.ownRelation()))
                        .toList(),
                statement.scans().stream()
                        .map(s -> new Result.Scan(s.relation(), s.rows()))
                        .toList(),
                statement.walBytes(),
                statement.locks().stream()
                        .map(l -> new Result.Lock(
                                l.relation(),
                                l.mode(),
                                millis(l.waitedNanos()),
                                millis(l.heldNanos()),
                                millis(l.errorNanos()),
                                l.ownRelation()))
                        .toList(),
                impact.victims().stream().map(ResultComposer::victims).toList(),
                impact.poolVictims().stream().map(ResultComposer::victims).toList(),
                impact.sessionVictims().stream()
                        .map(v -> new Result.SessionVictims(
                                v.service(), v.waits(), millis(v.maxWaitNanos()), millis(v.totalWaitNanos())))
                        .toList(),
                impact.inFront().stream()
                        .map(f -> new Result.InFront(
                                f.name(), f.party().name().toLowerCase(Locale.ROOT), millis(f.blockedNanos())))
                        .toList());
    }

    private static Result.Victims victims(dev.rehearsal.verdict.Victims victims) {
        return new Result.Victims(
                victims.service(),
                victims.operation(),
                victims.requests(),
                victims.failed(),
                victims.errors(),
                millis(victims.maxWaitNanos()),
                millis(victims.totalWaitNanos()),
                millis(victims.maxResponseNanos()));
    }

    private Result.Fault fault(FaultRun fault) {
        Optional<FaultEffect> felt = verdict.effect(fault.index());
        return new Result.Fault(
                fault.kind(),
                millis(fault.startNanos()),
                millis(fault.endNanos()),
                fault.description(),
                felt.map(effect -> fault.effect() + " " + effect.sentence()).orElse(fault.effect()),
                fault.happened(),
                felt.map(effect -> effect.outages().stream()
                                .map(ResultComposer::outage)
                                .toList())
                        .orElse(List.of()),
                felt.<Map<String, Long>>map(FaultEffect::errors).orElse(Map.of()),
                felt.map(effect -> OptionalLong.of(effect.connectionsLost())).orElse(OptionalLong.empty()));
    }

    private static Result.Outage outage(Outage outage) {
        return new Result.Outage(
                outage.service(),
                outage.operation(),
                millis(outage.lastSuccessNanos()),
                millis(outage.firstSuccessNanos()),
                millis(outage.durationNanos()));
    }

    private static Result.Drill drill(DrillResult drill) {
        return new Result.Drill(
                drill.run().name(),
                drill.status().word(),
                drill.decides(),
                millis(drill.run().startNanos()),
                millis(drill.run().endNanos()),
                drill.summary(),
                drill.seen().stream()
                        .map(seen -> new Result.DrillCheck(
                                seen.subject(),
                                DrillResult.word(seen.sight()),
                                seen.message(),
                                seen.location().map(ResultComposer::source)))
                        .toList(),
                drill.run().operations().stream()
                        .map(tried -> new Result.TriedOperation(
                                tried.boundary(),
                                tried.phase().name().toLowerCase(Locale.ROOT),
                                tried.after(),
                                tried.service(),
                                tried.version(),
                                tried.operation(),
                                tried.kept(),
                                tried.failure().isEmpty(),
                                tried.sqlState(),
                                tried.failure()))
                        .toList());
    }

    private static OptionalDouble millis(OptionalLong nanos) {
        return nanos.isPresent() ? OptionalDouble.of(millis(nanos.getAsLong())) : OptionalDouble.empty();
    }

    private Result.Rollback rollback() {
        RollbackResult rollback = verdict.rollback();
        return new Result.Rollback(
                rollback.status().word(),
                rollback.status() == RollbackResult.Status.NOT_RUN
                        ? OptionalDouble.empty()
                        : some(rollback.durationNanos() / 1e6),
                rollback.schemaRestored(),
                Optional.empty(),
                rollback.differences());
    }

    private static Result.Integrity noLedger() {
        OptionalLong none = OptionalLong.empty();
        return new Result.Integrity(
                List.of(),
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                false,
                Optional.empty(),
                List.of(),
                List.of());
    }

    private static Result.Integrity integrity(LedgerAccount account) {
        boolean known = account.verified() || account.lost() > 0;
        return new Result.Integrity(
                account.operations(),
                OptionalLong.of(account.acknowledged()),
                known ? OptionalLong.of(account.lost()) : OptionalLong.empty(),
                known ? OptionalLong.of(account.duplicated()) : OptionalLong.empty(),
                OptionalLong.of(account.unknown()),
                known ? OptionalLong.of(account.unknownPresent()) : OptionalLong.empty(),
                OptionalLong.of(account.cancelledWaits()),
                OptionalLong.of(account.refused()),
                OptionalLong.of(account.refusedPresent()),
                OptionalLong.of(account.attempts()),
                account.verified(),
                account.doubt(),
                account.readings().stream()
                        .map(reading -> new Result.ReadBack(
                                reading.occasion(),
                                millis(reading.begunNanos()),
                                millis(reading.atNanos()),
                                reading.failure()))
                        .toList(),
                account.losses().stream()
                        .map(loss -> new Result.LostWrite(
                                loss.service(),
                                loss.operation(),
                                loss.arrival(),
                                millis(loss.acknowledgedNanos()),
                                loss.occasion()))
                        .toList());
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    private static OptionalDouble some(double value) {
        return OptionalDouble.of(rounded(value));
    }

    private static OptionalDouble rounded(OptionalDouble value) {
        return value.isPresent() ? some(value.getAsDouble()) : value;
    }

    private static double rounded(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
