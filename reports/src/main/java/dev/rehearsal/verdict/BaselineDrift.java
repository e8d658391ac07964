package dev.rehearsal.verdict;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Stage;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How much the baseline changed between its halves: a database that is still warming up is no measure of a regression.
 *
 * <p>Compared are the p50 of the halves, from {@value #REQUESTS_FOR_P50} requests a half on, and their p99 from {@value #REQUESTS_FOR_P99} a
 * half on: below that, chance alone moves them. Differences under {@value #NEGLIGIBLE_MILLIS} ms are no drift, whatever their ratio.
 *
 * @param ratio of the larger to the smaller, of the percentile that differs more; 1: none; empty without enough requests
 * @param notableRatio the same without negligible differences
 */
record BaselineDrift(OptionalDouble ratio, double notableRatio) {
    private static final long REQUESTS_FOR_P50 = 50;
    private static final long REQUESTS_FOR_P99 = 1000;
    private static final long NEGLIGIBLE_MILLIS = 1;

    private static final BaselineDrift UNKNOWN = new BaselineDrift(OptionalDouble.empty(), 1);

    /** Reads the requests once. */
    static BaselineDrift of(RunRecord run) {
        Optional<StageSpan> span = run.stage(Stage.BASELINE);
        if (span.isEmpty()) {
            return UNKNOWN;
        }
        long middle = span.get().startNanos() + span.get().durationNanos() / 2;
        Timings first = new Timings();
        Timings second = new Timings();
        run.requests().forEach(request -> {
            if (span.get().contains(request.t0Nanos())) {
                (request.t0Nanos() < middle ? first : second).add(request.responseNanos());
            }
        });
        long fewer = Math.min(first.count(), second.count());
        if (fewer < REQUESTS_FOR_P50) {
            return UNKNOWN;
        }
        BaselineDrift median = between(first.percentileNanos(50), second.percentileNanos(50));
        if (fewer < REQUESTS_FOR_P99) {
            return median;
        }
        BaselineDrift tail = between(first.percentileNanos(99), second.percentileNanos(99));
        return new BaselineDrift(
                OptionalDouble.of(
                        Math.max(median.ratio().orElseThrow(), tail.ratio().orElseThrow())),
                Math.max(median.notableRatio(), tail.notableRatio()));
    }

    private static BaselineDrift between(long one, long other) {
        double ratio = (double) Math.max(1, Math.max(one, other)) / Math.max(1, Math.min(one, other));
        boolean negligible = Math.abs(one - other) < NEGLIGIBLE_MILLIS * 1_000_000;
        return new BaselineDrift(OptionalDouble.of(ratio), negligible ? 1 : ratio);
    }
}
