package dev.rehearsal.dataset;

import org.apache.commons.rng.UniformRandomProvider;

/**
 * Randomness by address: what row {@code n} of a column draws depends on (seed, table, column, n) and on nothing drawn before.
 *
 * <p>SplitMix64 with its state set by the row number. A generator for samplers that draw any number of times is the same object after {@link
 * #at}. Not thread-safe.
 */
final class RowRandom implements UniformRandomProvider {
    /** SplitMix64's increment: 2^64 divided by the golden ratio. */
    private static final long GAMMA = 0x9e3779b97f4a7c15L;
    /** Another odd constant, so that a row's further draws are not the next rows' first ones. */
    private static final long DRAW = 0xd1342543de82ef95L;

    private final long key;
    private long state;

    RowRandom(long seed, String table, String column) {
        this(key(seed, table, column));
    }

    RowRandom(long key) {
        this.key = key;
    }

    /** The first 64 bits that a row draws, without touching this object's state. */
    long bits(long row) {
        return mix(key + row * GAMMA);
    }

    /** Further draws come from this row. */
    RowRandom at(long row) {
        state = bits(row);
        return this;
    }

    @Override
    public long nextLong() {
        state += DRAW;
        return mix(state);
    }

    /** A different stream for the same rows. */
    RowRandom derived(long salt) {
        return new RowRandom(mix(key ^ mix(salt)));
    }

    /** Uniform in [0, 1) from 64 random bits. */
    static double unit(long bits) {
        return (bits >>> 11) * 0x1.0p-53;
    }

    /** Uniform in [0, bound) from 64 random bits; the bias is below bound / 2^64. */
    static long below(long bound, long bits) {
        return Math.unsignedMultiplyHigh(bits, bound);
    }

    private static long key(long seed, String table, String column) {
        long hash = mix(seed + GAMMA);
        String name = table + '\0' + column;
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash ^ name.charAt(i)) + GAMMA;
        }
        return hash;
    }

    /** Variant 13 of Stafford's mixers, as SplitMix64 uses it. */
    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
