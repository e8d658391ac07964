package dev.rehearsal.run;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Stage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One observation, one line of {@code events.ndjson}. {@code atNanos} is when it was complete, since the run's origin.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RunEvent.RunStarted.class, name = "runStarted"),
    @JsonSubTypes.Type(value = RunEvent.EnvironmentReady.class, name = "environmentReady"),
    @JsonSubTypes.Type(value = RunEvent.DatasetReady.class, name = "datasetReady"),
    @JsonSubTypes.Type(value = RunEvent.StageStarted.class, name = "stageStarted"),
    @JsonSubTypes.Type(value = RunEvent.StageEnded.class, name = "stageEnded"),
    @JsonSubTypes.Type(value = RunEvent.StatementPredicted.class, name = "prediction"),
    @JsonSubTypes.Type(value = RunEvent.StepStarted.class, name = "stepStarted"),
    @JsonSubTypes.Type(value = RunEvent.StatementObserved.class, name = "statement"),
    @JsonSubTypes.Type(value = RunEvent.StepEnded.class, name = "stepEnded"),
    @JsonSubTypes.Type(value = RunEvent.Deploying.class, name = "deploying"),
    @JsonSubTypes.Type(value = RunEvent.BackfillProgressed.class, name = "backfillProgressed"),
    @JsonSubTypes.Type(value = RunEvent.BackfillEnded.class, name = "backfillEnded"),
    @JsonSubTypes.Type(value = RunEvent.FaultStarted.class, name = "faultStarted"),
    @JsonSubTypes.Type(value = RunEvent.FaultEnded.class, name = "faultEnded"),
    @JsonSubTypes.Type(value = RunEvent.LockWaited.class, name = "lockWait"),
    @JsonSubTypes.Type(value = RunEvent.ServerSampled.class, name = "serverSample"),
    @JsonSubTypes.Type(value = RunEvent.ReplicaSampled.class, name = "replicaSample"),
    @JsonSubTypes.Type(value = RunEvent.PoolerSampled.class, name = "poolerSample"),
    @JsonSubTypes.Type(value = RunEvent.SessionStateFound.class, name = "sessionState"),
    @JsonSubTypes.Type(value = RunEvent.Paused.class, name = "pause"),
    @JsonSubTypes.Type(value = RunEvent.SchemaCompared.class, name = "schemaCompared"),
    @JsonSubTypes.Type(value = RunEvent.DrillsPlanned.class, name = "drillsPlanned"),
    @JsonSubTypes.Type(value = RunEvent.DrillStarted.class, name = "drillStarted"),
    @JsonSubTypes.Type(value = RunEvent.DrillObserved.class, name = "drillObserved"),
    @JsonSubTypes.Type(value = RunEvent.OperationTried.class, name = "operationTried"),
    @JsonSubTypes.Type(value = RunEvent.DrillEnded.class, name = "drillEnded"),
    @JsonSubTypes.Type(value = RunEvent.DatabasesPlanned.class, name = "databasesPlanned"),
    @JsonSubTypes.Type(value = RunEvent.DatabaseMigrated.class, name = "databaseMigrated"),
    @JsonSubTypes.Type(value = RunEvent.DatabaseSchema.class, name = "databaseSchema"),
    @JsonSubTypes.Type(value = RunEvent.LedgerRead.class, name = "ledgerRead"),
    @JsonSubTypes.Type(value = RunEvent.InstrumentTrouble.class, name = "instrumentTrouble"),
    @JsonSubTypes.Type(value = RunEvent.InstrumentLimited.class, name = "instrumentLimited"),
    @JsonSubTypes.Type(value = RunEvent.Noted.class, name = "note"),
    @JsonSubTypes.Type(value = RunEvent.InjectorEnded.class, name = "injectorEnded"),
    @JsonSubTypes.Type(value = RunEvent.LoadEnded.class, name = "loadEnded"),
    @JsonSubTypes.Type(value = RunEvent.RunEnded.class, name = "runEnded")
})
public sealed interface RunEvent {
    long atNanos();

    /** First event of every run: all that the judge needs of the scenario. */
    record RunStarted(
            long atNanos,
            Instant wallClock,
            String harnessVersion,
            String scenario,
            String description,
            String scenarioFile,
            long seed,
            String arrivals,
            List<ServicePlan> services,
            List<Objective> objectives,
            List<String> command)
            implements RunEvent {
        public RunStarted {
            services = List.copyOf(services);
            objectives = List.copyOf(objectives);
            command = List.copyOf(command);
        }

        /** Arrivals per second over all services, each at its lowest. */
        public double lowestRate() {
            return services.stream().mapToDouble(ServicePlan::lowestRate).sum();
        }

        /** Arrivals per second over all services, each at its highest. */
        public double highestRate() {
            return services.stream().mapToDouble(ServicePlan::arrivalsPerSecond).sum();
        }
    }

    /**
     * @param arrivalsPerSecond at its highest, if it changes
     * @param statementTimeoutNanos empty: none
     * @param retry what it tries again; empty: nothing, and of runs that were recorded before it was
     * @param changing how the rate changes; empty: it does not
     * @param http how its requests are timed where they go to a service in front of the database; empty: by us, from their planned arrival
     */
    record ServicePlan(
            String name,
            double arrivalsPerSecond,
            int poolSize,
            long connectionTimeoutNanos,
            OptionalLong statementTimeoutNanos,
            Optional<RetryPlan> retry,
            List<OperationPlan> operations,
            Optional<ChangingRate> changing,
            Optional<HttpTiming> http) {
        public ServicePlan {
            operations = List.copyOf(operations);
        }

        /** One whose requests go to the database. */
        public ServicePlan(
                String name,
                double arrivalsPerSecond,
                int poolSize,
                long connectionTimeoutNanos,
                OptionalLong statementTimeoutNanos,
                Optional<RetryPlan> retry,
                List<OperationPlan> operations,
                Optional<ChangingRate> changing) {
            this(
                    name,
                    arrivalsPerSecond,
                    poolSize,
                    connectionTimeoutNanos,
                    statementTimeoutNanos,
                    retry,
                    operations,
                    changing,
                    Optional.empty());
        }

        /** Arrivals per second. */
        public double lowestRate() {
            return changing.map(ChangingRate::points).stream()
                    .flatMap(List::stream)
                    .mapToDouble(RatePoint::perSecond)
                    .min()
                    .orElse(arrivalsPerSecond);
        }

        /** One that tries nothing again, at a rate that is always the same. */
        public ServicePlan(
                String name,
                double arrivalsPerSecond,
                int poolSize,
                long connectionTimeoutNanos,
                OptionalLong statementTimeoutNanos,
                List<OperationPlan> operations) {
            this(
                    name,
                    arrivalsPerSecond,
                    poolSize,
                    connectionTimeoutNanos,
                    statementTimeoutNanos,
                    Optional.empty(),
                    operations,
                    Optional.empty());
        }
    }

    /**
     * Requests of an HTTP simulation, timed by Gatling from when they were sent: of them neither lag nor pool wait nor service time is known, nor the
     * server's session that served them.
     *
     * @param applicationName of the service's sessions, if it takes it
     * @param errorNanos by which a response time may be off, either way
     */
    record HttpTiming(String applicationName, long errorNanos) {}

    /**
     * A rate that changes: straight between its points.
     *
     * @param repeatsNanos after which it begins again; empty: it stays as at the last point
     */
    record ChangingRate(List<RatePoint> points, OptionalLong repeatsNanos) {
        public ChangingRate {
            points = List.copyOf(points);
        }
    }

    /** @param atNanos since the load's beginning */
    record RatePoint(long atNanos, double perSecond) {}

    /**
     * What a service tries again.
     *
     * @param on SQLStates
     * @param attempts the first among them
     * @param backoffNanos before the second attempt; twice as long before each one after
     */
    record RetryPlan(List<String> on, int attempts, long backoffNanos) {
        public RetryPlan {
            on = List.copyOf(on);
        }
    }

    record OperationPlan(String name, double arrivalsPerSecond, boolean writes) {}

    /**
     * @param engine {@code postgresql}
     * @param version as the server says, such as {@code 18.6}
     * @param runtime {@code local} or {@code containers}
     * @param runtimeReason why this runtime: a sentence
     * @param proxy which fault proxy is in the path: a phrase
     * @param settings those that differ from the server's defaults
     * @param deadlockTimeoutMillis the setting under which waits shorter than it are not logged
     * @param containers for the runtime {@code containers}
     * @param pooler what stands in front of the primary; empty: nothing, and of runs that were recorded before there was
     */
    record EnvironmentReady(
            long atNanos,
            String engine,
            String version,
            String runtime,
            String runtimeReason,
            String proxy,
            int replicas,
            Map<String, String> settings,
            long deadlockTimeoutMillis,
            HostFacts host,
            Optional<ContainerFacts> containers,
            Optional<PoolerFacts> pooler)
            implements RunEvent {
        public EnvironmentReady {
            settings = Map.copyOf(settings);
        }

        /** One without a pooler. */
        public EnvironmentReady(
                long atNanos,
                String engine,
                String version,
                String runtime,
                String runtimeReason,
                String proxy,
                int replicas,
                Map<String, String> settings,
                long deadlockTimeoutMillis,
                HostFacts host,
                Optional<ContainerFacts> containers) {
            this(
                    atNanos,
                    engine,
                    version,
                    runtime,
                    runtimeReason,
                    proxy,
                    replicas,
                    settings,
                    deadlockTimeoutMillis,
                    host,
                    containers,
                    Optional.empty());
        }
    }

    /**
     * Servers in containers.
     *
     * @param engine such as {@code Docker 28.2.2}
     * @param image the server's, as it was asked for
     * @param imageId which that was
     * @param cpus that the server may use; empty: all of the machine
     * @param memoryBytes that the server may use; empty: all of the machine
     */
    record ContainerFacts(
            String engine,
            String image,
            String imageId,
            String proxyImage,
            OptionalDouble cpus,
            OptionalLong memoryBytes) {}

    /**
     * A pooler in front of the primary.
     *
     * @param program such as {@code PgBouncer 1.18.0}
     * @param mode {@code session} or {@code transaction}
     * @param poolSize connections to the server, at most, of each user
     * @param preparedStatements that the scenario has it keep track of; empty: as its version does by itself
     * @param migration {@code pooled}, or {@code direct} around it
     * @param settings of its own that the scenario sets; empty of runs that were recorded before there were any
     */
    record PoolerFacts(
            String program,
            String mode,
            int poolSize,
            OptionalInt preparedStatements,
            String migration,
            Map<String, String> settings) {
        public PoolerFacts {
            settings = Map.copyOf(Objects.requireNonNullElse(settings, Map.of()));
        }

        /** Whether a client's next transaction may be in another session. */
        public boolean shares() {
            return mode.equals("transaction");
        }

        /** Whether that is so for the migration. */
        public boolean sharesMigration() {
            return shares() && migration.equals("pooled");
        }
    }

    /**
     * State of a session that a pooler gave to somebody else, or to nobody.
     *
     * @param setting such as {@code lock_timeout}; of an advisory lock its keys
     * @param value that it has in the session; of what was lost, that it has instead
     * @param backendPid of the session
     * @param step in which it was seen to be lost; empty: it was found after the timeline
     * @param location of the statement that ran without it; empty likewise
     */
    record SessionStateFound(
            long atNanos,
            SessionState kind,
            String setting,
            String value,
            int backendPid,
            OptionalInt step,
            Optional<SourceLocation> location)
            implements RunEvent {}

    /** What became of a session's state. */
    enum SessionState {
        /** A setting that somebody has set for himself is still set in a session that others are served by. */
        LEAKED_SETTING,
        /** An advisory lock of a session is still held, though nobody who could release it is there. */
        LEAKED_LOCK,
        /** A statement ran in a session that has not what had been set before. */
        LOST_SETTING
    }

    /**
     * How a pooler was at a moment, over all its pools that lead to the primary.
     *
     * @param clientsServed that have a connection to the server
     * @param clientsWaiting that wait for one
     * @param serversBusy connections to the server that serve a client
     * @param serversIdle those that do not
     * @param longestWaitNanos of the client that waits for longest now; 0: none waits
     */
    record PoolerSampled(
            long atNanos,
            int clientsServed,
            int clientsWaiting,
            int serversBusy,
            int serversIdle,
            long longestWaitNanos)
            implements RunEvent {}

    record HostFacts(int cpus, long memoryBytes, String os, String java) {}

    /**
     * @param buildSeconds 0 when the snapshot was at hand
     * @param cloneMethod {@code reflink} or {@code copy}
     */
    record DatasetReady(
            long atNanos,
            String name,
            String fingerprint,
            Map<String, Long> rows,
            long bytes,
            double buildSeconds,
            double cloneSeconds,
            String cloneMethod)
            implements RunEvent {
        public DatasetReady {
            rows = Map.copyOf(rows);
        }
    }

    record StageStarted(long atNanos, Stage stage) implements RunEvent {}

    record StageEnded(long atNanos, Stage stage) implements RunEvent {}

    /**
     * What the static view says of one statement, before anything of the migration has run.
     *
     * @param step index of the step, as in {@link StepStarted}
     * @param statement index within the step, from 0
     * @param notAnalysed why the text could not be read, a phrase; empty if it was. What the copy of the schema showed is told all the same
     * @param refusal what the server says against it on a copy of the schema without rows; empty if it does it
     * @param locksKnown whether {@code locks} could be seen; else it is empty
     * @param locks the strongest on each relation that was there before the migration
     * @param rewrites tables that are written anew
     * @param scansKnown whether {@code scans} is all of them; not where rows are read or changed as a query wants it, and not where
     *     a statement works in several transactions
     * @param scans tables that are read whole
     * @param indexes names of what locks are not listed of
     */
    record StatementPredicted(
            long atNanos,
            int step,
            int statement,
            String stepName,
            Phase phase,
            String sql,
            SourceLocation location,
            Optional<String> notAnalysed,
            Optional<ExpectedRefusal> refusal,
            boolean locksKnown,
            List<ExpectedLock> locks,
            List<String> rewrites,
            boolean scansKnown,
            List<ExpectedScan> scans,
            List<String> indexes,
            List<Hazard> hazards)
            implements RunEvent {
        public StatementPredicted {
            locks = List.copyOf(locks);
            rewrites = List.copyOf(rewrites);
            scans = List.copyOf(scans);
            indexes = List.copyOf(indexes);
            hazards = List.copyOf(hazards);
        }
    }

    /** @param certain false: it depends on the rows */
    record ExpectedRefusal(String sqlState, String message, boolean certain) {}

    /** @param mode such as {@code AccessExclusive} */
    record ExpectedLock(String relation, String mode) {}

    /**
     * @param rows of the table before the migration
     * @param certain false: the server may find what it looks for by an index instead
     */
    record ExpectedScan(String relation, long rows, boolean certain) {}

    /**
     * A rule of the static view that applies to a statement.
     *
     * @param rule its name, such as {@code volatile-default}
     * @param message what it means here, a phrase
     * @param saferWay what to do instead; empty: nothing better is known
     */
    record Hazard(String rule, Certainty certainty, String message, Optional<String> saferWay) {}

    /** How sure the static view is of a hazard. */
    enum Certainty {
        /** A server did it on a copy of the schema, or its documentation says so of exactly this. */
        CERTAIN,
        /** It follows from the text and the catalogs. */
        LIKELY,
        /** It depends on rows or on other sessions. */
        POSSIBLE
    }

    /** @param index from 0 over all steps of the run, migration first, then rollback */
    record StepStarted(long atNanos, int index, String name, String kind, Phase phase, SourceLocation location)
            implements RunEvent {}

    /** Which way a step goes. */
    enum Phase {
        MIGRATION,
        ROLLBACK
    }

    /**
     * @param attempts 1 when it went well at once
     * @param failure why it did not succeed; empty where it did, and of runs that were recorded before it was
     */
    record StepEnded(long atNanos, int index, Status status, int attempts, Optional<String> failure)
            implements RunEvent {
        /** One that succeeded, or of which nothing is known but that. */
        public StepEnded(long atNanos, int index, Status status, int attempts) {
            this(atNanos, index, status, attempts, Optional.empty());
        }
    }

    enum Status {
        SUCCEEDED,
        FAILED,
        /** Ended by the time limit. */
        TIMED_OUT,
        /** The commit was sent, and the connection broke before there was an answer: the client cannot know. */
        UNKNOWN,
        /** Not run, because an earlier step failed. */
        SKIPPED
    }

    /**
     * One try of one statement of a step. Times: {@code sentNanos <= returnedNanos <= transactionEndedNanos}.
     *
     * @param statement index within the step, from 0
     * @param attempt from 1
     * @param backendPid of the session that ran it
     * @param transactionEndSentNanos when COMMIT (or ROLLBACK) was sent; in autocommit the statement's own sent time
     * @param waitedNanos for locks, by the server's log; 0 if it never waited longer than {@code deadlock_timeout}
     * @param walBytes empty if not measurable
     */
    record StatementObserved(
            long atNanos,
            int step,
            int statement,
            int attempt,
            String sql,
            SourceLocation location,
            Status status,
            Optional<String> sqlState,
            Optional<String> message,
            int backendPid,
            long sentNanos,
            long returnedNanos,
            long transactionEndSentNanos,
            long transactionEndedNanos,
            long waitedNanos,
            List<Rewrite> rewrites,
            List<Scan> scans,
            OptionalLong walBytes,
            List<LockHeld> locks)
            implements RunEvent {
        public StatementObserved {
            rewrites = List.copyOf(rewrites);
            scans = List.copyOf(scans);
            locks = List.copyOf(locks);
        }
    }

    /**
     * @param reason {@code column default} (2), {@code column type} (4), {@code persistence} (1), {@code access method} (8), joined by {@code ", "}
     * @param ownRelation whether the migration made it, so that nobody else waited
     */
    record Rewrite(String relation, String reason, boolean ownRelation) {
        /** Of a table that was there before. */
        public Rewrite(String relation, String reason) {
            this(relation, reason, false);
        }
    }

    /** A sequential scan of a whole relation hidden in a statement. */
    record Scan(String relation, long rows) {}

    /**
     * A lock that the statement took, held until its transaction ended. The true hold lies within {@code heldNanos ± errorNanos}.
     *
     * @param relation its name, schema-qualified unless in {@code public}
     * @param mode such as {@code AccessExclusive} (without the word Lock)
     * @param ownRelation created by the migration itself: blocks nobody, is never judged
     * @param fromNanos best estimate of when it was granted; {@code fromNanos + heldNanos} of when it was released
     */
    record LockHeld(
            String relation,
            String mode,
            long waitedNanos,
            long fromNanos,
            long heldNanos,
            long errorNanos,
            boolean ownRelation) {}

    /**
     * How far a backfill is, about once a second.
     *
     * @param keys that the batches of this walk over the table have covered
     * @param keysEstimated of the table, as the planner has it, and not fewer than {@code keys}
     * @param rows changed since the step began
     * @param batchKeys of the next batch
     * @param remainingNanos of this walk, by the pace so far; empty: not known yet
     */
    record BackfillProgressed(
            long atNanos,
            int step,
            int walk,
            long keys,
            long keysEstimated,
            long rows,
            long batches,
            int batchKeys,
            OptionalLong remainingNanos)
            implements RunEvent {}

    /**
     * What a backfill was, when it is over, also when it failed.
     *
     * @param table as the server names it
     * @param rows changed since the step began
     * @param batches that changed anything
     * @param walks over the table: one more than those that found anything, unless it gave up
     * @param resumed whether it went on where an earlier one was cut off
     * @param retries of batches
     * @param batchKeysLast of the last batch
     * @param longestBatchNanos from its first message to its commit's answer
     * @param busyNanos in batches; the rest of the step is waiting
     * @param pausedNanos as the scenario says, between batches
     * @param throttledNanos by what held it up: {@code replicaLag}, {@code p99}, {@code lockQueue}
     * @param bytesBefore of the table with its indexes; empty: not measurable
     * @param deadTuplesAfter that the server counts and autovacuum has not removed yet
     */
    record BackfillEnded(
            long atNanos,
            int step,
            String table,
            long rows,
            long batches,
            int walks,
            boolean resumed,
            int retries,
            int batchKeysLast,
            long longestBatchNanos,
            long busyNanos,
            long pausedNanos,
            Map<String, Long> throttledNanos,
            OptionalLong bytesBefore,
            OptionalLong bytesAfter,
            OptionalLong deadTuplesAfter)
            implements RunEvent {
        public BackfillEnded {
            throttledNanos = Map.copyOf(throttledNanos);
        }
    }

    /**
     * A service moves to another version. An arrival meets it with the share of the time between start and end that has passed at its planned instant.
     *
     * @param version {@code old} for what the service was in the beginning
     */
    record Deploying(long atNanos, String service, String version, long startNanos, long endNanos)
            implements RunEvent {}

    record FaultStarted(long atNanos, int index, String kind, String description) implements RunEvent {}

    /** @param effect what was done and seen, a sentence; for a fault whose cue never came, why */
    record FaultEnded(long atNanos, int index, String effect, boolean happened) implements RunEvent {}

    /**
     * A session waited for a lock, by the server's own log; where that cannot be had, by readings of its locks.
     *
     * @param startNanos when the wait began: {@code endNanos} less the server's own duration
     * @param durationNanos as the server measured it (microseconds); for waits that ended in an error, up to the error
     * @param errorNanos of {@code startNanos} and {@code endNanos}. From the log it is that of its clock, and the duration has none; from readings
     *     the duration is wrong by as much on each side
     * @param target a relation's name; or {@code transaction 1234}, {@code tuple of orders}
     * @param holders pids that held it when the server reported the wait
     * @param queue pids that waited for it then, in order, this one among them
     * @param client number of the pooler's client that the session served then; empty: the session is its client's own, or nobody numbered it
     */
    record LockWaited(
            long atNanos,
            long startNanos,
            long endNanos,
            long durationNanos,
            long errorNanos,
            int pid,
            Party party,
            String applicationName,
            String target,
            boolean relation,
            String mode,
            WaitOutcome outcome,
            List<Integer> holders,
            List<Integer> queue,
            OptionalInt client)
            implements RunEvent {
        public LockWaited {
            holders = List.copyOf(holders);
            queue = List.copyOf(queue);
        }

        /** Of a session that is its client's own. */
        public LockWaited(
                long atNanos,
                long startNanos,
                long endNanos,
                long durationNanos,
                long errorNanos,
                int pid,
                Party party,
                String applicationName,
                String target,
                boolean relation,
                String mode,
                WaitOutcome outcome,
                List<Integer> holders,
                List<Integer> queue) {
            this(
                    atNanos,
                    startNanos,
                    endNanos,
                    durationNanos,
                    errorNanos,
                    pid,
                    party,
                    applicationName,
                    target,
                    relation,
                    mode,
                    outcome,
                    holders,
                    queue,
                    OptionalInt.empty());
        }

        /** As requests know the session, see {@link RequestRecord#backendPid}. */
        public int requestSession() {
            return client.isPresent() ? RequestRecord.clientSession(client.getAsInt()) : pid;
        }
    }

    /** Whose session it was, by its application_name. */
    enum Party {
        APPLICATION,
        MIGRATION,
        BLOCKER,
        OBSERVER,
        OTHER
    }

    enum WaitOutcome {
        ACQUIRED,
        /** 55P03 */
        LOCK_TIMEOUT,
        /** 57014: statement timeout or cancel */
        CANCELLED,
        /** 40P01 */
        DEADLOCK,
        /** It was seen to be over; whether with the lock or without is not known. Of waits that are not from the server's log. */
        ENDED,
        /** The log ended, or the session did, before the wait's end was seen. */
        UNKNOWN
    }

    /**
     * The slow picture, for charts; of it only {@code machineCpuFraction} in the baseline is judged (was the machine saturated before the
     * migration began).
     *
     * @param serverCpuFraction of all CPUs that the server's processes used since the last sample, 0 to 1; negative if not measurable
     * @param machineCpuFraction of all CPUs that were busy since the last sample, 0 to 1; negative if not measurable
     * @param activity what more there is to see; empty of runs that were recorded before it was
     */
    record ServerSampled(
            long atNanos,
            int activeBackends,
            int waitingForLocks,
            long walBytesTotal,
            long databaseBytes,
            double serverCpuFraction,
            double machineCpuFraction,
            Optional<ServerActivity> activity)
            implements RunEvent {
        /** One of which no more is known. */
        public ServerSampled(
                long atNanos,
                int activeBackends,
                int waitingForLocks,
                long walBytesTotal,
                long databaseBytes,
                double serverCpuFraction,
                double machineCpuFraction) {
            this(
                    atNanos,
                    activeBackends,
                    waitingForLocks,
                    walBytesTotal,
                    databaseBytes,
                    serverCpuFraction,
                    machineCpuFraction,
                    Optional.empty());
        }
    }

    /**
     * What a server and its load generator were at.
     *
     * @param activeByWait active backends of clients by what they wait for, such as {@code Lock relation}; {@code running} if for nothing
     * @param autovacuumWorkers at work
     * @param generatorCpuFraction of all CPUs that the load generator's process used, 0 to 1; negative if not measurable
     * @param totals empty of servers that are not asked for them, because there it is not cheap
     */
    record ServerActivity(
            Map<String, Integer> activeByWait,
            int autovacuumWorkers,
            double generatorCpuFraction,
            Optional<ServerTotals> totals) {
        public ServerActivity {
            activeByWait = Map.copyOf(activeByWait);
        }
    }

    /**
     * What the server has counted. A backend reports its blocks about once a second, and those of a statement when that is over.
     *
     * @param checkpoints that were begun
     * @param buffersWritten by checkpoints
     * @param blocksRead of the database, from the operating system
     * @param blocksHit of the database, found in shared buffers
     */
    record ServerTotals(long checkpoints, long buffersWritten, long blocksRead, long blocksHit) {}

    /**
     * How far a replica was behind its primary: how old the oldest change was that its readers could not see yet. The true lag lies within
     * {@code lagNanos ± errorNanos}.
     *
     * @param replica such as {@code replica-1}
     * @param lagBytes of write-ahead log that it had not replayed, at least
     * @param lagNanos 0 if it had replayed all that the primary was known to have written
     */
    record ReplicaSampled(long atNanos, String replica, long lagBytes, long lagNanos, long errorNanos)
            implements RunEvent {}

    /** A process of ours did not run when it should have. */
    record Paused(long atNanos, String process, long durationNanos) implements RunEvent {}

    /**
     * The catalog after the rollback beside the catalog before the migration.
     *
     * @param before fingerprint (hex SHA-256 of the normalised catalog)
     * @param differences one readable line each, empty when identical
     */
    record SchemaCompared(long atNanos, String before, String after, List<String> differences) implements RunEvent {
        public SchemaCompared {
            differences = List.copyOf(differences);
        }
    }

    /**
     * What will be tried out when the timeline is over. Not recorded when there is nothing.
     *
     * @param drills the scenario file's words, in order
     * @param byDefault whether they are drilled because the scenario says nothing about drills
     * @param location where the migration's steps begin
     */
    record DrillsPlanned(long atNanos, List<String> drills, boolean byDefault, SourceLocation location)
            implements RunEvent {
        public DrillsPlanned {
            drills = List.copyOf(drills);
        }
    }

    /** Of a drill that was planned. */
    sealed interface OfDrill extends RunEvent {
        String drill();
    }

    record DrillStarted(long atNanos, String drill) implements OfDrill {}

    /**
     * One thing that a drill looked at.
     *
     * @param subject what, a phrase
     * @param message what was seen, sentences
     * @param location what it is about; empty if it is about no single place
     */
    record DrillObserved(
            long atNanos, String drill, String subject, Sight sight, String message, Optional<SourceLocation> location)
            implements OfDrill {}

    /** What was seen, beside what has to be. */
    enum Sight {
        /** As it has to be. */
        HELD,
        /** Not as it has to be. */
        BROKEN,
        /** It could not be tried. */
        UNKNOWN,
        /** Neither good nor bad. */
        NOTED
    }

    /**
     * One operation of one version of the application, tried out between two steps.
     *
     * @param boundary from 0: before the first step, after the first, and so on, through the rollback
     * @param after the step before it; empty before the first
     * @param kept over a session that prepared its statements before the last step, as a pool's connections have
     * @param failure what the server says; empty if it works
     */
    record OperationTried(
            long atNanos,
            String drill,
            int boundary,
            Phase phase,
            Optional<String> after,
            String service,
            String version,
            String operation,
            boolean kept,
            Optional<String> sqlState,
            Optional<String> failure)
            implements OfDrill {}

    /** The drill came to its end, whatever it saw. */
    record DrillEnded(long atNanos, String drill) implements OfDrill {}

    /**
     * There are several databases, and what is recorded beside this is of the first: each other has a journal of its own. Not recorded where there is one.
     *
     * @param count of databases, numbered from 1
     * @param wave how many are migrated at the same time
     * @param onFailure the scenario file's word
     * @param location where the scenario says so
     */
    record DatabasesPlanned(long atNanos, int count, int wave, String onFailure, SourceLocation location)
            implements RunEvent {}

    /** Of one of several databases. */
    sealed interface OfDatabase extends RunEvent {
        /** From 1. */
        int database();
    }

    /**
     * One database has been migrated, or rolled back, as far as it went.
     *
     * @param wave from 1
     * @param status {@code SKIPPED} if it was left as it was, because an earlier one failed
     * @param startNanos equal to {@code atNanos} if it was skipped
     * @param failure what stopped it, a sentence
     */
    record DatabaseMigrated(
            long atNanos, int database, int wave, Phase phase, Status status, long startNanos, Optional<String> failure)
            implements OfDatabase {}

    /**
     * The catalog of one database when all were migrated that were to be.
     *
     * @param sha256 fingerprint (hex SHA-256 of the normalised catalog)
     * @param beside number of the database that all are compared with
     * @param differences one readable line each, empty when identical
     */
    record DatabaseSchema(long atNanos, int database, String sha256, int beside, List<String> differences)
            implements OfDatabase {
        public DatabaseSchema {
            differences = List.copyOf(differences);
        }
    }

    /**
     * The ledger was read back from the server, or could not be.
     *
     * @param begunNanos before the server was asked: whatever was acknowledged earlier has to be among what it answered
     * @param occasion why then, such as {@code at the end of the run}
     * @param last whether no request was under way any more
     * @param section where in {@code ledger.bin} the entries are that it had, from 0; empty if it could not be read
     * @param failure why it could not be; empty if it was
     */
    record LedgerRead(
            long atNanos, long begunNanos, String occasion, boolean last, OptionalInt section, Optional<String> failure)
            implements RunEvent {}

    /** An instrument failed in a way that can falsify the verdict, such as lost log lines. Makes the run inconclusive. */
    record InstrumentTrouble(long atNanos, String instrument, String message) implements RunEvent {}

    /**
     * An instrument has to do with less than it has on a server of the harness's own. Of several about one instrument the last holds.
     *
     * @param instrument such as {@code lock waits}
     * @param reason why, a sentence
     * @param consequence what it does instead and how much worse that is, sentences
     * @param blindNanos what is shorter may be missed; empty where that is no matter of time
     */
    record InstrumentLimited(
            long atNanos, String instrument, String reason, String consequence, OptionalLong blindNanos)
            implements RunEvent {
        /** The instrument whose waits are not the server's own account. */
        public static final String LOCK_WAITS = "lock waits";

        /** What tells of rewrites, scans and short locks. */
        public static final String EVENT_TRIGGERS = "event triggers";

        /** What tells how far replicas are behind. */
        public static final String REPLICA_LAG = "replica lag";

        /** Of a service whose sessions the server's log cannot tell from others. */
        public static String lockWaitsOf(String service) {
            return "lock waits of " + service;
        }
    }

    /** Something the reader should know: another run on this machine, a busy host. */
    record Noted(long atNanos, String message) implements RunEvent {}

    /**
     * One of several load generators has drained, or one that somebody else had started. Of the one process that the harness starts itself nothing is
     * recorded.
     *
     * @param slice of the arrival plan, from 0
     * @param of how many slices there are
     * @param place where it was, such as {@code process 4711 of this machine}
     * @param planned arrivals of its slice up to the stop
     * @param recorded requests it told of
     * @param clock empty: it is the harness's own
     */
    record InjectorEnded(
            long atNanos, int slice, int of, String place, long planned, long recorded, Optional<InjectorClock> clock)
            implements RunEvent {}

    /** How far a clock is ahead of the harness's, and by how much that may be wrong. */
    record ClockReading(long offsetNanos, long errorNanos) {}

    /**
     * The clock of a load generator on another machine. Its times were brought to the harness's by the first reading.
     *
     * @param after at the end of the load
     * @param wallOffsetNanos how far the wall clock, which times nothing, is ahead of the harness's
     */
    record InjectorClock(ClockReading before, ClockReading after, long wallOffsetNanos) {
        /** How far the clocks went apart, as far as can be told. */
        public long driftNanos() {
            return after.offsetNanos() - before.offsetNanos();
        }

        /** By how much times may be wrong beside those of others; a response, which begins and ends on one clock, is not wrong by it. */
        public long errorNanos() {
            return Math.max(before.errorNanos(), Math.abs(driftNanos()) + after.errorNanos());
        }
    }

    /**
     * The load has stopped and drained.
     *
     * @param planned arrivals of the plan up to the stop
     * @param recorded requests written to {@code requests.bin}; equal to {@code planned} or something was lost
     */
    record LoadEnded(long atNanos, long planned, long recorded) implements RunEvent {}

    /** Last event of a run that came to its end. */
    record RunEnded(long atNanos, Outcome outcome, String message) implements RunEvent {}

    enum Outcome {
        COMPLETED,
        INTERRUPTED,
        BROKEN
    }
}
