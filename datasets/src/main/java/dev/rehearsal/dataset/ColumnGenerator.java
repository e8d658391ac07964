package dev.rehearsal.dataset;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.commons.rng.sampling.distribution.AliasMethodDiscreteSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateDiscreteSampler;

/**
 * Writes one column's fields: what the definition's {@link dev.rehearsal.scenario.Generator} means for the type that the column has.
 *
 * <p>What is written for a row is a pure function of (seed, table, column, row), so that slices can be made in any order, alone and again. An object
 * holds working state nevertheless: not thread-safe, one for each slice ({@link ColumnCompiler} makes them).
 */
sealed interface ColumnGenerator {
    /**
     * Appends the field of a row, with its length.
     *
     * @param row from 0
     */
    void write(long row, CopyBuffer out);

    /** {@code smallint}, {@code integer}, {@code bigint}, and the types that are numbers inside: {@code date}, {@code timestamp}, {@code timestamptz}. */
    record Whole(LongSource source, int bytes) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            long value = source.at(row);
            out.writeInt(bytes);
            switch (bytes) {
                case 8 -> out.writeLong(value);
                case 4 -> out.writeInt((int) value);
                case 2 -> out.writeShort((int) value);
                default -> throw new IllegalStateException("no integer type of " + bytes + " bytes");
            }
        }
    }

    /** {@code numeric}. */
    record Decimal(LongSource unscaled, int scale) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            NumericField.write(unscaled.at(row), scale, out);
        }
    }

    /** {@code double precision}. */
    record DoublePrecision(DoubleSource source) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            out.writeInt(8);
            out.writeLong(Double.doubleToLongBits(source.at(row)));
        }
    }

    /** {@code real}. */
    record Real(DoubleSource source) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            out.writeInt(4);
            out.writeInt(Float.floatToIntBits((float) source.at(row)));
        }
    }

    /** Whole numbers in a text column. */
    record Digits(LongSource source) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            DecimalDigits.writeField(source.at(row), out);
        }
    }

    /** Lower-case letters, about as frequent as in English, so that text compresses and sorts like text. */
    record Letters(RowRandom random, int minLength, int maxLength) implements ColumnGenerator {
        private static final byte[] ALPHABET =
                "aaaaabccdddeeeeeeeffghhhiiiijklllmmnnnnooooopqrrrrsssttttuuvwxyz".getBytes(StandardCharsets.US_ASCII);
        /** Two letters for every twelve bits: half as many look-ups. */
        private static final short[] PAIRS = pairs();

        private static short[] pairs() {
            short[] pairs = new short[ALPHABET.length * ALPHABET.length];
            for (int i = 0; i < pairs.length; i++) {
                pairs[i] = (short) ((ALPHABET[i & 63] << 8) | ALPHABET[i >>> 6]);
            }
            return pairs;
        }

        @Override
        public void write(long row, CopyBuffer out) {
            RowRandom draws = random.at(row);
            int length = minLength + (int) RowRandom.below(maxLength - minLength + 1L, draws.nextLong());
            int index = out.field(length);
            int end = index + length;
            // Ten letters of six bits each out of one draw.
            for (; index + 10 <= end; index += 10) {
                long bits = draws.nextLong();
                out.setShort(index, PAIRS[(int) bits & 4095]);
                out.setShort(index + 2, PAIRS[(int) (bits >>> 12) & 4095]);
                out.setShort(index + 4, PAIRS[(int) (bits >>> 24) & 4095]);
                out.setShort(index + 6, PAIRS[(int) (bits >>> 36) & 4095]);
                out.setShort(index + 8, PAIRS[(int) (bits >>> 48) & 4095]);
            }
            byte[] bytes = out.array();
            for (long bits = index < end ? draws.nextLong() : 0; index < end; bits >>>= 6) {
                bytes[index++] = ALPHABET[(int) bits & 63];
            }
        }
    }

    /** Text by a pattern of {@code #}, {@code ?} and <code>{row}</code>. */
    final class Patterned implements ColumnGenerator {
        private static final String ROW = "{row}";

        private final RowRandom random;
        private final byte[][] literals;

        Patterned(RowRandom random, String pattern) {
            this.random = random;
            String[] parts = pattern.split(Pattern.quote(ROW), -1);
            this.literals = new byte[parts.length][];
            for (int i = 0; i < parts.length; i++) {
                literals[i] = parts[i].getBytes(StandardCharsets.UTF_8);
            }
        }

        /** Rows are counted from 1 here, as people count them and as {@code sequence: 1} does. */
        @Override
        public void write(long row, CopyBuffer out) {
            RowRandom draws = random.at(row);
            int digits = DecimalDigits.length(row + 1);
            int length = digits * (literals.length - 1);
            for (byte[] literal : literals) {
                length += literal.length;
            }
            int index = out.field(length);
            byte[] bytes = out.array();
            for (int part = 0; part < literals.length; part++) {
                if (part > 0) {
                    DecimalDigits.put(row + 1, bytes, index, digits);
                    index += digits;
                }
                for (byte character : literals[part]) {
                    bytes[index++] = switch (character) {
                        case '#' -> (byte) ('0' + RowRandom.below(10, draws.nextLong()));
                        case '?' -> (byte) ('a' + RowRandom.below(26, draws.nextLong()));
                        default -> character;
                    };
                }
            }
        }

        /** The longest text that the first {@code rows} rows give, in characters. */
        static int longest(String pattern, long rows) {
            int count = pattern.split(Pattern.quote(ROW), -1).length - 1;
            return pattern.codePointCount(0, pattern.length())
                    - count * ROW.length()
                    + count * DecimalDigits.length(Math.max(1, rows));
        }
    }

    /** Version 4, variant 1, as {@code gen_random_uuid()} makes them. */
    record RandomUuid(RowRandom random) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            RowRandom draws = random.at(row);
            out.writeInt(16);
            out.writeLong((draws.nextLong() & 0xffffffffffff0fffL) | 0x4000L);
            out.writeLong((draws.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L);
        }
    }

    record Truth(RowRandom random, double trueFraction) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            int index = out.field(1);
            out.array()[index] = (byte) (RowRandom.unit(random.bits(row)) < trueFraction ? 1 : 0);
        }
    }

    /** One of a few ready fields. */
    final class Weighted implements ColumnGenerator {
        private final RowRandom random;
        private final byte[][] fields;
        private final SharedStateDiscreteSampler index;

        /**
         * @param fields the values as the column's type has them in binary
         */
        Weighted(RowRandom random, byte[][] fields, double[] weights) {
            this.random = random;
            this.fields = fields;
            this.index = AliasMethodDiscreteSampler.of(random, weights);
        }

        @Override
        public void write(long row, CopyBuffer out) {
            random.at(row);
            byte[] field = fields[index.sample()];
            out.writeInt(field.length);
            out.write(field);
        }
    }

    /** Null in a fraction of the rows. */
    record Sparse(ColumnGenerator inner, RowRandom random, double fraction) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            if (RowRandom.unit(random.bits(row)) < fraction) {
                out.writeNull();
            } else {
                inner.write(row, out);
            }
        }
    }

    /** Null in as many rows as shall be; {@code ofRanks} writes what the others have, by their rank among these. */
    record Valued(ValuedRows rows, ColumnGenerator ofRanks) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            long rank = rows.rank(row);
            if (rank < 0) {
                out.writeNull();
            } else {
                ofRanks.write(rank, out);
            }
        }
    }

    /** Text as a histogram describes it, by the rank of a row, with the same bytes around each. */
    final class DescribedText implements ColumnGenerator {
        private final TextValues values;
        private final ValueOrder order;
        private final byte[] before;
        private final byte[] after;

        DescribedText(TextValues values, ValueOrder order, byte[] before, byte[] after) {
            this.values = values;
            this.order = order;
            this.before = before;
            this.after = after;
        }

        @Override
        public void write(long rank, CopyBuffer out) {
            values.write(order.position(rank), before, after, out);
        }
    }

    /** UUIDs as a histogram describes them, by the rank of a row. */
    record DescribedUuid(UuidValues values, ValueOrder order) implements ColumnGenerator {
        @Override
        public void write(long rank, CopyBuffer out) {
            values.write(order.position(rank), out);
        }
    }

    /** One of a few ready fields, by the rank of a row. */
    final class Listed implements ColumnGenerator {
        private final ValueStretches stretches;
        private final ValueOrder order;
        private final byte[][] fields;

        Listed(ValueStretches stretches, ValueOrder order, byte[][] fields) {
            this.stretches = stretches;
            this.order = order;
            this.fields = fields;
        }

        @Override
        public void write(long rank, CopyBuffer out) {
            byte[] field = fields[stretches.stretch(order.position(rank))];
            out.writeInt(field.length);
            out.write(field);
        }
    }
}
