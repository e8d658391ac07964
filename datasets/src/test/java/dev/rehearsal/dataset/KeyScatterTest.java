package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyScatterTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 10, 97, 1_000, 65_536, 99_999})
    void givesEveryPositionToOneRank(long keys) {
        KeyScatter scatter = new KeyScatter(keys);

        long[] positions =
                LongStream.range(0, keys).map(scatter::position).sorted().toArray();

        assertThat(positions).isEqualTo(LongStream.range(0, keys).toArray());
    }

    @Test
    void staysInRangeForTheLargestTables() {
        KeyScatter scatter = new KeyScatter(Integer.MAX_VALUE);

        assertThat(scatter.position(Integer.MAX_VALUE - 1L)).isBetween(0L, (long) Integer.MAX_VALUE - 1);
    }

    @Test
    void refusesNoKeys() {
        assertThatThrownBy(() -> new KeyScatter(0)).hasMessage("keys must be 1 to 2147483647, got 0");
    }
}
