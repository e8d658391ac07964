package dev.rehearsal.dataset;

import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/** Real numbers by row. Not thread-safe: one for each slice. */
sealed interface DoubleSource {
    double at(long row);

    final class Normal implements DoubleSource {
        private final RowRandom random;
        private final SharedStateContinuousSampler standard;
        private final double mean;
        private final double deviation;

        Normal(RowRandom random, double mean, double deviation) {
            this.random = random.derived(0);
            // This sampler keeps nothing between two draws; Box-Muller's would keep the second of a pair.
            this.standard = ZigguratSampler.NormalizedGaussian.of(this.random);
            this.mean = mean;
            this.deviation = deviation;
        }

        @Override
        public double at(long row) {
            random.at(row);
            return mean + deviation * standard.sample();
        }
    }

    record LogNormal(Normal logarithm) implements DoubleSource {
        @Override
        public double at(long row) {
            return Math.exp(logarithm.at(row));
        }
    }

    /** {@code unscaled} divided by {@code divisor}. */
    record OfLong(LongSource unscaled, double divisor) implements DoubleSource {
        @Override
        public double at(long row) {
            return unscaled.at(row) / divisor;
        }
    }

    /** As a histogram describes them; by the rank of a row among those that have a value, not by the row. */
    record Described(RealValues values, ValueOrder order) implements DoubleSource {
        @Override
        public double at(long rank) {
            return values.at(order.position(rank));
        }
    }
}
