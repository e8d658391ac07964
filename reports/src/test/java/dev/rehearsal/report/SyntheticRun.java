package dev.rehearsal.report;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.OperationPlan;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunEvent.WaitOutcome;
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
import java.util.OptionalLong;
import java.util.Random;

/**
 * A made-up run whose truth is known: behind a long transaction a statement waits for AccessExclusive on {@code orders}, rewrites the table
 * and so holds the lock for 8 s. Whoever reads or writes orders meanwhile waits for its end or for the statement timeout of 6 s; 20
 * connections wait in the server, everybody else in front of the pool. Customers are not touched.
 *
 * <pre>
 * seconds   0        10                    40                      54          62       64        70
 *           warmup   baseline              migration               settle      rollback  recovery
 *                                           42 ████████ 50
 * </pre>
 */
final class SyntheticRun {
    static final long SECOND = 1_000_000_000L;
    static final long MIGRATION = 40 * SECOND;
    static final long STALL_FROM = 42 * SECOND;
    static final long STALL_TO = 50 * SECOND;
    static final long ASKED = STALL_FROM - 800_000_000L;
    static final long HOLD_ERROR = 450_000;
    static final long STATEMENT_TIMEOUT = 6 * SECOND;
    static final long CONNECTION_TIMEOUT = 10 * SECOND;
    static final long END = 70 * SECOND;
    static final String SQL = "alter table orders\n  add column token uuid not null default gen_random_uuid()";
    static final SourceLocation PLACE = new SourceLocation("scenarios/examples/tokens/scenario.yaml", 31, 7);
    static final SourceLocation STATEMENT = new SourceLocation("scenarios/examples/tokens/0042.sql", 3, 1);
    static final List<OperationKey> OPERATIONS = List.of(
            new OperationKey("checkout", "read-order", "v1", false),
            new OperationKey("checkout", "place-order", "v1", true),
            new OperationKey("billing", "read-customer", "v1", false));

    private static final double[] PER_SECOND = {180, 70, 40};
    private static final int[] STAGE_STARTS = {0, 10, 40, 54, 62, 64, 70};
    private static final int BLOCKER_PID = 991;
    private static final int MIGRATION_PID = 777;

    private final Random random = new Random(42);
    private final List<RequestRecord> requests = new ArrayList<>();
    private final List<RunEvent> events = new ArrayList<>();
    private final String scenario;
    private final String sql;

    private SyntheticRun(String scenario, String sql) {
        this.scenario = scenario;
        this.sql = sql;
        begin();
        stages();
        traffic("checkout", 4000, 20, List.of(0, 1));
        traffic("billing", 5000, 10, List.of(2));
        migration();
        rollback();
        samples();
        end();
        events.sort(Comparator.comparingLong(RunEvent::atNanos));
        requests.sort(Comparator.comparingLong(RequestRecord::t3Nanos));
    }

    static SyntheticRun stalled() {
        return new SyntheticRun("orders-add-token", SQL);
    }

    /** The same with texts that try to become part of the page. */
    static SyntheticRun withTexts(String scenario, String sql) {
        return new SyntheticRun(scenario, sql);
    }

    /** The same, asked for nothing but what it keeps: one operation's latency, and the way back. */
    List<RunEvent> eventsOfWhatPasses() {
        List<RunEvent> passing = new ArrayList<>(events());
        RunEvent.RunStarted all = (RunEvent.RunStarted) passing.getFirst();
        passing.set(
                0,
                new RunEvent.RunStarted(
                        all.atNanos(),
                        all.wallClock(),
                        all.harnessVersion(),
                        all.scenario(),
                        all.description(),
                        all.scenarioFile(),
                        all.seed(),
                        all.arrivals(),
                        all.services(),
                        List.of(all.objectives().get(2), all.objectives().getLast()),
                        all.command()));
        return passing;
    }

    List<RequestRecord> requests() {
        return List.copyOf(requests);
    }

    List<RunEvent> events() {
        return List.copyOf(events);
    }

    private void begin() {
        events.add(new RunEvent.RunStarted(
                0,
                Instant.parse("2026-11-22T10:15:02Z"),
                "0.1.0",
                scenario,
                "A token for every order, the direct way",
                PLACE.file(),
                42,
                "poisson",
                List.of(
                        new ServicePlan(
                                "checkout",
                                250,
                                20,
                                CONNECTION_TIMEOUT,
                                OptionalLong.of(STATEMENT_TIMEOUT),
                                List.of(
                                        new OperationPlan("read-order", 180, false),
                                        new OperationPlan("place-order", 70, true))),
                        new ServicePlan(
                                "billing",
                                40,
                                10,
                                CONNECTION_TIMEOUT,
                                OptionalLong.empty(),
                                List.of(new OperationPlan("read-customer", 40, false)))),
                List.of(
                        latency("read-order"),
                        latency("place-order"),
                        latency("read-customer"),
                        new Objective.Errors(PLACE, Optional.empty(), Optional.empty(), Stage.MIGRATION, 0.001),
                        new Objective.LockHold(
                                PLACE, Optional.of("AccessExclusive"), Optional.empty(), Duration.ofMillis(100)),
                        new Objective.Rewrites(PLACE),
                        new Objective.Rollback(PLACE, true, Optional.of(Duration.ofSeconds(30)))),
                List.of("harness", "rehearse", PLACE.file())));
        events.add(new RunEvent.EnvironmentReady(
                1,
                "postgresql",
                "18.6",
                "local",
                "no Docker engine answers on this machine",
                "built-in proxy",
                0,
                Map.of("shared_buffers", "256MB", "max_wal_size", "4GB", "log_lock_waits", "on"),
                1,
                new RunEvent.HostFacts(2, 8_000_000_000L, "Linux 6.1", "25.0.1"),
                Optional.empty()));
        events.add(new RunEvent.DatasetReady(
                2,
                "shop",
                "5b1f0c86a5b24d0f9f0a4d1d4f8d0d2c",
                Map.of("orders", 1_000_000L, "customers", 100_000L, "order_items", 2_500_000L),
                812_000_000L,
                0,
                0.31,
                "reflink"));
    }

    private static Objective latency(String operation) {
        return new Objective.Latency(
                PLACE,
                Optional.empty(),
                Optional.of(operation),
                99,
                Stage.MIGRATION,
                Optional.of(Duration.ofMillis(250)),
                Optional.empty());
    }

    private void stages() {
        Stage[] stages = Stage.values();
        for (int i = 0; i < stages.length; i++) {
            events.add(new RunEvent.StageStarted(STAGE_STARTS[i] * SECOND, stages[i]));
            events.add(new RunEvent.StageEnded(STAGE_STARTS[i + 1] * SECOND, stages[i]));
        }
    }

    /** Poisson arrivals, served in the order of their arrival by the connections of a pool. */
    private void traffic(String service, int firstPid, int connections, List<Integer> operations) {
        record Arrival(int operation, long t0) {}
        List<Arrival> arrivals = new ArrayList<>();
        for (int operation : operations) {
            double t = random.nextDouble() / PER_SECOND[operation];
            while (t < END / 1e9) {
                arrivals.add(new Arrival(operation, (long) (t * SECOND)));
                t += -Math.log(1 - random.nextDouble()) / PER_SECOND[operation];
            }
        }
        arrivals.sort(Comparator.comparingLong(Arrival::t0));
        long[] freeAt = new long[connections];
        for (Arrival arrival : arrivals) {
            int connection = 0;
            for (int i = 1; i < connections; i++) {
                connection = freeAt[i] < freeAt[connection] ? i : connection;
            }
            RequestRecord request =
                    request(service, arrival.operation(), arrival.t0(), firstPid + connection, freeAt[connection]);
            requests.add(request);
            freeAt[connection] = Math.max(freeAt[connection], request.t3Nanos());
        }
    }

    private RequestRecord request(String service, int operation, long t0, int pid, long connectionFreeAt) {
        long t1 = t0 + 60_000 + random.nextInt(60_000);
        long t2 = Math.max(t1 + 20_000, connectionFreeAt);
        if (t2 - t1 > CONNECTION_TIMEOUT) {
            throw new IllegalStateException("the pool's timeout is not part of this run");
        }
        long serviceTime = serviceTime(operation, t0);
        boolean waits = operation < 2 && t2 >= STALL_FROM && t2 < STALL_TO;
        if (!waits) {
            return new RequestRecord(operation, Outcome.SUCCEEDED, -1, pid, t0, t1, t2, t2 + serviceTime, "");
        }
        long asked = t2 + 50_000;
        boolean timesOut = STALL_TO - asked > STATEMENT_TIMEOUT;
        long until = timesOut ? asked + STATEMENT_TIMEOUT : STALL_TO;
        String mode = operation == 1 ? "RowExclusive" : "AccessShare";
        waited(pid, Party.APPLICATION, service, asked, until, mode, timesOut);
        return timesOut
                ? new RequestRecord(operation, Outcome.TIMED_OUT, 0, pid, t0, t1, t2, until + 100_000, "57014")
                : new RequestRecord(operation, Outcome.SUCCEEDED, -1, pid, t0, t1, t2, until + serviceTime, "");
    }

    private long serviceTime(int operation, long t0) {
        double millis = (operation == 1 ? 2.2 : 0.9) * Math.exp(random.nextGaussian() * 0.45);
        if (random.nextInt(400) == 0) {
            millis += 8 + random.nextInt(14);
        }
        double cold = t0 < 10 * SECOND ? 1 + 4 * Math.exp(-t0 / 2.5e9) : 1;
        return (long) (millis * cold * 1e6);
    }

    private void migration() {
        events.add(new RunEvent.FaultStarted(
                MIGRATION + 500_000_000,
                0,
                "blocker",
                "select count(*) from orders, then idle in its transaction for 1.5 s"));
        events.add(new RunEvent.FaultEnded(STALL_FROM, 0, "session 991 kept AccessShare on orders for 1.5 s", true));
        events.add(new RunEvent.StepStarted(MIGRATION + SECOND, 0, "add token", "sql", Phase.MIGRATION, PLACE));
        waited(MIGRATION_PID, Party.MIGRATION, "harness-migration", ASKED, STALL_FROM, "AccessExclusive", false);
        events.add(new RunEvent.StatementObserved(
                STALL_TO + 900_000,
                0,
                0,
                1,
                sql,
                STATEMENT,
                Status.SUCCEEDED,
                Optional.empty(),
                Optional.empty(),
                MIGRATION_PID,
                ASKED,
                STALL_TO - 500_000,
                STALL_TO - 400_000,
                STALL_TO + 500_000,
                STALL_FROM - ASKED,
                List.of(new RunEvent.Rewrite("orders", "column default")),
                List.of(new RunEvent.Scan("orders", 1_000_000)),
                OptionalLong.of(187_000_000),
                List.of(
                        hold("orders", "AccessExclusive", STALL_FROM - ASKED, false),
                        hold("order_items", "RowShare", 0, false),
                        hold("pg_toast_991", "AccessExclusive", 0, true))));
        events.add(new RunEvent.StepEnded(STALL_TO + 2_000_000, 0, Status.SUCCEEDED, 1));
        shortStatement(
                1,
                "comment",
                Phase.MIGRATION,
                "comment on column orders.token is 'shown to the customer'",
                52 * SECOND);
    }

    private static LockHeld hold(String relation, String mode, long waited, boolean own) {
        return new LockHeld(relation, mode, waited, STALL_FROM, STALL_TO - STALL_FROM, HOLD_ERROR, own);
    }

    private void rollback() {
        shortStatement(
                2,
                "drop token",
                Phase.ROLLBACK,
                "alter table orders drop column if exists token",
                62 * SECOND + 200_000_000);
        events.add(new RunEvent.SchemaCompared(END - 1, "aa11", "aa11", List.of()));
    }

    private void shortStatement(int step, String name, Phase phase, String text, long sent) {
        long took = 4_000_000;
        events.add(new RunEvent.StepStarted(sent - 1000, step, name, "sql", phase, PLACE));
        events.add(new RunEvent.StatementObserved(
                sent + took + 500_000,
                step,
                0,
                1,
                text,
                PLACE,
                Status.SUCCEEDED,
                Optional.empty(),
                Optional.empty(),
                MIGRATION_PID,
                sent,
                sent + took,
                sent + took + 100_000,
                sent + took + 400_000,
                0,
                List.of(),
                List.of(),
                OptionalLong.of(8_192),
                List.of(new LockHeld(
                        "orders",
                        phase == Phase.MIGRATION ? "ShareUpdateExclusive" : "AccessExclusive",
                        0,
                        sent + 300_000,
                        took,
                        300_000,
                        false))));
        events.add(new RunEvent.StepEnded(sent + took + 600_000, step, Status.SUCCEEDED, 1));
    }

    private void waited(int pid, Party party, String name, long from, long to, String mode, boolean cancelled) {
        events.add(new LockWaited(
                to,
                from,
                to,
                to - from,
                100_000,
                pid,
                party,
                name,
                "orders",
                true,
                mode,
                cancelled ? WaitOutcome.CANCELLED : WaitOutcome.ACQUIRED,
                List.of(party == Party.MIGRATION ? BLOCKER_PID : MIGRATION_PID),
                List.of(pid)));
    }

    private void samples() {
        long wal = 5_000_000_000L;
        for (long at = 0; at < END; at += SECOND / 4) {
            boolean stalled = at >= STALL_FROM && at < STALL_TO;
            wal += stalled ? 6_000_000 + random.nextInt(900_000) : 60_000 + random.nextInt(30_000);
            events.add(new RunEvent.ServerSampled(
                    at,
                    stalled ? 21 : random.nextInt(3),
                    stalled ? (int) Math.min(20, 1 + (at - STALL_FROM) * 250 / SECOND) : 0,
                    wal,
                    800_000_000L,
                    stalled ? 0.48 + random.nextDouble() * 0.04 : 0.12 + random.nextDouble() * 0.05,
                    stalled ? 0.6 + random.nextDouble() * 0.08 : 0.3 + random.nextDouble() * 0.08,
                    Optional.of(new RunEvent.ServerActivity(
                            stalled
                                    ? Map.of("running", 1, "Lock relation", 20)
                                    : Map.of("running", 1, "IO DataFileRead", 1),
                            stalled ? 0 : 1,
                            0.11,
                            Optional.of(new RunEvent.ServerTotals(
                                    at / (10 * SECOND), at / (SECOND / 4), at / (SECOND / 8), at / (SECOND / 400)))))));
        }
    }

    private void end() {
        events.add(new RunEvent.Paused(13 * SECOND, "injector", 4_000_000));
        events.add(new RunEvent.Noted(3, "Another rehearsal ran on this machine during the first 12 s."));
        events.add(new RunEvent.LoadEnded(END + SECOND, requests.size(), requests.size()));
        events.add(new RunEvent.RunEnded(END + 2 * SECOND, RunEvent.Outcome.COMPLETED, ""));
    }
}
