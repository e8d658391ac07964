package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitLedgerTest {
    private static final Instant ORIGIN = Instant.parse("2026-11-22T10:00:00Z");
    private static final LockTarget ORDERS = new LockTarget.Relation(16384);
    private static final LockTarget TRANSACTION = new LockTarget.Other("transaction 757");

    private final WaitLedger ledger =
            new WaitLedger(RunClock.at(0, ORIGIN), target -> target.equals(ORDERS) ? "orders" : "transaction 757");

    @Test
    void makesOneWaitOfRepeatedReports() {
        assertThat(ledger.reported(report(10, ORDERS, 10_000_000, List.of(1)))).isEmpty();
        assertThat(ledger.reported(report(300, ORDERS, 300_000_000, List.of(2))))
                .isEmpty();

        LockWaited wait = ledger.acquired(new LogEntry.WaitAcquired(
                ORIGIN.plusMillis(500), 7, 7, "harness-app/checkout", "AccessShare", ORDERS, 499_900_000));

        assertThat(wait)
                .isEqualTo(new LockWaited(
                        500_500_000,
                        600_000,
                        500_500_000,
                        499_900_000,
                        WaitLedger.ERROR_NANOS,
                        7,
                        Party.APPLICATION,
                        "harness-app/checkout",
                        "orders",
                        true,
                        "AccessShare",
                        WaitOutcome.ACQUIRED,
                        List.of(1),
                        List.of(7)));
    }

    @Test
    void addsTheTimeUpToTheErrorToWhatTheServerHadCounted() {
        ledger.reported(report(10, ORDERS, 10_000_000, List.of(1)));

        LockWaited wait = ledger.failed(new LogEntry.SessionFailed(
                        ORIGIN.plusMillis(210), 7, "55P03", "canceling statement due to lock timeout", "select 1"))
                .orElseThrow();

        assertThat(wait.durationNanos()).isEqualTo(210_000_000);
        assertThat(wait.outcome()).isEqualTo(WaitOutcome.LOCK_TIMEOUT);
    }

    @Test
    void knowsNoEndOfAWaitThatTheSessionLeftSilently() {
        ledger.reported(report(10, ORDERS, 10_000_000, List.of(1)));

        LockWaited wait = ledger.reported(report(900, TRANSACTION, 10_000_000, List.of(1)))
                .orElseThrow();

        assertThat(wait.outcome()).isEqualTo(WaitOutcome.UNKNOWN);
        assertThat(wait.durationNanos()).isEqualTo(10_000_000);
        assertThat(ledger.closed()).singleElement().satisfies(open -> {
            assertThat(open.target()).isEqualTo("transaction 757");
            assertThat(open.outcome()).isEqualTo(WaitOutcome.UNKNOWN);
        });
    }

    @Test
    void anErrorOfASessionThatDoesNotWaitIsNoWait() {
        assertThat(ledger.failed(new LogEntry.SessionFailed(ORIGIN, 7, "23505", "duplicate key", "select 1")))
                .isEmpty();
    }

    @Test
    void takesAWaitThatWasOverBeforeItWasReported() {
        LockWaited wait = ledger.acquired(
                new LogEntry.WaitAcquired(ORIGIN.plusMillis(20), 7, 7, "psql", "AccessShare", ORDERS, 10_100_000));

        assertThat(wait.holders()).isEmpty();
        assertThat(wait.party()).isEqualTo(Party.OTHER);
        assertThat(wait.durationNanos()).isEqualTo(10_100_000);
    }

    private static LogEntry.WaitReported report(long millis, LockTarget target, long nanos, List<Integer> holders) {
        return new LogEntry.WaitReported(
                ORIGIN.plusMillis(millis),
                7,
                7,
                "harness-app/checkout",
                "AccessShare",
                target,
                nanos,
                holders,
                List.of(7));
    }
}
