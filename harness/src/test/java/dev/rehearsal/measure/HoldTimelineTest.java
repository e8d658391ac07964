package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.measure.HoldTimeline.Hold;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The drawing of {@link HoldTimeline}, built and varied; times in nanoseconds. */
class HoldTimelineTest {
    private static final Sighting.Lock ORDERS = new Sighting.Lock(16384, "AccessExclusive");

    private final HoldTimeline timeline = new HoldTimeline();

    @Test
    void boundsTheGrantAndTheReleaseByReadings() {
        without(110, 112);
        without(120, 122);
        with("3/7", 130, 132);
        with("3/7", 140, 142);
        with("3/7", 310, 312);
        without(320, 322);
        timeline.statement(100, 200, false);
        timeline.statement(300, 330, false);

        assertThat(timeline.holds()).containsExactly(new Hold(ORDERS, 120, 132, 310, 322));
    }

    @Test
    void boundsThemByTheStatementsWhereNothingWasRead() {
        with("3/7", 210, 212);
        timeline.statement(100, 200, false);
        timeline.statement(300, 330, false);

        // The reading between the statements shows that the lock came with the first and went with the second.
        assertThat(timeline.holds()).containsExactly(new Hold(ORDERS, 100, 200, 300, 330));
    }

    @Test
    void aLockThatTheFirstStatementLeftAndTheSecondTookIsTheSeconds() {
        without(210, 212);
        with("3/7", 410, 412);
        timeline.statement(100, 200, false);
        timeline.statement(300, 400, false);
        timeline.statement(500, 530, false);

        assertThat(timeline.holds()).containsExactly(new Hold(ORDERS, 300, 400, 500, 530));
    }

    @Test
    void endsAHoldWhereABlockMayHaveCommitted() {
        with("3/7", 110, 112);
        with("3/8", 130, 132);
        timeline.statement(100, 200, true);

        assertThat(timeline.holds())
                .containsExactly(new Hold(ORDERS, 100, 112, 110, 132), new Hold(ORDERS, 110, 132, 130, 200));
    }

    @Test
    void keepsAHoldOverTheTransactionsOfOneCommand() {
        with("3/7", 110, 112);
        with("3/8", 130, 132);
        timeline.statement(100, 200, false);

        assertThat(timeline.holds()).containsExactly(new Hold(ORDERS, 100, 112, 130, 200));
    }

    @Test
    void provesNothingOfALockSeenOnce() {
        with("3/7", 110, 112);
        timeline.statement(100, 200, false);

        Hold hold = timeline.holds().getFirst();

        assertThat(hold.provableNanos()).isZero();
        assertThat(hold.possibleNanos()).isEqualTo(100);
    }

    @Test
    void aKnownGrantNarrowsButNeverContradicts() {
        Hold hold = new Hold(ORDERS, 100, 150, 300, 310);

        assertThat(hold.grantedBetween(90, 130)).isEqualTo(new Hold(ORDERS, 100, 130, 300, 310));
        assertThat(hold.grantedBetween(160, 170)).isEqualTo(new Hold(ORDERS, 150, 150, 300, 310));
        assertThat(hold.grantedBetween(10, 20)).isEqualTo(new Hold(ORDERS, 100, 100, 300, 310));
    }

    private void with(String transaction, long from, long to) {
        timeline.add(new Sighting(from, to, transaction, Set.of(ORDERS), false));
    }

    private void without(long from, long to) {
        timeline.add(new Sighting(from, to, "", Set.of(), false));
    }
}
