package dev.rehearsal.verdict;

import dev.rehearsal.run.LedgerEntries;
import dev.rehearsal.run.LedgerKey;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.Requests;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.OperationPlan;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Makes up runs, request by request and wait by wait, in milliseconds.
 *
 * <pre>
 * seconds   0        10         40          70       80         90        95
 *           warmup   baseline   migration   settle   rollback   recovery
 * </pre>
 *
 * As built without more, it is valid, has no objective, no step and no request.
 */
final class RunBuilder {
    static final OperationKey READ = new OperationKey("checkout", "read-order", "v1", false);
    static final OperationKey PLACE = new OperationKey("checkout", "place-order", "v1", true);
    static final OperationKey CUSTOMER = new OperationKey("billing", "read-customer", "v1", false);
    static final List<OperationKey> OPERATIONS = List.of(READ, PLACE, CUSTOMER);
    static final SourceLocation PLACE_IN_FILE = new SourceLocation("scenario.yaml", 12, 5);
    static final int MIGRATION_PID = 700;
    static final int BLOCKER_PID = 900;
    static final int POOL = 2;

    private static final long[] STAGE_SECONDS = {0, 10, 40, 70, 80, 90, 95};

    private final List<Objective> objectives = new ArrayList<>();
    private Optional<RunEvent.PoolerFacts> pooler = Optional.empty();
    private final List<RunEvent> events = new ArrayList<>();
    private final List<RequestRecord> requests = new ArrayList<>();
    private final List<long[]> readings = new ArrayList<>();
    private List<OperationKey> operations = OPERATIONS;
    private Optional<RunEvent.ChangingRate> changing = Optional.empty();
    private Optional<RunEvent.HttpTiming> http = Optional.empty();
    private int steps;
    private int nextPid = 100;
    private long lost;
    private Optional<RunEvent.Outcome> outcome = Optional.of(RunEvent.Outcome.COMPLETED);

    static long nanos(double millis) {
        return Math.round(millis * 1e6);
    }

    /** Behind a PgBouncer, through which the migration goes too. */
    RunBuilder behindPooler(String mode) {
        pooler = Optional.of(
                new RunEvent.PoolerFacts("PgBouncer 1.18.0", mode, 20, OptionalInt.empty(), "pooled", Map.of()));
        return this;
    }

    /** Its first service follows a curve. */
    RunBuilder changingRate() {
        changing = Optional.of(new RunEvent.ChangingRate(
                List.of(new RunEvent.RatePoint(0, 100), new RunEvent.RatePoint(60_000_000_000L, 250)),
                OptionalLong.empty()));
        return this;
    }

    /** Its first service stands in front of the database, and Gatling times its requests, ± 1 ms. */
    RunBuilder overHttp() {
        http = Optional.of(new RunEvent.HttpTiming("harness-app/checkout", nanos(1)));
        return this;
    }

    /** A request as Gatling tells of it. */
    RunBuilder sent(OperationKey operation, double t0Millis, double responseMillis) {
        requests.add(new RequestRecord(
                OPERATIONS.indexOf(operation),
                Outcome.SUCCEEDED,
                -1,
                0,
                nanos(t0Millis),
                RequestRecord.NEVER,
                RequestRecord.NEVER,
                nanos(t0Millis + responseMillis),
                ""));
        return this;
    }

    RunBuilder objective(Objective objective) {
        objectives.add(objective);
        return this;
    }

    static Objective.Latency latency(double percentile, Optional<Duration> max, Optional<Double> regression) {
        return new Objective.Latency(
                PLACE_IN_FILE,
                Optional.empty(),
                Optional.of("read-order"),
                percentile,
                Stage.MIGRATION,
                max,
                regression);
    }

    /** Evenly over the stage, each with a session of its own that waits for nothing. */
    RunBuilder requests(Stage stage, OperationKey operation, int count, double responseMillis) {
        long start = STAGE_SECONDS[stageIndex(stage)] * 1000;
        long length = STAGE_SECONDS[stageIndex(stage) + 1] * 1000 - start;
        for (int i = 0; i < count; i++) {
            request(operation, start + (double) length * i / count, responseMillis);
        }
        return this;
    }

    /** @return the session that served it */
    int request(OperationKey operation, double t0Millis, double responseMillis) {
        int pid = nextPid++;
        request(operation, pid, t0Millis, 0.1, 0.1, responseMillis, Outcome.SUCCEEDED, "");
        return pid;
    }

    RunBuilder request(
            OperationKey operation,
            int pid,
            double t0Millis,
            double lagMillis,
            double poolMillis,
            double responseMillis,
            Outcome outcome,
            String sqlState) {
        long t0 = nanos(t0Millis);
        long t1 = t0 + nanos(lagMillis);
        long t3 = t0 + nanos(responseMillis);
        boolean served = outcome != Outcome.POOL_TIMED_OUT && outcome != Outcome.ABANDONED;
        requests.add(new RequestRecord(
                OPERATIONS.indexOf(operation),
                outcome,
                outcome == Outcome.SUCCEEDED ? -1 : 0,
                served ? pid : 0,
                t0,
                outcome == Outcome.ABANDONED ? RequestRecord.NEVER : t1,
                served ? t1 + nanos(poolMillis) : RequestRecord.NEVER,
                t3,
                sqlState));
        return this;
    }

    /** From here on {@link #PLACE} leaves entries in the ledger. */
    RunBuilder withLedger() {
        operations = OPERATIONS.stream()
                .map(key -> new OperationKey(
                        key.service(), key.operation(), key.version(), key.writes(), key.equals(PLACE)))
                .toList();
        return this;
    }

    /**
     * A request of {@link #PLACE} that ends at {@code endMillis}.
     *
     * @param unknown the attempts of unknown outcome, from 1
     */
    RunBuilder write(long arrival, double endMillis, Outcome ended, int attempts, Integer... unknown) {
        int bits = List.of(unknown).stream()
                .mapToInt(attempt -> 1 << (attempt - 1))
                .sum();
        long t0 = nanos(endMillis - 5);
        requests.add(new RequestRecord(
                OPERATIONS.indexOf(PLACE),
                ended,
                -1,
                nextPid++,
                t0,
                t0,
                t0,
                nanos(endMillis),
                ended == Outcome.SUCCEEDED ? "" : "08006",
                new RequestRecord.Attempts(arrival, attempts, bits, t0)));
        return this;
    }

    /** The identity of an attempt of {@link #write}. */
    static long entry(long arrival, int attempt) {
        return LedgerKey.of(OPERATIONS.indexOf(PLACE), arrival, attempt);
    }

    /** The ledger was read back, and held this. */
    RunBuilder readBack(double atMillis, String occasion, boolean last, long... entries) {
        events.add(new RunEvent.LedgerRead(
                nanos(atMillis + 2),
                nanos(atMillis),
                occasion,
                last,
                OptionalInt.of(readings.size()),
                Optional.empty()));
        readings.add(entries);
        return this;
    }

    /** It could not be. */
    RunBuilder notReadBack(double atMillis, String occasion, boolean last, String why) {
        events.add(new RunEvent.LedgerRead(
                nanos(atMillis), nanos(atMillis), occasion, last, OptionalInt.empty(), Optional.of(why)));
        return this;
    }

    /** A request that waits for a lock from {@code waitFromMillis} on and is done 1 ms after the wait's end. */
    RunBuilder victim(
            OperationKey operation, int pid, double waitFromMillis, double waitMillis, List<Integer> holders) {
        request(operation, pid, waitFromMillis - 1, 0.1, 0.1, waitMillis + 2, Outcome.SUCCEEDED, "");
        return waited(
                pid,
                Party.APPLICATION,
                waitFromMillis,
                waitMillis,
                "orders",
                operation.writes() ? "RowExclusive" : "AccessShare",
                WaitOutcome.ACQUIRED,
                holders,
                List.of(pid));
    }

    RunBuilder waited(
            int pid,
            Party party,
            double fromMillis,
            double millis,
            String target,
            String mode,
            WaitOutcome waitOutcome,
            List<Integer> holders,
            List<Integer> queue) {
        events.add(new LockWaited(
                nanos(fromMillis + millis),
                nanos(fromMillis),
                nanos(fromMillis + millis),
                nanos(millis),
                nanos(1),
                pid,
                party,
                switch (party) {
                    case APPLICATION -> "harness-app/checkout";
                    case MIGRATION -> "harness-migration";
                    case BLOCKER -> "harness-blocker";
                    case OBSERVER, OTHER -> "";
                },
                target,
                !target.startsWith("transaction") && !target.startsWith("tuple"),
                mode,
                waitOutcome,
                holders,
                queue));
        return this;
    }

    /** What a step's only statement does; everything that is not set is harmless. */
    static final class StatementBuilder {
        private final String sql;
        private final double sentMillis;
        private final double tookMillis;
        private Status status = Status.SUCCEEDED;
        private Optional<String> sqlState = Optional.empty();
        private Optional<String> message = Optional.empty();
        private double waitedMillis;
        private int attempt = 1;
        private final List<Rewrite> rewrites = new ArrayList<>();
        private final List<Scan> scans = new ArrayList<>();
        private final List<LockHeld> locks = new ArrayList<>();

        StatementBuilder(String sql, double sentMillis, double tookMillis) {
            this.sql = sql;
            this.sentMillis = sentMillis;
            this.tookMillis = tookMillis;
        }

        StatementBuilder failed(Status how, String state, String text) {
            status = how;
            sqlState = Optional.of(state);
            message = Optional.of(text);
            return this;
        }

        StatementBuilder waited(double millis) {
            waitedMillis = millis;
            return this;
        }

        StatementBuilder attempt(int number) {
            attempt = number;
            return this;
        }

        StatementBuilder rewrote(String relation, String reason) {
            rewrites.add(new Rewrite(relation, reason));
            return this;
        }

        StatementBuilder rewroteOwn(String relation, String reason) {
            rewrites.add(new Rewrite(relation, reason, true));
            return this;
        }

        StatementBuilder scanned(String relation, long rows) {
            scans.add(new Scan(relation, rows));
            return this;
        }

        StatementBuilder held(String relation, String mode, double millis, double errorMillis) {
            return lock(relation, mode, millis, errorMillis, false);
        }

        StatementBuilder heldOwn(String relation, String mode, double millis) {
            return lock(relation, mode, millis, 0.5, true);
        }

        private StatementBuilder lock(String relation, String mode, double millis, double errorMillis, boolean own) {
            locks.add(new LockHeld(
                    relation,
                    mode,
                    nanos(waitedMillis),
                    nanos(sentMillis + waitedMillis),
                    nanos(millis),
                    nanos(errorMillis),
                    own));
            return this;
        }
    }

    static StatementBuilder statement(String sql, double sentMillis, double tookMillis) {
        return new StatementBuilder(sql, sentMillis, tookMillis);
    }

    /** One step whose statements are in one transaction, which ends with the last of them. */
    RunBuilder step(String name, Phase phase, StatementBuilder... statements) {
        return step(name, "sql", phase, statements);
    }

    RunBuilder step(String name, String kind, Phase phase, StatementBuilder... statements) {
        int index = steps++;
        StatementBuilder last = statements[statements.length - 1];
        double ended = last.sentMillis + last.tookMillis;
        Status status = last.status;
        events.add(new RunEvent.StepStarted(nanos(statements[0].sentMillis), index, name, kind, phase, PLACE_IN_FILE));
        int place = 0;
        int attempts = 1;
        for (StatementBuilder s : statements) {
            events.add(new StatementObserved(
                    nanos(ended),
                    index,
                    s.attempt > 1 ? place - 1 : place++,
                    s.attempt,
                    s.sql,
                    PLACE_IN_FILE,
                    s.status,
                    s.sqlState,
                    s.message,
                    MIGRATION_PID,
                    nanos(s.sentMillis),
                    nanos(s.sentMillis + s.tookMillis),
                    nanos(ended),
                    nanos(ended),
                    nanos(s.waitedMillis),
                    s.rewrites,
                    s.scans,
                    OptionalLong.empty(),
                    s.locks));
            attempts = Math.max(attempts, s.attempt);
        }
        events.add(new RunEvent.StepEnded(nanos(ended), index, status, attempts));
        return this;
    }

    RunBuilder migrated(StatementBuilder... statements) {
        return step("change", Phase.MIGRATION, statements);
    }

    /** A rollback that takes 500 ms. */
    RunBuilder rolledBack(List<String> differences) {
        step("back", Phase.ROLLBACK, statement("alter table orders drop column token", 80_000, 500));
        events.add(new RunEvent.SchemaCompared(nanos(94_000), "aa", differences.isEmpty() ? "aa" : "bb", differences));
        return this;
    }

    /** A rollback whose only step is left out. */
    RunBuilder nothingToTakeBack() {
        int index = steps++;
        events.add(new RunEvent.StepStarted(nanos(80_000), index, "back", "sql", Phase.ROLLBACK, PLACE_IN_FILE));
        events.add(new RunEvent.StepEnded(nanos(80_000), index, Status.SKIPPED, 0));
        events.add(new RunEvent.SchemaCompared(nanos(94_000), "aa", "aa", List.of()));
        return this;
    }

    RunBuilder event(RunEvent event) {
        events.add(event);
        return this;
    }

    /** Planned, and never recorded. */
    RunBuilder lost(long count) {
        lost = count;
        return this;
    }

    RunBuilder ended(RunEvent.Outcome how) {
        outcome = Optional.of(how);
        return this;
    }

    RunBuilder killed() {
        outcome = Optional.empty();
        return this;
    }

    List<RunEvent> events() {
        List<RunEvent> all = new ArrayList<>();
        all.add(new RunEvent.RunStarted(
                0,
                Instant.parse("2026-11-22T10:15:02Z"),
                "0.1.0",
                "orders-add-token",
                "",
                "scenario.yaml",
                42,
                "poisson",
                List.of(
                        new ServicePlan(
                                "checkout",
                                250,
                                POOL,
                                nanos(2000),
                                OptionalLong.empty(),
                                Optional.empty(),
                                List.of(
                                        new OperationPlan("read-order", 180, false),
                                        new OperationPlan("place-order", 70, true)),
                                changing,
                                http),
                        new ServicePlan(
                                "billing",
                                40,
                                10,
                                nanos(2000),
                                OptionalLong.empty(),
                                List.of(new OperationPlan("read-customer", 40, false)))),
                objectives,
                List.of("harness", "rehearse", "scenario.yaml")));
        all.add(new RunEvent.EnvironmentReady(
                1,
                "postgresql",
                "18.6",
                "local",
                "no Docker engine answers",
                "built-in proxy",
                0,
                Map.of(),
                1,
                new RunEvent.HostFacts(2, 8_000_000_000L, "Linux", "25"),
                Optional.empty(),
                pooler));
        Stage[] stages = Stage.values();
        for (int i = 0; i < stages.length; i++) {
            all.add(new RunEvent.StageStarted(STAGE_SECONDS[i] * 1_000_000_000, stages[i]));
            if (outcome.isPresent()) {
                all.add(new RunEvent.StageEnded(STAGE_SECONDS[i + 1] * 1_000_000_000, stages[i]));
            }
        }
        all.addAll(events);
        outcome.ifPresent(how -> {
            all.add(new RunEvent.LoadEnded(nanos(95_500), requests.size() + lost, requests.size()));
            all.add(new RunEvent.RunEnded(
                    nanos(96_000), how, how == RunEvent.Outcome.COMPLETED ? "" : "somebody pressed Ctrl-C"));
        });
        List<RunEvent> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingLong(RunEvent::atNanos));
        return sorted;
    }

    RunRecord build() {
        return build(Map.of());
    }

    /** With the other databases of the run, by number. */
    RunRecord build(Map<Integer, RunRecord> further) {
        requests.sort(Comparator.comparingLong(RequestRecord::t3Nanos));
        return RunRecord.of(events(), Requests.of(operations, requests), LedgerEntries.of(readings), further);
    }

    Verdict judged() {
        return Judge.judge(build());
    }

    private static int stageIndex(Stage stage) {
        return List.of(Stage.values()).indexOf(stage);
    }
}
