package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopPointTest {
    @Test
    void admitsEverythingUntilThereIsAStop() {
        assertThat(new StopPoint().admits(Long.MAX_VALUE - 1)).isTrue();
    }

    @Test
    void dividesArrivalsAtTheStop() {
        StopPoint stop = new StopPoint();

        long instant = stop.decide(() -> 100, 5);

        assertThat(instant).isEqualTo(105);
        assertThat(stop.admits(104)).isTrue();
        assertThat(stop.admits(105)).isFalse();
    }

    /** An arrival at 107 may have run by then, without having heard of a stop at 105. */
    @Test
    void movesAStopThatWasPublishedTooLate() {
        StopPoint stop = new StopPoint();
        Deque<Long> clock = new ArrayDeque<>(List.of(100L, 109L, 109L, 110L));

        long instant = stop.decide(clock::removeFirst, 5);

        assertThat(instant).isEqualTo(114);
        assertThat(stop.admits(107)).isTrue();
    }

    /** Another injector may have been too late for what this one could still do. */
    @Test
    void dividesArrivalsAtTheLastOfferThatAllCouldTake() {
        StopPoint stop = new StopPoint();

        assertThat(stop.offer(() -> 100, 105)).isTrue();
        assertThat(stop.offer(() -> 110, 110)).isFalse();
        assertThat(stop.offer(() -> 112, 130)).isTrue();
        stop.decide(130);

        assertThat(stop.admits(129)).isTrue();
        assertThat(stop.admits(130)).isFalse();
    }
}
