package dev.rehearsal.dataset;

/**
 * The numbers from 0 to {@code count - 1} in an order that looks random: what makes a column unique by construction, because every row number has a
 * number of its own.
 *
 * <p>A Feistel network over the least number of bits that hold {@code count} numbers, walked again while it leads outside (Black and Rogaway,
 * "Ciphers with Arbitrary Finite Domains", 2002): at most two steps on average. It hides nothing; it only scatters. Immutable.
 */
final class KeyPermutation {
    /** More would leave no room for arithmetic. */
    static final long MAXIMUM = 1L << 62;

    private static final int ROUNDS = 4;

    private final long count;
    private final int upperBits;
    private final int lowerBits;
    private final long[] keys = new long[ROUNDS];

    /**
     * @param key which of the orders
     * @param count 1 to 2^62
     */
    KeyPermutation(long key, long count) {
        if (count < 1 || count > MAXIMUM) {
            throw new IllegalArgumentException("count must be 1 to 2^62, got " + count);
        }
        this.count = count;
        int bits = Math.max(2, Long.SIZE - Long.numberOfLeadingZeros(count - 1));
        this.upperBits = bits / 2;
        this.lowerBits = bits - upperBits;
        for (int i = 0; i < ROUNDS; i++) {
            keys[i] = RowRandom.mix(key + i);
        }
    }

    long count() {
        return count;
    }

    /**
     * @param index 0 to count - 1
     * @return one of the same numbers, another for each index
     */
    long at(long index) {
        long number = index;
        do {
            number = network(number);
        } while (number >= count);
        return number;
    }

    /** The halves swap their widths with each round, and have them back after an even number of rounds. */
    private long network(long number) {
        long upper = number >>> lowerBits;
        long lower = number & ((1L << lowerBits) - 1);
        int width = upperBits;
        for (long key : keys) {
            long mixed = upper ^ (RowRandom.mix(lower ^ key) & ((1L << width) - 1));
            upper = lower;
            lower = mixed;
            width = upperBits + lowerBits - width;
        }
        return (upper << lowerBits) | lower;
    }
}
