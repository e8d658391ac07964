package dev.rehearsal.scenario;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How one column's values are made, in the words of {@code dataset.yaml}. Values are a pure function of (seed, table, column, row number).
 *
 * <p>Every generator but {@link Sequence} can be wrapped in {@link Nullable}, and in {@link Unique} within that.
 */
public sealed interface Generator {
    /** start, start + 1, start + 2, … by row number: the key of a table. */
    record Sequence(long start) implements Generator {}

    /** Whole numbers from {@code min} to {@code max}, both included. */
    record UniformLong(long min, long max) implements Generator {}

    /** Decimals from {@code min} to {@code max} with {@code scale} digits behind the point. */
    record UniformDecimal(BigDecimal min, BigDecimal max, int scale) implements Generator {}

    /** Zipf-distributed whole numbers from {@code min} to {@code max}; small numbers are the frequent ones. */
    record Zipf(long min, long max, double exponent) implements Generator {}

    record Normal(double mean, double deviation) implements Generator {}

    record LogNormal(double mu, double sigma) implements Generator {}

    /** One of {@code values} with the given weights (same length, positive). */
    record Choice(List<String> values, List<Double> weights) implements Generator {
        public Choice {
            values = List.copyOf(values);
            weights = List.copyOf(weights);
        }
    }

    /**
     * A foreign key: the value that {@code column} has in some row of {@code table}. Of an unmentioned column it is the server's constraint that
     * says where it points.
     *
     * @param zipf skew of popularity; 0 is uniform. Popular keys are scattered over the key range, not its beginning.
     * @param correlation 0: independent of the row number; towards 1: rises with it, as lines that were written together with what they belong
     *     to. One of the two is 0.
     */
    record References(String table, String column, double zipf, double correlation) implements Generator {}

    /**
     * A moment between {@code from} and {@code to}.
     *
     * @param correlation 1: rises with the row number, as in an append-only table; 0: independent of it
     */
    record Timestamp(Instant from, Instant to, double correlation) implements Generator {}

    /** Text of letters, {@code minLength} to {@code maxLength} characters. */
    record Text(int minLength, int maxLength) implements Generator {}

    /** {@code #} a digit, {@code ?} a lower-case letter, <code>{row}</code> the row number (which makes the value unique); the rest as it is. */
    record Pattern(String pattern) implements Generator {}

    record Uuid() implements Generator {}

    /** What datafaker's {@code provider} makes, such as {@code address.city}: some thousands of texts made once, of which each row has one. */
    record Faker(String provider) implements Generator {}

    /** A JSON object of these fields, in this order; a field that is null is left out. */
    record Json(Map<String, Generator> fields) implements Generator {
        public Json {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** An array of {@code minLength} to {@code maxLength} elements, each made by {@code element}. */
    record Array(Generator element, int minLength, int maxLength) implements Generator {}

    /** {@code minLength} to {@code maxLength} random bytes; in a column of bits, as many bits as it holds. */
    record Bytes(int minLength, int maxLength) implements Generator {}

    /** An IPv4 address of the private network 10.0.0.0/8. */
    record Inet() implements Generator {}

    /** A length of time in whole seconds, both ends included. */
    record Interval(long minSeconds, long maxSeconds) implements Generator {}

    /** Values of {@code inner}'s range, no two of them the same, without regard to how {@code inner} distributes them. */
    record Unique(Generator inner) implements Generator {}
    /**
     * Values as a server's statistics describe a column: some that are common, and the rest between the bounds of a histogram.
     *
     * @param bounds in the order of the values: between each two neighbours lie as many of the rows that have no common value. Empty: not known
     * @param distinct how many different values there are, the common ones among them
     * @param common the frequent values with their shares of the rows that have a value
     * @param correlation of the values' order with that of the rows, -1 to 1, as {@code pg_stats} has it
     * @param width bytes of a text on average; empty: as the bounds have it
     */
    record Histogram(
            List<String> bounds, Distinct distinct, List<Common> common, double correlation, OptionalDouble width)
            implements Generator {
        public Histogram {
            bounds = List.copyOf(bounds);
            common = List.copyOf(common);
        }

        /** The share of rows that have one of the common values. */
        public double commonShare() {
            return common.stream().mapToDouble(Common::share).sum();
        }
    }

    /** @param share of the rows that have a value, above 0 */
    record Common(String value, double share) {}

    /** How many different values a column has. */
    sealed interface Distinct {
        /** So many, whatever the scale; at least 1. */
        record Count(long values) implements Distinct {}

        /** In proportion to the rows that have a value: 1 is as many as these. */
        record Share(double ofRows) implements Distinct {}
    }

    /**
     * A foreign key into a table whose key is a {@link Sequence}, with the popularity that a server's statistics know.
     *
     * @param popular shares of the most popular keys, in descending order; which keys these are is scattered over the key range
     * @param distinct how many keys are referred to at all, the popular ones among them
     * @param correlation of the keys' order with that of the rows, -1 to 1
     */
    record PopularReferences(String table, String column, List<Double> popular, Distinct distinct, double correlation)
            implements Generator {
        public PopularReferences {
            popular = List.copyOf(popular);
        }
    }

    record Bool(double trueFraction) implements Generator {}

    /** {@code inner}, but SQL null in {@code fraction} of the rows. */
    record Nullable(Generator inner, double fraction) implements Generator {}
}
