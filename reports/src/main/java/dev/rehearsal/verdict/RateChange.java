package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.Optional;

/**
 * A rate that the scenario has change between the baseline and the stage that is compared with it: what arrived, counted.
 *
 * <p>More traffic makes responses slower, and less makes them faster, without any migration. So a stage that had more and was still within its limit
 * passed, and one that had less and was beyond it failed; the other way round nothing is shown. A difference under
 * {@value #NOTABLE_PERCENT} %, or one that chance alone brings about (three standard deviations of Poisson counts), is none.
 *
 * @param baselinePerSecond of the requests judged
 */
record RateChange(double baselinePerSecond, double stagePerSecond) {
    static final int NOTABLE_PERCENT = 10;

    private static final double DEVIATIONS = 3;
    private static final double NANOS_PER_SECOND = 1e9;

    /** Empty if the scenario's rates are always the same, or what arrived was. */
    static Optional<RateChange> of(
            Evidence evidence, Stage during, Optional<String> service, Optional<String> operation) {
        boolean changing = evidence.run().started().services().stream()
                .filter(plan -> service.isEmpty() || service.get().equals(plan.name()))
                .map(ServicePlan::changing)
                .anyMatch(Optional::isPresent);
        Optional<StageStatistics> baseline = evidence.stage(Stage.BASELINE);
        Optional<StageStatistics> stage = evidence.stage(during);
        if (!changing || baseline.isEmpty() || stage.isEmpty()) {
            return Optional.empty();
        }
        long before = baseline.get().of(service, operation).arrivals();
        long then = stage.get().of(service, operation).arrivals();
        double beforeSeconds = baseline.get().span().durationNanos() / NANOS_PER_SECOND;
        double thenSeconds = stage.get().span().durationNanos() / NANOS_PER_SECOND;
        return notable(before / beforeSeconds, then / thenSeconds, beforeSeconds, thenSeconds);
    }

    private static Optional<RateChange> notable(double before, double then, double beforeSeconds, double thenSeconds) {
        double difference = Math.abs(then - before);
        double deviation = Math.sqrt(before / beforeSeconds + then / thenSeconds);
        return difference > before * NOTABLE_PERCENT / 100 && difference > DEVIATIONS * deviation
                ? Optional.of(new RateChange(before, then))
                : Optional.empty();
    }

    /** Whether it may be why a comparison came out so. */
    boolean explains(Status status) {
        return switch (status) {
            case PASSED -> stagePerSecond < baselinePerSecond;
            case FAILED -> stagePerSecond > baselinePerSecond;
            case INCONCLUSIVE -> true;
        };
    }

    /** As in: in the baseline 100 such requests arrived a second, and here 300. */
    String inWords() {
        return "in the baseline " + Quantities.count(Math.round(baselinePerSecond))
                + " such requests arrived a second, and here " + Quantities.count(Math.round(stagePerSecond))
                + ", as the scenario says, which alone may have made it "
                + (stagePerSecond > baselinePerSecond ? "slower" : "faster");
    }
}
