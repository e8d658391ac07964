package dev.rehearsal.verdict;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Whether the instruments were good enough for the limits judged.
 *
 * @param reasons why not, each with what to change; empty if they were
 * @param scheduleLagP99Millis how late the generator picked requests up, over the judged stages; empty without requests
 * @param generatorPauseMaxMillis longest pause of the generator's own process in the judged stages
 * @param baselineDriftPercent how much the response of the baseline's second half differs from the first half's; empty if it cannot be told
 * @param machineCpuBaselineFraction mean share of the machine that was busy in the baseline; empty if not sampled
 * @param smallestLimitMillis the smallest latency limit that was judged; empty if none was
 * @param crossCheck how lock log and requests agree
 */
public record Validity(
        List<String> reasons,
        OptionalDouble scheduleLagP99Millis,
        double generatorPauseMaxMillis,
        OptionalDouble baselineDriftPercent,
        OptionalDouble machineCpuBaselineFraction,
        OptionalDouble smallestLimitMillis,
        CrossCheck crossCheck) {
    public Validity {
        reasons = List.copyOf(reasons);
    }

    /** The same for these reasons. */
    Validity because(List<String> others) {
        return new Validity(
                others,
                scheduleLagP99Millis,
                generatorPauseMaxMillis,
                baselineDriftPercent,
                machineCpuBaselineFraction,
                smallestLimitMillis,
                crossCheck);
    }

    public boolean valid() {
        return reasons.isEmpty();
    }
}
