package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.ClockReading;
import dev.rehearsal.run.RunEvent.InjectorClock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockSampleTest {
    /** A question to a clock that is so far ahead; the answer takes it 50. */
    private static ClockSample asked(long sent, long ahead, long there, long back) {
        long received = sent + there + ahead;
        long answered = received + 50;
        long returned = sent + there + 50 + back;
        return ClockSample.of(
                sent,
                new Frame.Clock(received, answered, 1_000_000 + answered - ahead + 777),
                returned,
                1_000_000 + returned);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 10, 10",
        "5000, 10, 10",
        "-123456789012, 10, 10",
        // The error is half of the way at most, whichever of the two took longer.
        "5000, 0, 300",
        "5000, 300, 0",
        "-5000, 41, 300"
    })
    void theOffsetIsWithinItsError(long ahead, long there, long back) {
        ClockReading reading = asked(1_000, ahead, there, back).reading();

        assertThat(Math.abs(reading.offsetNanos() - ahead)).isLessThanOrEqualTo(reading.errorNanos());
        assertThat(reading.errorNanos()).isEqualTo((there + back + 1) / 2);
    }

    @Test
    void theQuickestQuestionTellsMost() {
        assertThat(ClockSample.best(List.of(asked(0, 900, 400, 20), asked(0, 900, 15, 15), asked(0, 900, 10, 90)))
                        .reading())
                .isEqualTo(new ClockReading(900, 15));
    }

    @Test
    void theWallClockIsReckonedLikewise() {
        assertThat(asked(3_000, 900, 25, 25).wallOffsetNanos()).isEqualTo(777);
    }

    /** Times are brought over by the first reading: what the clock has gained until the last is their error, and its own comes on top. */
    @Test
    void whatAClockGainsInTheRunIsItsError() {
        InjectorClock clock = new InjectorClock(new ClockReading(1_000, 30), new ClockReading(700, 20), 0);

        assertThat(clock.driftNanos()).isEqualTo(-300);
        assertThat(clock.errorNanos()).isEqualTo(320);
        assertThat(new InjectorClock(new ClockReading(1_000, 30), new ClockReading(1_005, 20), 0).errorNanos())
                .isEqualTo(30);
    }
}
