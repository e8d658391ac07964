package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.measure.SampledWaits.Row;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampledWaitsTest {
    private static final LockTarget ORDERS = new LockTarget.Relation(16384);
    private static final int VICTIM = 7;
    private static final int MIGRATION = 9;

    private final SampledWaits waits = new SampledWaits(target -> "orders");

    @Test
    void endLiesBetweenTheLastReadingThatHasTheWaitAndTheFirstThatHasNot() {
        assertThat(waits.reading(millis(0), millis(2), List.of())).isEmpty();
        assertThat(waits.reading(millis(10), millis(12), List.of(holder(), waiter(3))))
                .isEmpty();
        assertThat(waits.reading(millis(20), millis(22), List.of(holder(), waiter(13))))
                .isEmpty();

        List<LockWaited> over = waits.reading(millis(30), millis(32), List.of());

        assertThat(over)
                .containsExactly(new LockWaited(
                        millis(32),
                        millis(8),
                        millis(26),
                        millis(18),
                        millis(6),
                        VICTIM,
                        Party.APPLICATION,
                        "harness-app/shop",
                        "orders",
                        true,
                        "AccessShare",
                        WaitOutcome.ENDED,
                        List.of(MIGRATION),
                        List.of(VICTIM)));
    }

    /** Whatever the truth, it is within what is told. */
    @ParameterizedTest
    @CsvSource({"8, 21", "8, 29", "9, 31", "10, 20"})
    void errorsReachTheTruth(long began, long ended) {
        for (long at = 0; at <= 40; at += 10) {
            boolean waiting = at >= began && at < ended;
            List<LockWaited> over = waits.reading(
                    millis(at), millis(at + 1), waiting ? List.of(holder(), waiter(at - began)) : List.of());
            over.forEach(wait -> {
                assertThat(Math.abs(wait.startNanos() - millis(began))).isLessThanOrEqualTo(wait.errorNanos());
                assertThat(Math.abs(wait.endNanos() - millis(ended))).isLessThanOrEqualTo(wait.errorNanos());
                assertThat(Math.abs(wait.durationNanos() - millis(ended - began)))
                        .isLessThanOrEqualTo(2 * wait.errorNanos());
            });
        }
        assertThat(waits.lost(millis(50))).isEmpty();
    }

    @Test
    void beginLiesBetweenTwoReadingsWhereTheServerDoesNotTellIt() {
        Row silent = new Row(VICTIM, false, "AccessShare", ORDERS, OptionalLong.empty(), "harness-app/shop", VICTIM);
        waits.reading(millis(0), millis(2), List.of());
        waits.reading(millis(10), millis(12), List.of(holder(), silent));

        LockWaited wait = waits.reading(millis(20), millis(22), List.of()).getFirst();

        assertThat(wait.startNanos()).isEqualTo(millis(6));
        assertThat(wait.endNanos()).isEqualTo(millis(16));
        assertThat(wait.errorNanos()).isEqualTo(millis(6));
    }

    @Test
    void whoIsSeenWithTheLockHasAcquiredIt() {
        waits.reading(millis(10), millis(12), List.of(holder(), waiter(3)));

        Row granted = new Row(VICTIM, true, "AccessShare", ORDERS, OptionalLong.empty(), "", 0);
        LockWaited wait =
                waits.reading(millis(20), millis(22), List.of(granted)).getFirst();

        assertThat(wait.outcome()).isEqualTo(WaitOutcome.ACQUIRED);
    }

    @Test
    void secondWaitForTheSameLockIsAWaitOfItsOwn() {
        waits.reading(millis(10), millis(12), List.of(holder(), waiter(3)));

        assertThat(waits.reading(millis(20), millis(22), List.of(holder(), waiter(1))))
                .hasSize(1);
        assertThat(waits.reading(millis(30), millis(32), List.of()))
                .extracting(LockWaited::startNanos)
                .containsExactly(millis(20));
    }

    /** Its process id says nothing of the request: PgBouncer tells its clients other ones. */
    @Test
    void theClientOfAPoolerIsKnownByItsName() {
        Row pooled =
                new Row(VICTIM, false, "AccessShare", ORDERS, OptionalLong.of(3000), "harness-app/#17/shop", VICTIM);
        waits.reading(millis(10), millis(12), List.of(holder(), pooled));

        LockWaited wait = waits.reading(millis(20), millis(22), List.of()).getFirst();

        assertThat(wait.party()).isEqualTo(Party.APPLICATION);
        assertThat(wait.applicationName()).isEqualTo("harness-app/shop");
        assertThat(wait.pid()).isEqualTo(VICTIM);
        assertThat(wait.client()).hasValue(17);
        assertThat(wait.requestSession()).isEqualTo(RequestRecord.clientSession(17));
    }

    @Test
    void endOfWhatIsNotReadOnIsUnknown() {
        waits.reading(millis(10), millis(12), List.of(holder(), waiter(3)));

        assertThat(waits.lost(millis(15))).extracting(LockWaited::outcome).containsExactly(WaitOutcome.UNKNOWN);
    }

    private static Row holder() {
        return new Row(MIGRATION, true, "AccessExclusive", ORDERS, OptionalLong.empty(), "", 0);
    }

    private static Row waiter(long waitedMillis) {
        return new Row(
                VICTIM, false, "AccessShare", ORDERS, OptionalLong.of(waitedMillis * 1000), "harness-app/shop", VICTIM);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
