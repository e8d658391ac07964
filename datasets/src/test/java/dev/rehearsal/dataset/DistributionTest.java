package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.scenario.Generator;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.commons.statistics.distribution.LogNormalDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.ZipfDistribution;
import org.apache.commons.statistics.inference.ChiSquareTest;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

/** The seed is fixed, so these tests cannot flake: a p-value this low would be a real deviation. */
class DistributionTest {
    private static final double SIGNIFICANT = 0.001;
    private static final int ROWS = 100_000;

    @Test
    void uniformNumbersAreUniform() throws Exception {
        ColumnGenerator generator = generator(new Generator.UniformLong(0, 19), "int8");
        long[] observed = counts(20, row -> (int) Fields.int8(generator, row));

        assertThat(ChiSquareTest.withDefaults().test(observed).getPValue()).isGreaterThan(SIGNIFICANT);
    }

    @Test
    void choicesFollowTheirWeights() throws Exception {
        Generator.Choice choice = new Generator.Choice(List.of("0", "1", "2"), List.of(70.0, 25.0, 5.0));
        ColumnGenerator generator = generator(choice, "text");
        long[] observed = counts(3, row -> Integer.parseInt(Fields.text(generator, row)));

        assertThat(ChiSquareTest.withDefaults()
                        .test(new double[] {70, 25, 5}, observed)
                        .getPValue())
                .isGreaterThan(SIGNIFICANT);
    }

    @Test
    void zipfNumbersFollowZipf() throws Exception {
        int values = 50;
        ColumnGenerator generator = generator(new Generator.Zipf(1, values, 1.1), "int8");
        long[] observed = counts(values, row -> (int) Fields.int8(generator, row) - 1);
        ZipfDistribution zipf = ZipfDistribution.of(values, 1.1);

        double[] expected =
                IntStream.rangeClosed(1, values).mapToDouble(zipf::probability).toArray();
        assertThat(ChiSquareTest.withDefaults().test(expected, observed).getPValue())
                .isGreaterThan(SIGNIFICANT);
    }

    @Test
    void referencesAreAsSkewedAsZipfButScatteredOverTheKeys() throws Exception {
        int keys = 1_000;
        ColumnGenerator generator =
                Definitions.generator(Definitions.reference(keys, ROWS, 1.1, 0), 42, Definitions.ofType("int8"));
        long[] observed = counts(keys, row -> (int) Fields.int8(generator, row) - 1);

        List<Integer> byPopularity = IntStream.range(0, keys)
                .boxed()
                .sorted(Collections.reverseOrder(java.util.Comparator.comparingLong(key -> observed[key])))
                .toList();
        double most = observed[byPopularity.getFirst()] / (double) ROWS;
        assertThat(most).isCloseTo(ZipfDistribution.of(keys, 1.1).probability(1), within(0.005));
        assertThat(byPopularity.subList(0, 10).stream().filter(key -> key < keys / 2))
                .as("the ten most popular keys that lie in the first half")
                .hasSizeBetween(3, 7);
    }

    @Test
    void normalNumbersAreNormal() throws Exception {
        ColumnGenerator generator = generator(new Generator.Normal(10, 2), "float8");
        double[] observed = doubles(generator);

        assertThat(KolmogorovSmirnovTest.withDefaults()
                        .test(observed, NormalDistribution.of(10, 2)::cumulativeProbability)
                        .getPValue())
                .isGreaterThan(SIGNIFICANT);
    }

    @Test
    void logNormalNumbersAreLogNormal() throws Exception {
        ColumnGenerator generator = generator(new Generator.LogNormal(1, 0.5), "float8");
        double[] observed = doubles(generator);

        assertThat(KolmogorovSmirnovTest.withDefaults()
                        .test(observed, LogNormalDistribution.of(1, 0.5)::cumulativeProbability)
                        .getPValue())
                .isGreaterThan(SIGNIFICANT);
    }

    @Test
    void nullsAndTruthHaveTheirFractionsAndAreIndependent() throws Exception {
        ColumnGenerator generator = generator(new Generator.Nullable(new Generator.Bool(0.2), 0.3), "bool");
        long nulls = LongStream.range(0, ROWS)
                .filter(row -> Fields.isNull(generator, row))
                .count();
        long trues = LongStream.range(0, ROWS)
                .filter(row -> !Fields.isNull(generator, row) && Fields.bool(generator, row))
                .count();

        assertThat(nulls / (double) ROWS).isCloseTo(0.3, within(0.01));
        assertThat(trues / (double) (ROWS - nulls)).isCloseTo(0.2, within(0.01));
    }

    @Test
    void risingNumbersHaveTheCorrelationAskedFor() {
        for (double correlation : new double[] {0, 0.3, 0.9, 0.999, 1}) {
            LongSource source =
                    new LongSource.Rising(new RowRandom(42, "t", "c"), 0, 1_000_000_000, ROWS, correlation, false);

            assertThat(correlationWithRow(source)).isCloseTo(correlation, within(0.01));
        }
    }

    private static double correlationWithRow(LongSource source) {
        double[] values = LongStream.range(0, ROWS).mapToDouble(source::at).toArray();
        double mean = Arrays.stream(values).average().orElseThrow();
        double rowMean = (ROWS - 1) / 2.0;
        double covariance = 0;
        double variance = 0;
        double rowVariance = 0;
        for (int row = 0; row < ROWS; row++) {
            covariance += (values[row] - mean) * (row - rowMean);
            variance += (values[row] - mean) * (values[row] - mean);
            rowVariance += (row - rowMean) * (row - rowMean);
        }
        return covariance / Math.sqrt(variance * rowVariance);
    }

    private static ColumnGenerator generator(Generator generator, String type) throws Exception {
        return Definitions.generator(Definitions.column(ROWS, generator), 42, Definitions.ofType(type));
    }

    private static double[] doubles(ColumnGenerator generator) {
        return LongStream.range(0, 10_000)
                .mapToDouble(row -> Fields.float8(generator, row))
                .toArray();
    }

    private static long[] counts(int buckets, java.util.function.LongToIntFunction bucket) {
        long[] counts = new long[buckets];
        for (int row = 0; row < ROWS; row++) {
            counts[bucket.applyAsInt(row)]++;
        }
        return counts;
    }
}
