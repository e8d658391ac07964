package dev.rehearsal.verdict;

import java.util.OptionalLong;

/**
 * A time in which an operation had no success, although somebody asked for it.
 *
 * <pre>
 *   success          request     failed   failed       success
 *      |                |--------|           |            |
 *   lastSuccess     wanted  [------- durationNanos -------]  firstSuccess
 * </pre>
 *
 * Time in which nobody asked is nobody's outage: it counts from the last success or, if that came later, from the first arrival that had to do
 * with it. A request that was under way at the last success had arrived before.
 *
 * @param wantedNanos when it was first wanted and not had: the begin
 * @param lastSuccessNanos when the last request before succeeded; empty: none ever had
 * @param firstSuccessNanos when the first request after succeeded; empty: none ever did
 * @param endNanos that, or the last thing seen
 */
public record Outage(
        String service,
        String operation,
        long wantedNanos,
        OptionalLong lastSuccessNanos,
        OptionalLong firstSuccessNanos,
        long endNanos) {
    public long durationNanos() {
        return endNanos - wantedNanos;
    }

    /** The same, wanted from then on if that is earlier; yet not before the last success. */
    Outage wantedFrom(long nanos) {
        long from = Math.max(nanos, lastSuccessNanos.orElse(Long.MIN_VALUE));
        return new Outage(
                service, operation, Math.min(wantedNanos, from), lastSuccessNanos, firstSuccessNanos, endNanos);
    }

    /** Whether it cannot have begun earlier. */
    boolean beginsAtLastSuccess() {
        return lastSuccessNanos.isPresent() && lastSuccessNanos.getAsLong() >= wantedNanos;
    }

    boolean overlaps(long fromNanos, long toNanos) {
        return wantedNanos < toNanos && endNanos > fromNanos;
    }
}
