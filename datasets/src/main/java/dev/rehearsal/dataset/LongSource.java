package dev.rehearsal.dataset;

import org.apache.commons.rng.sampling.distribution.RejectionInversionZipfSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateDiscreteSampler;

/** Whole numbers by row: also moments (microseconds since 2000-01-01 UTC) and decimals (unscaled). Not thread-safe: one for each slice. */
sealed interface LongSource {
    /**
     * @param row from 0
     */
    long at(long row);

    /** The least value that {@link #at} can return. */
    long least();

    /** The greatest value that {@link #at} can return. */
    long greatest();

    /** start, start + 1, … */
    record Sequence(long start, long rows) implements LongSource {
        @Override
        public long at(long row) {
            return start + row;
        }

        @Override
        public long least() {
            return start;
        }

        @Override
        public long greatest() {
            return start + Math.max(0, rows - 1);
        }
    }

    /** Both ends included. */
    record Uniform(RowRandom random, long least, long greatest) implements LongSource {
        @Override
        public long at(long row) {
            long span = greatest - least + 1;
            // 0 is 2^64, the whole range.
            return span == 0 ? random.bits(row) : least + RowRandom.below(span, random.bits(row));
        }
    }

    /** {@code least} is the most frequent. */
    final class Zipf implements LongSource {
        private final RowRandom random;
        private final SharedStateDiscreteSampler ranks;
        private final long least;
        private final long greatest;

        Zipf(RowRandom random, long least, long greatest, double exponent) {
            this.random = random.derived(0);
            this.ranks = RejectionInversionZipfSampler.of(this.random, Math.toIntExact(greatest - least + 1), exponent);
            this.least = least;
            this.greatest = greatest;
        }

        @Override
        public long at(long row) {
            random.at(row);
            return least + ranks.sample() - 1;
        }

        @Override
        public long least() {
            return least;
        }

        @Override
        public long greatest() {
            return greatest;
        }
    }

    /**
     * A row's own number out of a range, no two rows' the same: a permutation of the row number, or of more numbers than there are rows. Of a key of
     * several columns each has a digit of the number: {@code number / stride % radix}.
     */
    record Placed(KeyPermutation order, long stride, long radix) implements LongSource {
        @Override
        public long at(long row) {
            return order.at(row) / stride % radix;
        }

        @Override
        public long least() {
            return 0;
        }

        @Override
        public long greatest() {
            return radix - 1;
        }
    }

    /** As many different numbers as rows, rising with the row number, over the whole of a range. */
    record Spread(long step, long count) implements LongSource {
        @Override
        public long at(long row) {
            return row * step;
        }

        @Override
        public long least() {
            return 0;
        }

        @Override
        public long greatest() {
            return count - 1;
        }
    }

    /** {@code start + inner * step}. */
    record Steps(LongSource inner, long start, long step) implements LongSource {
        @Override
        public long at(long row) {
            return start + inner.at(row) * step;
        }

        @Override
        public long least() {
            return start + inner.least() * step;
        }

        @Override
        public long greatest() {
            return start + inner.greatest() * step;
        }
    }

    /** A row before this one, any with the same probability; of the first row itself. So what refers to its own table makes trees, never rings. */
    record Earlier(RowRandom random, long rows) implements LongSource {
        @Override
        public long at(long row) {
            return row == 0 ? 0 : RowRandom.below(row, random.bits(row));
        }

        @Override
        public long least() {
            return 0;
        }

        @Override
        public long greatest() {
            return Math.max(0, rows - 1);
        }
    }

    /** Keys of another table, of which some are more popular than others. */
    record PopularKeys(Zipf ranks, KeyScatter scatter, long start) implements LongSource {
        @Override
        public long at(long row) {
            return start + scatter.position(ranks.at(row));
        }

        @Override
        public long least() {
            return start;
        }

        @Override
        public long greatest() {
            return start + ranks.greatest() - ranks.least();
        }
    }

    /**
     * Rises with the row number, from {@code least} to {@code greatest}, and scatters around that line.
     *
     * <p>The position within the range is w (row + u) / rows + (1 - w) v with u and v uniform and independent. Its correlation with the row number
     * is w / sqrt(w² + (1 - w)²), so w = 1 / (1 + sqrt(1 / r² - 1)) gives correlation r. Where rows come at even steps u is 1/2: then fewer rows than
     * values never meet at correlation 1.
     */
    final class Rising implements LongSource {
        private final RowRandom inRow;
        private final RowRandom around;
        private final long least;
        private final long greatest;
        private final double rows;
        private final double weight;
        private final boolean even;

        Rising(RowRandom random, long least, long greatest, long rows, double correlation, boolean even) {
            this.even = even;
            this.inRow = random;
            this.around = random.derived(1);
            this.least = least;
            this.greatest = greatest;
            this.rows = Math.max(1, rows);
            this.weight = correlation == 0 ? 0 : 1 / (1 + Math.sqrt(1 / (correlation * correlation) - 1));
        }

        @Override
        public long at(long row) {
            double step = even ? 0.5 : RowRandom.unit(inRow.bits(row));
            double position = weight * ((row + step) / rows) + (1 - weight) * RowRandom.unit(around.bits(row));
            return Math.min(greatest, least + (long) (position * (greatest - least + 1)));
        }

        @Override
        public long least() {
            return least;
        }

        @Override
        public long greatest() {
            return greatest;
        }
    }

    /** {@code inner} divided by {@code divisor}, rounded down: days out of microseconds. */
    record Divided(LongSource inner, long divisor) implements LongSource {
        @Override
        public long at(long row) {
            return Math.floorDiv(inner.at(row), divisor);
        }

        @Override
        public long least() {
            return Math.floorDiv(inner.least(), divisor);
        }

        @Override
        public long greatest() {
            return Math.floorDiv(inner.greatest(), divisor);
        }
    }

    /** What is left of a moment's microseconds within its day. */
    record TimeOfDay(LongSource micros) implements LongSource {
        @Override
        public long at(long row) {
            return Math.floorMod(micros.at(row), Literals.MICROS_PER_DAY);
        }

        @Override
        public long least() {
            return 0;
        }

        @Override
        public long greatest() {
            return Literals.MICROS_PER_DAY - 1;
        }
    }

    /** {@code inner} times {@code factor}, rounded, and kept within the ends: a distribution without ends in a column that has them. */
    record Rounded(DoubleSource inner, double factor, long least, long greatest) implements LongSource {
        @Override
        public long at(long row) {
            return Math.clamp(Math.round(inner.at(row) * factor), least, greatest);
        }
    }

    /** As a histogram describes them; by the rank of a row among those that have a value, not by the row. */
    record Described(WholeValues values, ValueOrder order) implements LongSource {
        @Override
        public long at(long rank) {
            return values.at(order.position(rank));
        }

        @Override
        public long least() {
            return values.least();
        }

        @Override
        public long greatest() {
            return values.greatest();
        }
    }
}
