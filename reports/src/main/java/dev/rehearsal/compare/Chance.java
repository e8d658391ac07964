package dev.rehearsal.compare;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.BlockBootstrap;
import dev.rehearsal.verdict.Finding.Interval;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How far a percentile of one operation in one run may lie by chance, and the ratio of two such. Not safe for use by several threads: what was drawn is
 * kept.
 */
final class Chance {
    private final RunRecord run;
    private final String service;
    private final String operation;
    private final Optional<BlockBootstrap> bootstrap;
    private final Map<String, Optional<double[]>> drawn = new HashMap<>();

    Chance(RunRecord run, String service, String operation) {
        this.run = run;
        this.service = service;
        this.operation = operation;
        this.bootstrap = BlockBootstrap.of(run, Optional.of(service), Optional.of(operation));
    }

    Optional<Interval> interval(Stage stage, double percentile, long nanos) {
        return ratios(stage, percentile).map(ratios -> {
            double[] sorted = ratios.clone();
            Arrays.sort(sorted);
            Interval chance = quantiles(sorted, BlockBootstrap.CONFIDENCE);
            return new Interval(nanos / chance.high(), nanos / chance.low(), BlockBootstrap.CONFIDENCE);
        });
    }

    /**
     * Of {@code nanos} in this run to {@code others} in the other: both by chance what they are, and independent, because the draws of one of them are taken in
     * another order.
     *
     * @param confidence 0 to 1
     */
    Optional<Interval> ratio(Chance other, Stage stage, double percentile, long nanos, long others, double confidence) {
        Optional<double[]> mine = ratios(stage, percentile);
        Optional<double[]> theirs = other.ratios(stage, percentile);
        if (mine.isEmpty() || theirs.isEmpty() || others <= 0) {
            return Optional.empty();
        }
        int draws = mine.get().length;
        double[] ratios = new double[draws];
        for (int i = 0; i < draws; i++) {
            // Both are drawn from a seed that may be the same: paired as they come they would fluctuate together.
            ratios[i] = (nanos / mine.get()[i]) / (others / theirs.get()[(i + draws / 2) % draws]);
        }
        Arrays.sort(ratios);
        return Optional.of(quantiles(ratios, confidence));
    }

    private static Interval quantiles(double[] sorted, double confidence) {
        int beyond = Math.min(sorted.length / 2 - 1, (int) Math.floor(sorted.length * (1 - confidence) / 2));
        return new Interval(sorted[beyond], sorted[sorted.length - 1 - beyond], confidence);
    }

    private Optional<double[]> ratios(Stage stage, double percentile) {
        int seconds = run.stage(stage).map(BlockBootstrap::seconds).orElse(0);
        return drawn.computeIfAbsent(
                stage + " " + percentile, key -> bootstrap.flatMap(b -> b.ratios(percentile, Math.max(1, seconds))));
    }

    /** Seconds in which such a request failed, and those without. */
    long[] secondsWithFailures(Stage stage) {
        Optional<StageSpan> span = run.stage(stage);
        if (span.isEmpty()) {
            return new long[2];
        }
        var keys = run.requests().operations();
        boolean[] failed = new boolean[Math.max(1, (int) Math.ceil(span.get().durationNanos() / 1e9))];
        run.requests().forEach(request -> {
            var key = keys.get(request.operation());
            if (request.failed()
                    && span.get().contains(request.t0Nanos())
                    && key.service().equals(service)
                    && key.operation().equals(operation)) {
                failed[(int) ((request.t0Nanos() - span.get().startNanos()) / 1_000_000_000L)] = true;
            }
        });
        long with = 0;
        for (boolean second : failed) {
            with += second ? 1 : 0;
        }
        return new long[] {with, failed.length - with};
    }

    static OptionalDouble ratio(long nanos, long others) {
        return others > 0 ? OptionalDouble.of((double) nanos / others) : OptionalDouble.empty();
    }
}
