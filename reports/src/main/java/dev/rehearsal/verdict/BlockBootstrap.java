package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Finding.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * How far a percentile may be from the baseline's by chance alone: a block bootstrap of the baseline.
 *
 * <p>Requests of one second wait for the same things, so it is seconds that are drawn, in runs of n^⅓ that follow each other (n seconds of
 * baseline, joined at their ends): a slow second is often followed by another. {@value #RESAMPLES} times, a stage as long as the one that is judged
 * and a baseline as long as the real one are put together so, and the ratio of their percentiles is what chance makes of a
 * migration that changes nothing. What was observed, divided by the quantiles of these ratios, is the interval.
 *
 * <p>The stage that is judged is not itself resampled: a single stall in it would be left out of a third of the resamples, as if it might
 * not have happened. What the baseline never showed cannot be known from it: a stall that comes once in minutes needs a baseline of minutes.
 */
public final class BlockBootstrap {
    /** Of the interval; half of the rest lies beyond either end. */
    public static final double CONFIDENCE = 0.99;

    private static final int RESAMPLES = 2000;
    private static final long SECOND = 1_000_000_000;

    private final Sample[] slowestFirst;
    private final int[] requestsOfSecond;
    private final long seed;

    /** A request of the baseline: in which of its seconds, and how long. */
    private record Sample(int second, long responseNanos) {}

    private BlockBootstrap(List<Sample> samples, int seconds, long seed) {
        this.requestsOfSecond = new int[seconds];
        samples.forEach(sample -> requestsOfSecond[sample.second()]++);
        this.slowestFirst = samples.toArray(Sample[]::new);
        Arrays.sort(
                slowestFirst, Comparator.comparingLong(Sample::responseNanos).reversed());
        this.seed = seed;
    }

    /** Reads the requests once; empty if there is no baseline or it has no whole second. */
    public static Optional<BlockBootstrap> of(RunRecord run, Optional<String> service, Optional<String> operation) {
        Optional<StageSpan> baseline = run.stage(Stage.BASELINE);
        int seconds = baseline.map(BlockBootstrap::seconds).orElse(0);
        if (seconds == 0) {
            return Optional.empty();
        }
        List<OperationKey> keys = run.requests().operations();
        List<Sample> samples = new ArrayList<>();
        run.requests().forEach(request -> {
            OperationKey key = keys.get(request.operation());
            long second = Math.floorDiv(request.t0Nanos() - baseline.get().startNanos(), SECOND);
            if (second >= 0
                    && second < seconds
                    && service.map(key.service()::equals).orElse(true)
                    && operation.map(key.operation()::equals).orElse(true)) {
                samples.add(new Sample((int) second, Math.max(0, request.responseNanos())));
            }
        });
        return Optional.of(new BlockBootstrap(samples, seconds, run.started().seed()));
    }

    /** Whole ones. */
    public static int seconds(StageSpan span) {
        return (int) (span.durationNanos() / SECOND);
    }

    int seconds() {
        return requestsOfSecond.length;
    }

    /**
     * @param observedNanos the percentile in the stage that is judged
     * @param stageSeconds its length, at least 1
     * @return nanoseconds; empty if requests are so rare that stages of that length may be without any
     */
    public Optional<Interval> interval(double percentile, double observedNanos, int stageSeconds) {
        return ratios(percentile, stageSeconds).map(ratios -> {
            Arrays.sort(ratios);
            int beyond = (int) Math.round(RESAMPLES * (1 - CONFIDENCE) / 2);
            return new Interval(
                    observedNanos / ratios[RESAMPLES - 1 - beyond], observedNanos / ratios[beyond], CONFIDENCE);
        });
    }

    /**
     * What chance makes of the ratio of such a stage to the baseline, {@value #RESAMPLES} times, in the order drawn.
     *
     * @param stageSeconds at least 1
     * @return empty if requests are so rare that stages of that length may be without any
     */
    public Optional<double[]> ratios(double percentile, int stageSeconds) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        double[] ratios = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            long stage = percentileOfResample(percentile, stageSeconds, random);
            long baseline = percentileOfResample(percentile, seconds(), random);
            if (stage <= 0 || baseline <= 0) {
                return Optional.empty();
            }
            ratios[i] = (double) stage / baseline;
        }
        return Optional.of(ratios);
    }

    /** Nearest rank; 0 if there is no request in it. */
    private long percentileOfResample(double percentile, int length, UniformRandomProvider random) {
        int[] times = draw(length, random);
        long requests = 0;
        for (int second = 0; second < times.length; second++) {
            requests += (long) times[second] * requestsOfSecond[second];
        }
        long slower = requests - (long) Math.ceil(percentile / 100 * requests - 1e-9);
        for (Sample sample : slowestFirst) {
            slower -= times[sample.second()];
            if (slower < 0) {
                return Math.max(1, sample.responseNanos());
            }
        }
        return 0;
    }

    /** How often each second of the baseline is in it. */
    private int[] draw(int length, UniformRandomProvider random) {
        int block = Math.max(1, (int) Math.round(Math.cbrt(seconds())));
        int[] times = new int[seconds()];
        for (int drawn = 0; drawn < length; ) {
            int from = random.nextInt(seconds());
            for (int i = 0; i < block && drawn < length; i++, drawn++) {
                times[(from + i) % seconds()]++;
            }
        }
        return times;
    }
}
