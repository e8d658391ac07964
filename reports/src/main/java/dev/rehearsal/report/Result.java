package dev.rehearsal.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * {@code result.json}: the public contract of a run. Its schema is {@code result.schema.json} beside this class.
 *
 * <p>Times are milliseconds since the run's origin; durations are milliseconds, to the microsecond. What is not known is {@code null}, never a
 * made-up number.
 */
@JsonPropertyOrder({"schemaVersion", "verdict", "headline", "story"})
public record Result(
        int schemaVersion,
        String verdict,
        String headline,
        Story story,
        Run run,
        List<Finding> findings,
        Validity validity,
        Optional<Environment> environment,
        Optional<Dataset> dataset,
        List<Stage> stages,
        List<Step> steps,
        List<LintedStatement> lint,
        List<Deadlock> deadlocks,
        List<Fault> faults,
        List<Drill> drills,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<List<Database>> databases,
        Integrity integrity,
        Rollback rollback,
        List<String> notes) {
    /** Raised when a field changes its meaning or goes; new fields do not raise it. */
    public static final int SCHEMA_VERSION = 1;

    public Result {
        findings = List.copyOf(findings);
        stages = List.copyOf(stages);
        steps = List.copyOf(steps);
        lint = List.copyOf(lint);
        deadlocks = List.copyOf(deadlocks);
        faults = List.copyOf(faults);
        drills = List.copyOf(drills);
        databases = databases.map(List::copyOf);
        notes = List.copyOf(notes);
    }

    /**
     * One of several databases, judged as if there were no other.
     *
     * @param state {@code migrated}, {@code failed}, {@code left out} or {@code not reached}
     * @param startMillis of its migration; null if it had none, as is {@code endMillis}
     * @param schema after the migration of all; null if the run ended before
     * @param reasons why its instruments were not good enough; empty if they were
     * @param stages the stage {@code migration} is that of its own wave
     */
    public record Database(
            int number,
            int wave,
            String state,
            String verdict,
            OptionalDouble startMillis,
            OptionalDouble endMillis,
            Optional<String> failure,
            Optional<DatabaseSchema> schema,
            List<String> reasons,
            List<Finding> findings,
            List<Stage> stages,
            List<Step> steps,
            List<Fault> faults) {}

    /** @param beside number of the database that it is compared with */
    public record DatabaseSchema(String sha256, int beside, List<String> differences) {}

    /**
     * What the static view said of a statement beforehand, beside what was measured; those that disagree come first.
     *
     * @param step index in {@link Result#steps}
     * @param agrees null if the statement was not run
     */
    public record LintedStatement(
            int step,
            String name,
            String phase,
            String sql,
            Optional<String> notAnalysed,
            Optional<Boolean> agrees,
            List<LintAspect> aspects,
            List<LintHazard> hazards) {}

    /** @param aspect {@code outcome}, {@code rewrites}, {@code reads whole}, {@code locks} */
    public record LintAspect(String aspect, String predicted, String measured, boolean agrees) {}

    /** @param certainty {@code certain}, {@code likely}, {@code possible} */
    public record LintHazard(String rule, String certainty, String message, Optional<String> saferWay) {}

    /** @param subject the statement it is about; null if no single one */
    public record Story(Optional<String> subject, List<String> sentences, Optional<String> saferWay) {}

    /** @param outcome {@code completed}, {@code interrupted}, {@code broken}, or {@code killed} if the run has no end */
    public record Run(
            String scenario,
            String description,
            String scenarioFile,
            String startedAt,
            double durationMillis,
            String outcome,
            String harnessVersion,
            long seed,
            String arrivals,
            double arrivalsPerSecond,
            List<String> command) {}

    /** @param cause the statement of the migration that it comes from; null where it is no single one's, and of what passed */
    public record Finding(
            String objective,
            String status,
            String subject,
            OptionalDouble observed,
            OptionalDouble limit,
            String unit,
            String message,
            Source source,
            Optional<Interval> interval,
            Optional<Source> cause) {}

    /** In the finding's unit. */
    public record Interval(double low, double high, double confidence) {}

    public record Source(String file, int line) {}

    /** @param status {@code valid} or {@code invalid} */
    public record Validity(
            String status,
            List<String> reasons,
            OptionalDouble scheduleLagP99Millis,
            double generatorPauseMaxMillis,
            OptionalDouble baselineDriftPercent,
            OptionalDouble machineCpuBaselineFraction,
            OptionalDouble smallestLimitMillis,
            CrossCheck crossCheck,
            List<Limitation> limitations,
            List<Injector> injectors) {}

    /**
     * One of several load generators, or one that somebody else started.
     *
     * @param slice from 0
     * @param clock null: the harness's own
     */
    public record Injector(int slice, String place, long planned, long recorded, Optional<InjectorClock> clock) {}

    /**
     * @param offsetMillis how far the injector's clock, which counts from some moment of its own, was ahead of the harness's
     * @param driftMillis by how much that was more at the end of the load
     * @param errorMillis by how much times of this injector may be wrong beside others
     * @param wallOffsetMillis how far its wall clock, which times nothing, was ahead
     */
    public record InjectorClock(double offsetMillis, double driftMillis, double errorMillis, double wallOffsetMillis) {}

    /**
     * What an instrument had to do without.
     *
     * @param blindMillis what is shorter may be missed; null where that is no matter of time
     */
    public record Limitation(String instrument, String reason, String consequence, OptionalDouble blindMillis) {}

    public record CrossCheck(
            long victimWaits,
            long unmatchedWaits,
            OptionalDouble longestWaitMillis,
            OptionalDouble longestResponseMillis,
            OptionalDouble unexplainedMillis) {}

    public record Environment(
            String engine,
            String version,
            String runtime,
            String runtimeReason,
            String proxy,
            int replicas,
            Map<String, String> settings,
            long deadlockTimeoutMillis,
            Host host,
            Optional<Containers> containers,
            Optional<Pooler> pooler) {}

    /**
     * What stands in front of the primary.
     *
     * @param preparedStatements null: as its version does by itself
     * @param settings of its own that the scenario sets
     * @param mostClientsWaiting of all samples; null: none was taken
     * @param longestWaitMillis of a client for a session, of all samples; null likewise
     */
    public record Pooler(
            String program,
            String mode,
            int poolSize,
            OptionalInt preparedStatements,
            String migration,
            Map<String, String> settings,
            OptionalInt mostClientsWaiting,
            OptionalDouble longestWaitMillis) {}

    /** @param cpus and {@code memoryBytes}: the server's limits; null: none */
    public record Containers(
            String engine,
            String image,
            String imageId,
            String proxyImage,
            OptionalDouble cpus,
            OptionalLong memoryBytes) {}

    public record Host(int cpus, long memoryBytes, String os, String java) {}

    public record Dataset(
            String name,
            String fingerprint,
            Map<String, Long> rows,
            long bytes,
            double buildSeconds,
            double cloneSeconds,
            String cloneMethod) {}

    /** @param complete false if its end was never recorded */
    public record Stage(
            String name,
            String kind,
            double startMillis,
            double endMillis,
            boolean complete,
            List<Operation> operations,
            List<ReplicaLag> replicaLag) {}

    /**
     * How far a replica was behind at most.
     *
     * @param maxMillis within {@code errorMillis}, more or less
     * @param maxBytes of write-ahead log that it had not replayed
     */
    public record ReplicaLag(String replica, double maxMillis, double errorMillis, long maxBytes) {}

    /**
     * @param attempts of all arrivals: one each, and more where the service tries again
     * @param timedFrom {@code planned} arrival, by us; or {@code sent}, by Gatling in whole milliseconds, of an HTTP simulation: then lag, pool wait and
     *     service time are null
     * @param errorMillis by which each response may be off, either way
     */
    public record Operation(
            String service,
            String operation,
            String version,
            long arrivals,
            long attempts,
            long completed,
            long failed,
            long timedOut,
            Map<String, Long> errors,
            String timedFrom,
            double errorMillis,
            Durations response,
            Durations lag,
            Durations poolWait,
            Durations serviceTime) {}

    /** Milliseconds; of nothing, all of them are null. */
    public record Durations(
            OptionalDouble p50,
            OptionalDouble p90,
            OptionalDouble p99,
            OptionalDouble p999,
            OptionalDouble max,
            OptionalDouble mean) {}

    /**
     * @param status {@code succeeded}, {@code failed}, {@code timedOut}, {@code unknown}, {@code skipped}, or {@code unfinished} if its end was never recorded
     * @param message why it did not succeed
     * @param backfill of a step that was one and came as far as to begin
     */
    public record Step(
            String name,
            String kind,
            String phase,
            String status,
            int attempts,
            double startMillis,
            double endMillis,
            Source source,
            Optional<String> message,
            Optional<Backfill> backfill,
            List<Statement> statements) {}

    /** A step that changed rows in batches; its only statement is all of them together. */
    public record Backfill(
            String table,
            long rows,
            double rowsPerSecond,
            long batches,
            int walks,
            boolean resumed,
            int retries,
            int batchKeysLast,
            double longestBatchMillis,
            double busyMillis,
            double pausedMillis,
            Map<String, Double> throttledMillis,
            OptionalLong bytesBefore,
            OptionalLong bytesAfter,
            OptionalLong deadTuplesAfter) {}

    /** As last tried; waits, WAL and victims are those of all tries together, locks and rewrites those of any. */
    public record Statement(
            String sql,
            String status,
            Optional<String> sqlState,
            Optional<String> message,
            int attempts,
            double startMillis,
            double endMillis,
            double durationMillis,
            double waitedMillis,
            List<Rewrite> rewrites,
            List<Scan> scans,
            OptionalLong walBytes,
            List<Lock> locks,
            List<Victims> victims,
            List<Victims> poolVictims,
            List<SessionVictims> sessionVictims,
            List<InFront> waitedBehind) {}

    /** Waits of sessions of a service in front of the database, by the server's log; which requests they served is not known. */
    public record SessionVictims(String service, long waits, double maxWaitMillis, double totalWaitMillis) {}

    public record Rewrite(String relation, String reason, boolean ownRelation) {}

    public record Scan(String relation, long rows) {}

    public record Lock(
            String relation,
            String mode,
            double waitedMillis,
            double heldMillis,
            double errorMillis,
            boolean ownRelation) {}

    public record Victims(
            String service,
            String operation,
            long requests,
            long failed,
            Map<String, Long> errors,
            double maxWaitMillis,
            double totalWaitMillis,
            double maxResponseMillis) {}

    public record InFront(String name, String party, double blockedMillis) {}

    /**
     * Transactions that the server ended because they and others waited for each other.
     *
     * @param victim {@code application}, {@code migration}, {@code blocker}, {@code observer} or {@code other}
     * @param service of the application's; null for others
     * @param operations of the application that it befell; where the migration is the victim, those on the other side
     * @param step of the migration's statement that has a part in it, which is the victim itself where that is the migration; null if it has none;
     *     likewise {@code sql}
     * @param transactions how many were ended
     */
    public record Deadlock(
            String victim,
            Optional<String> service,
            List<String> operations,
            Optional<String> step,
            Optional<String> sql,
            String sqlState,
            long transactions,
            String message) {}

    /**
     * @param outages of each operation, of a fault that took the server away; of others none, likewise {@code errors}
     * @param connectionsLost under a request; null where it was not looked at
     */
    public record Fault(
            String kind,
            double startMillis,
            double endMillis,
            String description,
            String effect,
            boolean happened,
            List<Outage> outages,
            Map<String, Long> errors,
            OptionalLong connectionsLost) {}

    /** @param lastSuccessMillis before it, and {@code firstSuccessMillis} after it; null: there was none */
    public record Outage(
            String service,
            String operation,
            OptionalDouble lastSuccessMillis,
            OptionalDouble firstSuccessMillis,
            double durationMillis) {}

    /**
     * @param status {@code passed}, {@code failed} or {@code inconclusive}
     * @param decides whether the verdict depends on it: the scenario lists it, or an objective asks for it
     * @param operations of the application, where the drill tries them out; empty where it does not
     */
    public record Drill(
            String name,
            String status,
            boolean decides,
            double startMillis,
            double endMillis,
            String summary,
            List<DrillCheck> checks,
            List<TriedOperation> operations) {}

    /**
     * @param status {@code passed}, {@code failed}, {@code inconclusive}, or {@code noted}, which is neither
     * @param source null if it is about no single place
     */
    public record DrillCheck(String subject, String status, String message, Optional<Source> source) {}

    /**
     * @param boundary from 0: before the first step
     * @param after the step before; null before the first
     * @param kept over a session that had prepared its statements before that step
     */
    public record TriedOperation(
            int boundary,
            String phase,
            Optional<String> after,
            String service,
            String version,
            String operation,
            boolean kept,
            boolean works,
            Optional<String> sqlState,
            Optional<String> failure) {}

    /**
     * The account of the ledger; its numbers are null where no operation leaves entries in it.
     *
     * @param lost null too if not every write was looked for and none of those that were is lost; likewise {@code duplicated}
     * @param refusedYetPresent attempts that the server had refused and that are there all the same: a defect
     * @param verified whether every write was looked for, and the account adds up
     * @param doubt why not; null if it was
     * @param lostWrites the first of those lost
     */
    public record Integrity(
            List<String> operations,
            OptionalLong acknowledgedWrites,
            OptionalLong lost,
            OptionalLong duplicated,
            OptionalLong unknownOutcome,
            OptionalLong unknownYetPresent,
            OptionalLong cancelledWaits,
            OptionalLong refused,
            OptionalLong refusedYetPresent,
            OptionalLong attempts,
            boolean verified,
            Optional<String> doubt,
            List<ReadBack> readBacks,
            List<LostWrite> lostWrites) {}

    /** @param failure null if it could be read */
    public record ReadBack(String occasion, double startMillis, double endMillis, Optional<String> failure) {}

    /**
     * @param arrival its number within the service, from 0
     * @param missedAt the reading that first missed it
     */
    public record LostWrite(
            String service, String operation, long arrival, double acknowledgedMillis, String missedAt) {}

    /** @param status {@code succeeded}, {@code failed} or {@code notRun} */
    public record Rollback(
            String status,
            OptionalDouble durationMillis,
            Optional<Boolean> schemaRestored,
            Optional<Boolean> dataRestored,
            List<String> differences) {}
}
