package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiskEstimateTest {
    private static final DatasetSpec SPEC = Definitions.column(1_000_000, new Generator.Text(100, 300));

    @Test
    void growsWithTheRows() {
        long once = DiskEstimate.of(SPEC).dataBytes();
        long tenfold = DiskEstimate.of(new DatasetSpec(SPEC.definition(), 10, Map.of()))
                .dataBytes();

        // 36 bytes of overhead, 4 of length, 200 of text; indexes as 0.6 of that; an empty cluster.
        assertThat(once).isEqualTo((60L << 20) + 384_000_000L);
        assertThat(tenfold).isEqualTo((60L << 20) + 3_840_000_000L);
    }

    @Test
    void countsTheLogOfTheBuildUpToItsLimit() {
        DiskEstimate small = DiskEstimate.of(SPEC);
        DiskEstimate large = DiskEstimate.of(new DatasetSpec(SPEC.definition(), 100, Map.of()));

        assertThat(small.peakBytes()).isEqualTo(2 * small.dataBytes());
        assertThat(large.peakBytes()).isEqualTo(large.dataBytes() + (2L << 30));
    }
}
