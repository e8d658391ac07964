package dev.rehearsal.measure;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes one {@link LockWaited} of the several lines that the server writes about a wait.
 *
 * <pre>
 * still waiting … after 10.1 ms    opens the wait; the server may repeat it at any wake-up
 * acquired … after 483.9 ms        closes it, with the server's own duration
 * ERROR 55P03, 57014, 40P01, …     closes it when nothing was acquired: such a wait has no line of its own
 * </pre>
 *
 * A wait that neither line closed, but whose session reports another one, ended in an error which the session caught (a PL/pgSQL exception
 * block): that one is {@code UNKNOWN}, and its duration what is known for certain. Not safe for use by several threads.
 */
final class WaitLedger {
    /**
     * Log times are cut to milliseconds, so the middle is off by half of one at most; as much again is for the session that loses its processor
     * between taking the lock and taking the line's time.
     */
    static final long ERROR_NANOS = Duration.ofMillis(1).toNanos();

    private static final long HALF_MILLISECOND = 500_000;

    private final RunClock clock;
    private final Function<LockTarget, String> describe;
    private final Map<Integer, OpenWait> open = new HashMap<>();

    /** @param lastReportedAt of the latest line about it, and {@code durationNanos} as that line said */
    private record OpenWait(
            LogEntry.WaitReported report, String target, Instant lastReportedAt, long durationNanos, boolean deadlock) {
        private boolean sameAs(LockTarget target, String mode) {
            return report.target().equals(target) && report.mode().equals(mode);
        }
    }

    /** @param describe the words for a lock's target; asked when the wait is first heard of, for the relation may be gone when it ends */
    WaitLedger(RunClock clock, Function<LockTarget, String> describe) {
        this.clock = clock;
        this.describe = describe;
    }

    /** Middle of the millisecond that a log line's time was cut to. */
    static long nanos(RunClock clock, Instant logTime) {
        return clock.fromWallClock(logTime) + HALF_MILLISECOND;
    }

    /** @return the wait that this line shows to be over without having been acquired */
    Optional<LockWaited> reported(LogEntry.WaitReported report) {
        OpenWait known = open.get(report.pid());
        if (known != null && known.sameAs(report.target(), report.mode())) {
            open.put(
                    report.pid(),
                    new OpenWait(
                            known.report(), known.target(), report.at(), report.durationNanos(), known.deadlock()));
            return Optional.empty();
        }
        open.put(
                report.pid(),
                new OpenWait(report, describe.apply(report.target()), report.at(), report.durationNanos(), false));
        return Optional.ofNullable(known).map(this::unknown);
    }

    LockWaited acquired(LogEntry.WaitAcquired acquired) {
        OpenWait known = open.remove(acquired.pid());
        long end = nanos(clock, acquired.at());
        boolean same = known != null && known.sameAs(acquired.target(), acquired.mode());
        return waited(
                acquired.session(),
                acquired.applicationName(),
                acquired.target(),
                same ? known.target() : describe.apply(acquired.target()),
                acquired.mode(),
                end,
                acquired.durationNanos(),
                WaitOutcome.ACQUIRED,
                same ? known.report().holders() : List.of(),
                same ? known.report().queue() : List.of());
    }

    /** @return the wait that the error ended, if the session had one */
    Optional<LockWaited> failed(LogEntry.SessionFailed failure) {
        OpenWait known = open.remove(failure.pid());
        if (known == null) {
            return Optional.empty();
        }
        WaitOutcome outcome = switch (failure.sqlState()) {
            case "55P03" -> WaitOutcome.LOCK_TIMEOUT;
            case "57014" -> WaitOutcome.CANCELLED;
            case "40P01" -> WaitOutcome.DEADLOCK;
            default -> WaitOutcome.UNKNOWN;
        };
        Duration sinceReport = Duration.between(known.lastReportedAt(), failure.at());
        return Optional.of(
                ended(known, nanos(clock, failure.at()), known.durationNanos() + sinceReport.toNanos(), outcome));
    }

    /** Everything that is still open, as far as it is known. */
    List<LockWaited> closed() {
        List<LockWaited> rest = new ArrayList<>();
        open.values().forEach(wait -> rest.add(unknown(wait)));
        open.clear();
        return rest;
    }

    private LockWaited unknown(OpenWait wait) {
        return ended(wait, nanos(clock, wait.lastReportedAt()), wait.durationNanos(), WaitOutcome.UNKNOWN);
    }

    private LockWaited ended(OpenWait wait, long end, long duration, WaitOutcome outcome) {
        LogEntry.WaitReported report = wait.report();
        return waited(
                report.session(),
                report.applicationName(),
                report.target(),
                wait.target(),
                report.mode(),
                end,
                duration,
                outcome,
                report.holders(),
                report.queue());
    }

    private static LockWaited waited(
            int session,
            String applicationName,
            LockTarget target,
            String description,
            String mode,
            long end,
            long duration,
            WaitOutcome outcome,
            List<Integer> holders,
            List<Integer> queue) {
        return new LockWaited(
                end,
                end - duration,
                end,
                duration,
                ERROR_NANOS,
                session,
                ApplicationNames.party(applicationName),
                ApplicationNames.withoutClient(applicationName),
                description,
                target instanceof LockTarget.Relation,
                mode,
                outcome,
                holders,
                queue,
                ApplicationNames.clientOf(applicationName));
    }
}
