package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.READ;
import static dev.rehearsal.verdict.RunBuilder.latency;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.GaussianSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Made-up runs, each of 30 s baseline and 30 s migration at 50 requests a second, whose p95 is judged. Their responses have a heavy tail, and
 * seconds that are slow together: the level of a second remembers half of the one before.
 */
final class FluctuatingRun {
    static final int PER_SECOND = 50;
    private static final double MEMORY = 0.5;
    private static final double LEVEL_CHANGE = 0.1;
    private static final double SPREAD = 0.6;

    private FluctuatingRun() {}

    /**
     * @param slower what the migration's responses are multiplied by
     * @param factor of the regression that is allowed
     */
    static RunBuilder of(long seed, double slower, double factor) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        SharedStateContinuousSampler normal = GaussianSampler.of(ZigguratSampler.NormalizedGaussian.of(random), 0, 1);
        RunBuilder run = new RunBuilder().objective(latency(95, Optional.empty(), Optional.of(factor)));
        double level = 0;
        for (int second = 10; second < 70; second++) {
            level = MEMORY * level + LEVEL_CHANGE * normal.sample();
            for (int i = 0; i < PER_SECOND; i++) {
                double tail = random.nextDouble() < 0.005 ? 5 : 1;
                double millis = 5 * Math.exp(level + SPREAD * normal.sample()) * tail * (second < 40 ? 1 : slower);
                run.request(READ, 1000.0 * second + 1000.0 * i / PER_SECOND, millis);
            }
        }
        return run;
    }

    /** Of its only objective. */
    static Finding finding(RunRecord run) {
        return new LatencyJudge(Evidence.of(run))
                .judge((Objective.Latency) run.started().objectives().getFirst())
                .getFirst();
    }

    /** How so many of them ended. */
    static Map<Status, Long> ended(int runs, double slower, double factor) {
        return LongStream.range(0, runs)
                .mapToObj(seed -> finding(of(seed, slower, factor).build()).status())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}
