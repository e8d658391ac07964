package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import java.util.List;
import java.util.Optional;

/**
 * A rate that was asked, and the lower one that was got: counted, never extrapolated.
 *
 * <p>A moment's disturbance, after which all that had waited is soon done, says nothing of a rate. So what counts is what was still behind at the
 * stage's end: from {@value #NOTABLE_PERCENT} % of the arrivals on, and {@value #NOTABLE_REQUESTS} requests.
 *
 * @param askedPerSecond what arrived
 * @param heldPerSecond what was really begun, or served
 */
record HeldRate(double askedPerSecond, double heldPerSecond) {
    static final int NOTABLE_PERCENT = 10;
    static final int NOTABLE_REQUESTS = 20;

    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * What the generator began a second since it fell behind, by more than {@code lateNanos}, until the stage ended. Empty if it had not, or
     * caught up. Reads the requests twice.
     */
    static Optional<HeldRate> begun(RunRecord run, StageSpan stage, double lateNanos) {
        long[] lastInTime = {stage.startNanos() - 1};
        run.requests().forEach(request -> {
            if (stage.contains(request.t0Nanos()) && begun(request) && lagNanos(request) <= lateNanos) {
                lastInTime[0] = Math.max(lastInTime[0], request.t0Nanos());
            }
        });
        StageSpan behind = new StageSpan(stage.stage(), lastInTime[0] + 1, stage.endNanos(), stage.complete());
        long[] counts = new long[2];
        List<OperationKey> operations = run.requests().operations();
        run.requests().forEach(request -> {
            boolean planned =
                    run.http(operations.get(request.operation()).service()).isEmpty();
            counts[0] += planned && behind.contains(request.t0Nanos()) ? 1 : 0;
            counts[1] += begun(request) && behind.contains(request.t1Nanos()) ? 1 : 0;
        });
        return notable(counts[0], counts[1], behind);
    }

    /**
     * What was served in a stage: neither left waiting at its end, more than at its beginning, nor sent away for want of a connection. Empty if
     * that was nearly all. Reads the requests once.
     */
    static Optional<HeldRate> served(RunRecord run, StageSpan stage) {
        long[] counts = new long[2];
        run.requests().forEach(request -> {
            counts[0] += stage.contains(request.t0Nanos()) ? 1 : 0;
            counts[1] += stage.contains(request.t3Nanos()) && request.outcome() != Outcome.POOL_TIMED_OUT ? 1 : 0;
        });
        return notable(counts[0], counts[1], stage);
    }

    private static Optional<HeldRate> notable(long asked, long held, StageSpan span) {
        long behind = asked - held;
        if (behind < NOTABLE_REQUESTS || behind < asked * NOTABLE_PERCENT / 100.0) {
            return Optional.empty();
        }
        double seconds = span.durationNanos() / NANOS_PER_SECOND;
        return Optional.of(new HeldRate(asked / seconds, held / seconds));
    }

    private static boolean begun(RequestRecord request) {
        return request.t1Nanos() != RequestRecord.NEVER;
    }

    private static long lagNanos(RequestRecord request) {
        return request.t1Nanos() - request.t0Nanos();
    }

    /** As in: of 1,000 requests a second, 612. */
    String inWords() {
        return "of " + Quantities.count(Math.round(askedPerSecond)) + " requests a second, "
                + Quantities.count(Math.round(heldPerSecond));
    }
}
