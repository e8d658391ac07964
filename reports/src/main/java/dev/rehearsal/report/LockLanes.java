package dev.rehearsal.report;

import dev.rehearsal.report.ReportData.Bar;
import dev.rehearsal.report.ReportData.Lane;
import dev.rehearsal.report.ReportData.Wait;
import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StepRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The lock timeline: a lane for each mode and relation, the strongest on top, and the sessions that waited below, each in a row of its own.
 *
 * <pre>
 * AccessExclusive on orders    ░░░░░░████████████████
 * sessions that waited             ━━━━━━━━━━━━━━━━━━
 *                                    ━━━━━━━━━━━━━━━━
 * </pre>
 */
final class LockLanes {
    private static final int MOST_LANES = 12;
    private static final int MOST_WAITS = 3000;
    private static final int SQL_CHARACTERS = 160;

    private final RunRecord run;
    private final TimeAxis axis;
    private final List<Entry> entries = new ArrayList<>();

    /** @param rank of its lane: higher is drawn further up */
    private record Entry(
            int rank,
            String lane,
            String blocks,
            long waitFrom,
            long from,
            long to,
            long error,
            String what,
            String outcome) {
        /** Those that stop nobody are drawn only where there are no others: every statement takes many, and they hide the few that matter. */
        boolean blocking() {
            return !blocks.equals("nobody") || from > waitFrom;
        }

        Lane asLane() {
            return new Lane(lane, blocks);
        }
    }

    private LockLanes(RunRecord run, TimeAxis axis) {
        this.run = run;
        this.axis = axis;
    }

    static ReportData.Locks of(RunRecord run, TimeAxis axis) {
        return new LockLanes(run, axis).drawn();
    }

    private ReportData.Locks drawn() {
        run.faults().stream().filter(FaultRun::happened).forEach(this::addBlocker);
        for (StepRun step : run.steps()) {
            step.statements().forEach(s -> s.tries().forEach(t -> addHolds(step, t)));
        }
        run.lockWaits().stream().filter(w -> w.party() == Party.MIGRATION).forEach(this::addWaitOfMigration);

        boolean blocking = entries.stream().anyMatch(Entry::blocking);
        List<Lane> all = entries.stream()
                .filter(entry -> entry.blocking() || !blocking)
                .sorted(Comparator.comparingInt(Entry::rank).reversed().thenComparingLong(Entry::waitFrom))
                .map(Entry::asLane)
                .distinct()
                .toList();
        List<Lane> lanes = all.subList(0, Math.min(MOST_LANES, all.size()));
        List<Bar> bars = entries.stream()
                .filter(e -> lanes.contains(e.asLane()))
                .sorted(Comparator.comparingLong(Entry::waitFrom))
                .map(e -> bar(lanes.indexOf(e.asLane()), e))
                .toList();

        List<LockWaited> victims = run.lockWaits().stream()
                .filter(w -> w.party() != Party.MIGRATION && w.party() != Party.OBSERVER)
                .sorted(Comparator.comparingLong(LockWaited::durationNanos).reversed())
                .toList();
        List<Wait> waits = rows(victims.subList(0, Math.min(MOST_WAITS, victims.size())));
        int waitRows = waits.stream().mapToInt(Wait::row).max().orElse(-1) + 1;
        return new ReportData.Locks(
                lanes, bars, waits, waitRows, all.size() - lanes.size(), victims.size() - waits.size());
    }

    private Bar bar(int lane, Entry entry) {
        return new Bar(
                lane,
                axis.millis(entry.waitFrom()),
                axis.millis(entry.from()),
                axis.millis(entry.to()),
                Math.round(entry.error() / 1e3) / 1e3,
                entry.what(),
                entry.outcome());
    }

    private void addBlocker(FaultRun fault) {
        if (fault.kind().equals("blocker")) {
            entries.add(new Entry(
                    100,
                    "long transaction (blocker)",
                    "fault",
                    fault.startNanos(),
                    fault.startNanos(),
                    fault.endNanos(),
                    0,
                    shortened(fault.description()),
                    ""));
        }
    }

    private void addHolds(StepRun step, StatementObserved statement) {
        for (LockHeld lock : statement.locks()) {
            entries.add(new Entry(
                    lock.ownRelation() ? -1 : LockStrength.of(lock.mode()),
                    lock.mode() + " on " + lock.relation() + (lock.ownRelation() ? ", which the migration made" : ""),
                    LockStrength.blocks(lock.mode(), lock.ownRelation()),
                    lock.fromNanos() - lock.waitedNanos(),
                    lock.fromNanos(),
                    lock.fromNanos() + lock.heldNanos(),
                    lock.errorNanos(),
                    step.name() + ": " + shortened(statement.sql()),
                    ""));
        }
    }

    /** Waits that ended in a lock are part of that lock's bar; the others, and those for transactions, have only themselves. */
    private void addWaitOfMigration(LockWaited wait) {
        if (wait.relation() && wait.outcome() == WaitOutcome.ACQUIRED) {
            return;
        }
        entries.add(new Entry(
                wait.relation() ? LockStrength.of(wait.mode()) : 0,
                wait.relation() ? wait.mode() + " on " + wait.target() : "waits for other transactions to end",
                wait.relation() ? LockStrength.blocks(wait.mode(), false) : "schema",
                wait.startNanos(),
                wait.endNanos(),
                wait.endNanos(),
                wait.errorNanos(),
                wait.target(),
                outcome(wait.outcome())));
    }

    /** Each wait in the first row that is free when it begins. */
    private List<Wait> rows(List<LockWaited> waits) {
        record Busy(int row, long until) {}
        PriorityQueue<Busy> busy = new PriorityQueue<>(Comparator.comparingLong(Busy::until));
        PriorityQueue<Integer> free = new PriorityQueue<>();
        List<Wait> placed = new ArrayList<>(waits.size());
        int rows = 0;
        for (LockWaited wait : waits.stream()
                .sorted(Comparator.comparingLong(LockWaited::startNanos))
                .toList()) {
            while (!busy.isEmpty() && busy.peek().until() <= wait.startNanos()) {
                free.add(busy.remove().row());
            }
            int row = free.isEmpty() ? rows++ : free.remove();
            busy.add(new Busy(row, wait.endNanos()));
            placed.add(new Wait(
                    row,
                    axis.millis(wait.startNanos()),
                    axis.millis(wait.endNanos()),
                    who(wait),
                    wait.mode() + " on " + wait.target(),
                    outcome(wait.outcome())));
        }
        return placed;
    }

    private static String who(LockWaited wait) {
        return wait.applicationName().isBlank()
                ? "session " + wait.pid()
                : wait.applicationName() + ", session " + wait.pid();
    }

    private static String outcome(WaitOutcome outcome) {
        return switch (outcome) {
            case ACQUIRED -> "acquired";
            case LOCK_TIMEOUT -> "gave up: lock timeout";
            case CANCELLED -> "gave up: cancelled";
            case DEADLOCK -> "ended by a deadlock";
            case ENDED -> "over";
            case UNKNOWN -> "end not seen";
        };
    }

    private static String shortened(String sql) {
        String line = sql.strip().replaceAll("\\s+", " ");
        return line.length() <= SQL_CHARACTERS ? line : line.substring(0, SQL_CHARACTERS - 1) + "…";
    }
}
