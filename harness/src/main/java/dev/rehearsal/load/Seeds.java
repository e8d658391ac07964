package dev.rehearsal.load;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.apache.commons.rng.UniformRandomProvider;

/** Seeds and random numbers for parts of a run that must come out the same however and in whatever order they are made. */
final class Seeds {
    private Seeds() {}

    /** A seed for {@code part} of what {@code seed} determines. */
    static long derive(long seed, long part) {
        return mix(mix(seed) + 0x9E3779B97F4A7C15L * (part + 1));
    }

    /** A seed for the part called {@code name}: other parts, added or removed, do not change it. */
    static long derive(long seed, String name) {
        long derived = seed;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            derived = derive(derived, b);
        }
        return derived;
    }

    static UniformRandomProvider random(long seed) {
        return new SplittableRandom(seed)::nextLong;
    }

    /** Stafford's variant 13 of the 64-bit finaliser of MurmurHash3: neighbours become independent. */
    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
