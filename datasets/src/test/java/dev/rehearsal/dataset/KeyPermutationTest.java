package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPermutationTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 16, 17, 1_000, 65_536, 65_537, 100_003})
    void everyNumberComesOnce(long count) {
        KeyPermutation order = new KeyPermutation(42, count);
        BitSet seen = new BitSet();

        for (long i = 0; i < count; i++) {
            seen.set((int) order.at(i));
        }

        assertThat(seen.cardinality()).isEqualTo((int) count);
        assertThat(seen.length()).isEqualTo((int) count);
    }

    @Test
    void numbersOfTheLargestRangeStayWithinIt() {
        KeyPermutation order = new KeyPermutation(7, KeyPermutation.MAXIMUM);

        for (long i = 0; i < 10_000; i++) {
            assertThat(order.at(i)).isBetween(0L, KeyPermutation.MAXIMUM - 1);
            assertThat(order.at(KeyPermutation.MAXIMUM - 1 - i)).isBetween(0L, KeyPermutation.MAXIMUM - 1);
        }
    }

    @Test
    void anotherKeyIsAnotherOrder() {
        KeyPermutation one = new KeyPermutation(1, 1_000);
        KeyPermutation other = new KeyPermutation(2, 1_000);
        int same = 0;

        for (long i = 0; i < 1_000; i++) {
            same += one.at(i) == other.at(i) ? 1 : 0;
        }

        // One match is expected by chance.
        assertThat(same).isLessThan(10);
    }

    @Test
    void neighboursLieFarApart() {
        KeyPermutation order = new KeyPermutation(3, 1_000_000);
        double distance = 0;

        for (long i = 0; i < 1_000; i++) {
            distance += Math.abs(order.at(i) - order.at(i + 1));
        }

        // A third of the range on average, if they have nothing to do with each other.
        assertThat(distance / 1_000).isBetween(250_000.0, 420_000.0);
    }

    @Test
    void refusesWhatItCannotCount() {
        assertThatThrownBy(() -> new KeyPermutation(1, 0)).hasMessage("count must be 1 to 2^62, got 0");
    }
}
