package dev.rehearsal.load;

import dev.rehearsal.scenario.Parameter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.RejectionInversionZipfSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateDiscreteSampler;

/** Where the values of one parameter come from, ready to draw. Safe for use by several threads. */
@FunctionalInterface
interface Values {
    /**
     * A {@link Long}, a {@link BigDecimal} or a {@link String}.
     *
     * @param nth how many requests of the same operation came before
     */
    Object draw(UniformRandomProvider random, long nth);

    /** @param keys by {@code table.column}, one for each reference of the workload */
    static Values of(Parameter parameter, Map<String, KeyDomain> keys) {
        return switch (parameter) {
            case Parameter.UniformLong uniform -> uniform(uniform);
            case Parameter.UniformDecimal uniform -> uniform(uniform);
            case Parameter.Zipf zipf -> zipf(zipf);
            case Parameter.References references -> references(references, keys.get(KeyDomains.name(references)));
            case Parameter.Choice choice -> choice(choice);
            case Parameter.Sequence sequence -> (random, nth) -> sequence.start() + nth;
            case Parameter.Literal literal -> (random, nth) -> literal.value();
        };
    }

    private static Values uniform(Parameter.UniformLong uniform) {
        if (uniform.max() == Long.MAX_VALUE) {
            BigInteger size = BigInteger.valueOf(uniform.max())
                    .subtract(BigInteger.valueOf(uniform.min()))
                    .add(BigInteger.ONE);
            return (random, nth) -> BigInteger.valueOf(uniform.min())
                    .add(new BigInteger(1, nextBytes(random, 16)).mod(size))
                    .longValueExact();
        }
        return (random, nth) -> random.nextLong(uniform.min(), uniform.max() + 1);
    }

    private static byte[] nextBytes(UniformRandomProvider random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Values uniform(Parameter.UniformDecimal uniform) {
        long min = unscaled(uniform.min(), uniform.scale(), RoundingMode.CEILING);
        long max = unscaled(uniform.max(), uniform.scale(), RoundingMode.FLOOR);
        Values steps = uniform(new Parameter.UniformLong(min, Math.max(min, max)));
        return (random, nth) -> BigDecimal.valueOf((Long) steps.draw(random, nth), uniform.scale());
    }

    private static long unscaled(BigDecimal value, int scale, RoundingMode rounding) {
        return value.setScale(scale, rounding).unscaledValue().longValueExact();
    }

    private static Values zipf(Parameter.Zipf zipf) {
        Ranks ranks = Ranks.of(zipf.max() - zipf.min() + 1, zipf.exponent());
        return (random, nth) -> zipf.min() + ranks.draw(random);
    }

    private static Values references(Parameter.References references, KeyDomain keys) {
        Ranks ranks = Ranks.of(keys.size(), references.zipf());
        if (references.zipf() == 0) {
            return (random, nth) -> keys.key(ranks.draw(random));
        }
        Scattering scattering = Scattering.over(keys.size());
        return (random, nth) -> keys.key(scattering.position(ranks.draw(random)));
    }

    private static Values choice(Parameter.Choice choice) {
        List<String> values = choice.values();
        double[] cumulative = new double[values.size()];
        double sum = 0;
        for (int i = 0; i < cumulative.length; i++) {
            sum += choice.weights().get(i);
            cumulative[i] = sum;
        }
        double total = sum;
        return (random, nth) -> {
            double drawn = random.nextDouble() * total;
            int i = 0;
            while (i < cumulative.length - 1 && cumulative[i] <= drawn) {
                i++;
            }
            return values.get(i);
        };
    }

    /** Ranks from 0, the most frequent, to size − 1. */
    @FunctionalInterface
    interface Ranks {
        long draw(UniformRandomProvider random);

        static Ranks of(long size, double exponent) {
            if (exponent == 0) {
                return random -> random.nextLong(size);
            }
            // The sampler counts in int: of a larger domain, the first two thousand million have all the popularity.
            int elements = (int) Math.min(size, Integer.MAX_VALUE - 8);
            SharedStateDiscreteSampler sampler = RejectionInversionZipfSampler.of(Seeds.random(0), elements, exponent);
            return random -> sampler.withUniformRandomProvider(random).sample() - 1L;
        }
    }

    /**
     * A fixed permutation of the positions, so that popular keys do not all stand on the first pages of a table: steps of about the golden
     * ratio of the size, which visit every position once and spread evenly from the first on.
     */
    record Scattering(long size, long step) {
        static Scattering over(long size) {
            BigInteger whole = BigInteger.valueOf(size);
            long step = Math.max(1, (long) (size * 0.6180339887498949));
            while (!BigInteger.valueOf(step).gcd(whole).equals(BigInteger.ONE)) {
                step++;
            }
            return new Scattering(size, step);
        }

        long position(long rank) {
            // Ranks are below 2^31, sizes of tables below 2^32: no overflow for any table there is.
            return Math.floorMod(Math.multiplyExact(rank, step) + size / 3, size);
        }
    }
}
