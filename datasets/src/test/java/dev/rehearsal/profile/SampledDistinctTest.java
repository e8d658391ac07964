package dev.rehearsal.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.profile.TableStatistics.ColumnFigures;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampledDistinctTest {
    private static final long ROWS = 1_000_000;

    /** Samples as the server draws them, and estimates by its formula: a table made with the number that is found is estimated as the original was. */
    @ParameterizedTest
    @CsvSource({
        // values, share of the rows that have the one common value, nulls
        "9_000, 0.977, 0",
        "500, 0, 0",
        "20_000, 0, 0",
        "20_000, 0.3, 0.1",
        "200_000, 0, 0",
        "200_000, 0.1, 0.4",
        "1_000_000, 0, 0",
    })
    void aTableMadeWithTheNumberIsEstimatedAsTheOriginal(String values, double common, double nulls) {
        double reported = estimated(Long.parseLong(values.replace("_", "")), common, nulls, 1);
        // Kept as a share of the rows where it is more than a tenth of them.
        double distinct = reported > 0.1 * ROWS ? -reported / ROWS : reported;
        List<Double> frequencies = common > 0 ? List.of(common) : List.of();

        double found = SampledDistinct.of(new ColumnFigures("integer", nulls, distinct, frequencies, 0, 4), ROWS);

        assertThat(estimated(Math.round(found) - frequencies.size(), common, nulls, 2))
                .isCloseTo(reported, within(0.2 * reported));
    }

    @Test
    void manyValuesSeenOnceAreFarMoreThanTheServerSays() {
        double reported = estimated(9_000, 0.977, 0, 1);

        assertThat(reported).isLessThan(1_000);
        assertThat(SampledDistinct.of(new ColumnFigures("integer", 0, reported, List.of(0.977), 0, 4), ROWS))
                .isGreaterThan(3_000);
    }

    private static double estimated(long values, double common, double nulls, long seed) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        Map<Long, Integer> seen = new HashMap<>();
        long sampled = 0;
        Set<Long> drawn = new HashSet<>();
        while (drawn.size() < SampledDistinct.SAMPLE) {
            long row = random.nextLong(ROWS);
            if (drawn.add(row) && row >= nulls * ROWS) {
                sampled++;
                seen.merge(row < (nulls + common) * ROWS ? -1L : row % values, 1, Integer::sum);
            }
        }
        double once = seen.values().stream().filter(count -> count == 1).count();
        return sampled * seen.size() / (sampled - once + once * SampledDistinct.SAMPLE / ROWS);
    }

    @Test
    void aSampleOfTheWholeTableIsBelieved() {
        assertThat(SampledDistinct.of(new ColumnFigures("integer", 0, 700, List.of(0.9), 0, 4), 20_000))
                .isEqualTo(700);
    }

    @Test
    void whereAllValuesAreCommonThereAreNoOthers() {
        assertThat(SampledDistinct.of(new ColumnFigures("integer", 0.5, 4, Collections.nCopies(4, 0.125), 0, 4), ROWS))
                .isEqualTo(4);
    }
}
