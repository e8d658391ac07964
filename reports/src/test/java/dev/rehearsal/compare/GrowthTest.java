package dev.rehearsal.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.rehearsal.compare.Growth.Measured;
import dev.rehearsal.compare.Growth.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class GrowthTest {
    private static final List<Long> SIZES = List.of(500_000L, 1_000_000L, 2_000_000L);

    private static List<Measured> measured(List<Long> sizes, Random random, double noise, DoubleUnaryOperator nanos) {
        List<Measured> measured = new ArrayList<>();
        for (long rows : sizes) {
            measured.add(new Measured(
                    rows,
                    Math.round(nanos.applyAsDouble((double) rows) * Math.exp(noise * random.nextGaussian())),
                    1000));
        }
        return measured;
    }

    @Test
    void theDataChooseTheModel() {
        Random random = new Random(1);

        assertThat(Growth.of(measured(SIZES, random, 0.001, rows -> 4e6))
                        .orElseThrow()
                        .model())
                .isEqualTo(Model.CONSTANT);
        assertThat(Growth.of(measured(SIZES, random, 0.001, rows -> 600 * rows))
                        .orElseThrow()
                        .model())
                .isEqualTo(Model.LINEAR);
        assertThat(Growth.of(measured(SIZES, random, 0.001, rows -> 50 * rows * Math.log(rows)))
                        .orElseThrow()
                        .model())
                .isEqualTo(Model.N_LOG_N);
    }

    @Test
    void predictsExactlyWhatIsExact() {
        Growth growth =
                Growth.of(measured(SIZES, new Random(1), 0, rows -> 600 * rows)).orElseThrow();

        assertThat(growth.at(500_000_000).nanos()).isCloseTo(600 * 5e8, offset(1e6));
    }

    @Test
    void theIntervalHoldsAsOftenAsItSays() {
        Random random = new Random(7);
        int held = 0;
        for (int i = 0; i < 1000; i++) {
            Growth growth =
                    Growth.of(measured(SIZES, random, 0.05, rows -> 600 * rows)).orElseThrow();
            double truth = 600 * 8e6 * Math.exp(0.05 * random.nextGaussian());
            held += growth.at(8_000_000).holds(truth) ? 1 : 0;
        }

        assertThat(held).isBetween(930, 990);
    }

    /** As seen on a busy machine: 200 ms of it are always the same, and the rest is not seen among their noise. */
    @Test
    void growthThatHidesUnderAFixedPartIsReckonedWith() {
        Growth growth = Growth.of(List.of(
                        new Measured(100_000, 276_782_000, 3_646_000),
                        new Measured(200_000, 220_252_000, 7_616_000),
                        new Measured(400_000, 295_908_000, 1_060_000)))
                .orElseThrow();

        assertThat(growth.model()).isEqualTo(Model.CONSTANT);
        assertThat(growth.at(1_600_000).holds(1_291_000_000)).isTrue();
        Random random = new Random(7);
        int held = 0;
        for (int i = 0; i < 1000; i++) {
            DoubleUnaryOperator nanos = rows -> 2e8 + 300 * rows;
            Growth seen = Growth.of(measured(List.of(100_000L, 200_000L, 400_000L), random, 0.15, nanos))
                    .orElseThrow();
            held += seen.at(1_600_000).holds(nanos.applyAsDouble(1.6e6) * Math.exp(0.15 * random.nextGaussian()))
                    ? 1
                    : 0;
        }
        assertThat(held).isGreaterThan(930);
    }

    @Test
    void statesItsErrorByPredictingTheLargestFromTheSmaller() {
        Growth growth = Growth.of(List.of(
                        new Measured(1000, 1_000_000, 0),
                        new Measured(2000, 2_000_000, 0),
                        new Measured(4000, 5_000_000, 0)))
                .orElseThrow();

        Growth.Check check = growth.check().orElseThrow();

        assertThat(check.model()).isEqualTo(Model.LINEAR);
        assertThat(check.predicted().nanos()).isCloseTo(4_000_000, offset(1.0));
        assertThat(check.measuredNanos()).isEqualTo(5_000_000);
        assertThat(check.error()).isCloseTo(-0.2, offset(1e-9));
    }

    @Test
    void oneSizePredictsNothing() {
        assertThat(Growth.of(List.of(new Measured(1000, 5, 0), new Measured(1000, 6, 0))))
                .isEmpty();
        assertThat(Growth.of(List.of(new Measured(1000, 5, 0), new Measured(2000, 6, 0)))
                        .orElseThrow()
                        .check())
                .isEmpty();
    }
}
