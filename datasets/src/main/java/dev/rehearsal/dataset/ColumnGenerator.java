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
            out.writeInt(16);
            out.writeLong(high(random, row));
            out.writeLong(low(random, row));
        }

        static long high(RowRandom random, long row) {
            return (random.bits(row) & 0xffffffffffff0fffL) | 0x4000L;
        }

        /** 62 bits that no two rows share: the row number times an odd number, and folded, both of which can be undone. */
        static long low(RowRandom random, long row) {
            long number = (row * 0x9e3779b97f4a7c15L + random.bits(-1)) & 0x3fffffffffffffffL;
            number = (number ^ (number >>> 31)) * 0xbf58476d1ce4e5b9L & 0x3fffffffffffffffL;
            number ^= number >>> 29;
            return number | 0x8000000000000000L;
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
            out.writeField(field);
        }
    }

    /** One of a few ready fields, by its place. */
    final class Ready implements ColumnGenerator {
        private final LongSource place;
        private final byte[][] fields;

        Ready(LongSource place, byte[][] fields) {
            this.place = place;
            this.fields = fields;
        }

        @Override
        public void write(long row, CopyBuffer out) {
            byte[] field = fields[(int) place.at(row)];
            if (field == NULL_FIELD) {
                out.writeNull();
            } else {
                out.writeField(field);
            }
        }
    }

    /** Stands for a null among ready fields. */
    byte[] NULL_FIELD = new byte[0];

    /** What another table has in a column, in a row that {@code picked} says: a foreign key. */
    record Keyed(LongSource picked, ColumnGenerator target) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            target.write(picked.at(row), out);
        }
    }

    /** Text that differs in its first characters: the number to a base of 36, always as many digits. The rest are letters. */
    record NumberedLetters(LongSource number, int width, RowRandom random, int minLength, int maxLength)
            implements ColumnGenerator {
        private static final byte[] DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789".getBytes(StandardCharsets.US_ASCII);
        static final int BASE = 36;

        @Override
        public void write(long row, CopyBuffer out) {
            RowRandom draws = random.at(row);
            int least = Math.max(minLength, width);
            int length = least + (int) RowRandom.below(maxLength - least + 1L, draws.nextLong());
            int index = out.field(length);
            byte[] bytes = out.array();
            long rest = number.at(row);
            for (int i = width - 1; i >= 0; i--) {
                bytes[index + i] = DIGITS[(int) (rest % BASE)];
                rest /= BASE;
            }
            for (int i = width; i < length; i++) {
                bytes[index + i] = (byte) ('a' + RowRandom.below(26, draws.nextLong()));
            }
        }
    }

    /** One of some thousand texts. */
    final class Dictionary implements ColumnGenerator {
        private final RowRandom random;
        private final byte[][] words;

        Dictionary(RowRandom random, byte[][] words) {
            this.random = random;
            this.words = words;
        }

        @Override
        public void write(long row, CopyBuffer out) {
            byte[] word = words[(int) RowRandom.below(words.length, random.bits(row))];
            out.writeField(word);
        }
    }

    /** One of some thousand texts with a number in it that makes it unique: before the {@code @} of an address, behind any other. */
    final class NumberedWords implements ColumnGenerator {
        private final RowRandom random;
        private final byte[][] words;
        private final LongSource number;
        private final int digits;
        private final int maxBytes;

        NumberedWords(RowRandom random, byte[][] words, LongSource number, int digits, int maxBytes) {
            this.random = random;
            this.words = words;
            this.number = number;
            this.digits = digits;
            this.maxBytes = maxBytes;
        }

        @Override
        public void write(long row, CopyBuffer out) {
            byte[] word = words[(int) RowRandom.below(words.length, random.bits(row))];
            int at = word.length;
            for (int i = 0; i < word.length; i++) {
                at = word[i] == '@' ? i : at;
            }
            int tail = word.length - at;
            int head = Math.min(at, maxBytes - digits - tail);
            if (head < 0) {
                head = 0;
                tail = Math.max(0, Math.min(tail, maxBytes - digits));
            }
            while (head > 0 && head < at && (word[head] & 0xc0) == 0x80) {
                head--;
            }
            int index = out.field(head + digits + tail);
            byte[] bytes = out.array();
            System.arraycopy(word, 0, bytes, index, head);
            long rest = number.at(row);
            for (int i = digits - 1; i >= 0; i--) {
                bytes[index + head + i] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            System.arraycopy(word, at, bytes, index + head + digits, tail);
        }
    }

    /** The pattern's places as digits of a number, so that no two numbers give the same text. */
    final class NumberedPattern implements ColumnGenerator {
        private final LongSource number;
        private final byte[] pattern;

        NumberedPattern(LongSource number, byte[] pattern) {
            this.number = number;
            this.pattern = pattern;
        }

        @Override
        public void write(long row, CopyBuffer out) {
            int index = out.field(pattern.length);
            byte[] bytes = out.array();
            long rest = number.at(row);
            for (int i = pattern.length - 1; i >= 0; i--) {
                byte character = pattern[i];
                switch (character) {
                    case '#' -> {
                        bytes[index + i] = (byte) ('0' + rest % 10);
                        rest /= 10;
                    }
                    case '?' -> {
                        bytes[index + i] = (byte) ('a' + rest % 26);
                        rest /= 26;
                    }
                    default -> bytes[index + i] = character;
                }
            }
        }

        /** How many different texts there are; {@link KeyPermutation#MAXIMUM} stands for more. */
        static long count(String pattern) {
            long count = 1;
            for (int i = 0; i < pattern.length(); i++) {
                long base = pattern.charAt(i) == '#' ? 10 : pattern.charAt(i) == '?' ? 26 : 1;
                if (count > KeyPermutation.MAXIMUM / base) {
                    return KeyPermutation.MAXIMUM;
                }
                count *= base;
            }
            return count;
        }
    }

    /** A UUID as 36 characters. */
    record UuidText(RowRandom random) implements ColumnGenerator {
        private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

        @Override
        public void write(long row, CopyBuffer out) {
            int index = out.field(36);
            byte[] bytes = out.array();
            long high = RandomUuid.high(random, row);
            long low = RandomUuid.low(random, row);
            for (int digit = 0; digit < 32; digit++) {
                if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
                    bytes[index++] = '-';
                }
                long half = digit < 16 ? high : low;
                bytes[index++] = HEX[(int) (half >>> (60 - 4 * (digit & 15))) & 15];
            }
        }
    }

    /** {@code bytea}, and other types that are so many bytes inside. */
    record RandomBytes(RowRandom random, int minLength, int maxLength) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            RowRandom draws = random.at(row);
            int length = minLength + (int) RowRandom.below(maxLength - minLength + 1L, draws.nextLong());
            int index = out.field(length);
            byte[] bytes = out.array();
            long bits = 0;
            for (int i = 0; i < length; i++) {
                bits = (i & 7) == 0 ? draws.nextLong() : bits >>> 8;
                bytes[index + i] = (byte) bits;
            }
        }
    }

    /** {@code bytea} that differs in its first eight bytes. */
    record NumberedBytes(LongSource number, int width, RowRandom random, int minLength, int maxLength)
            implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            RowRandom draws = random.at(row);
            int least = Math.max(minLength, width);
            int length = least + (int) RowRandom.below(maxLength - least + 1L, draws.nextLong());
            int index = out.field(length);
            byte[] bytes = out.array();
            long rest = number.at(row);
            for (int i = width - 1; i >= 0; i--) {
                bytes[index + i] = (byte) rest;
                rest >>>= 8;
            }
            for (int i = width; i < length; i++) {
                bytes[index + i] = (byte) draws.nextLong();
            }
        }
    }

    /** {@code bit(n)} and {@code bit varying(n)}: the number of bits, then the bits, the first the highest; at most 62 of them come from the number. */
    record Bits(LongSource number, RowRandom random, int bits) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            RowRandom draws = random.at(row);
            int length = (bits + 7) / 8;
            int index = out.field(4 + length);
            byte[] bytes = out.array();
            for (int i = 0; i < 4; i++) {
                bytes[index + i] = (byte) (bits >>> (24 - 8 * i));
            }
            for (int i = 0; i < length; i++) {
                bytes[index + 4 + i] = (byte) draws.nextLong();
            }
            long value = number.at(row);
            for (int i = 0; i < Math.min(bits, 62); i++) {
                int at = index + 4 + i / 8;
                int mask = 0x80 >>> (i % 8);
                bytes[at] = (byte) ((value >>> i & 1) == 1 ? bytes[at] | mask : bytes[at] & ~mask);
            }
            if (bits % 8 != 0) {
                bytes[index + 3 + length] &= (byte) (0xff00 >>> (bits % 8));
            }
        }
    }

    /** {@code inet} and {@code cidr}, IPv4: the address family, the bits of the mask, whether it is a network, the bytes of the address. */
    record Address(LongSource address, boolean network) implements ColumnGenerator {
        private static final int IPV4 = 2;
        private static final int ADDRESS_BITS = 32;

        @Override
        public void write(long row, CopyBuffer out) {
            out.writeInt(8);
            out.writeByte(IPV4);
            out.writeByte(ADDRESS_BITS);
            out.writeByte(network ? 1 : 0);
            out.writeByte(4);
            out.writeInt((int) address.at(row));
        }
    }

    /** {@code interval}: microseconds, days, months. */
    record Duration(LongSource seconds) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            out.writeInt(16);
            out.writeLong(seconds.at(row) * 1_000_000);
            out.writeInt(0);
            out.writeInt(0);
        }
    }

    /** An array of one dimension: dimensions, whether nulls are in it, the elements' type, the length, the first index, the elements' fields. */
    record Array(ColumnGenerator element, int elementOid, RowRandom random, int minLength, int maxLength)
            implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            int length = minLength + (int) RowRandom.below(maxLength - minLength + 1L, random.bits(row));
            int start = out.beginField();
            out.writeInt(length == 0 ? 0 : 1);
            out.writeInt(0);
            out.writeInt(elementOid);
            if (length > 0) {
                out.writeInt(length);
                out.writeInt(1);
                for (int i = 0; i < length; i++) {
                    element.write(row * maxLength + i, out);
                }
            }
            out.endField(start);
        }
    }

    /** {@code json} and {@code jsonb}. */
    record JsonObject(JsonFields fields) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            fields.write(row, out);
        }
    }

    /** Null in every row. */
    record Nothing() implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            out.writeNull();
        }
    }

    /** Null in a fraction of the rows; {@code root}: in the first row too, which has no row before it to refer to. */
    record Sparse(ColumnGenerator inner, RowRandom random, double fraction, boolean root) implements ColumnGenerator {
        @Override
        public void write(long row, CopyBuffer out) {
            if ((root && row == 0) || RowRandom.unit(random.bits(row)) < fraction) {
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
            out.writeField(field);
        }
    }
}
