package dev.rehearsal.scenario;

import java.math.BigDecimal;
import java.util.List;

/** Where the value of one {@code :parameter} comes from, drawn afresh for each request from the scenario's seed. */
public sealed interface Parameter {
    /** Whole numbers, both ends included. */
    record UniformLong(long min, long max) implements Parameter {}

    /** Decimals with {@code scale} digits behind the point. */
    record UniformDecimal(BigDecimal min, BigDecimal max, int scale) implements Parameter {}

    /** Zipf over {@code min} to {@code max}; {@code min} is the most frequent. */
    record Zipf(long min, long max, double exponent) implements Parameter {}

    /**
     * An existing value of {@code table.column}, found when the run starts.
     *
     * @param zipf skew of popularity; 0 is uniform. Popular keys are scattered over the table.
     */
    record References(String table, String column, double zipf) implements Parameter {}

    record Choice(List<String> values, List<Double> weights) implements Parameter {
        public Choice {
            values = List.copyOf(values);
            weights = List.copyOf(weights);
        }
    }

    /** start, start + 1, …: one more with every request of the operation. */
    record Sequence(long start) implements Parameter {}

    record Literal(String value) implements Parameter {}
}
