package dev.rehearsal.dataset;

import java.math.BigInteger;

/**
 * Which key has which popularity: a fixed one-to-one mapping of ranks to positions in a key range, so that the popular keys lie far apart.
 *
 * <p>It depends on the number of keys alone. So traffic that is scattered with the same class prefers the very customers who have the most orders.
 * Immutable.
 */
public final class KeyScatter {
    private static final double GOLDEN = 0.6180339887498949;

    private final long keys;
    private final long stride;

    /**
     * @param keys how many there are, 1 to 2^31 - 1
     */
    public KeyScatter(long keys) {
        if (keys < 1 || keys > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("keys must be 1 to 2147483647, got " + keys);
        }
        this.keys = keys;
        long candidate = Math.max(1, Math.round(keys * GOLDEN));
        while (!BigInteger.valueOf(candidate).gcd(BigInteger.valueOf(keys)).equals(BigInteger.ONE)) {
            candidate++;
        }
        this.stride = candidate;
    }

    /**
     * @param rank 0 is the most popular
     * @return the position of that key, 0 to keys - 1
     */
    public long position(long rank) {
        return (rank * stride + keys / 2) % keys;
    }
}
