package dev.rehearsal.load;

import dev.rehearsal.run.RunEvent.ClockReading;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One question about an injector's clock, as NTP asks it.
 *
 * <pre>
 *   injector       received ── answered
 *                 ╱                   ╲
 *   harness   sent                     back          offset = ((received − sent) + (answered − back)) / 2
 * </pre>
 *
 * That is exact if both ways took as long, and wrong by half of the time on the way at most. So of several questions the quickest tells most.
 *
 * @param sentNanos and {@code backNanos}: on the harness's monotonic clock
 * @param receivedNanos and {@code answeredNanos}: on the injector's
 * @param wallOffsetNanos how far its wall clock is ahead of the harness's, by the same reckoning
 */
record ClockSample(long sentNanos, long receivedNanos, long answeredNanos, long backNanos, long wallOffsetNanos) {
    /**
     * Of a question that was just answered.
     *
     * @param backWallNanos the harness's wall clock at {@code backNanos}, since 1970
     */
    static ClockSample of(long sentNanos, Frame.Clock answer, long backNanos, long backWallNanos) {
        long onTheWay = (backNanos - sentNanos) - (answer.sentNanoTime() - answer.receivedNanoTime());
        return new ClockSample(
                sentNanos,
                answer.receivedNanoTime(),
                answer.sentNanoTime(),
                backNanos,
                answer.wallClockNanos() + onTheWay / 2 - backWallNanos);
    }

    static long nanosSince1970(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }

    /** What has to be added to a reading of the harness's clock to have the injector's. */
    long offsetNanos() {
        return ((receivedNanos - sentNanos) + (answeredNanos - backNanos)) / 2;
    }

    /** The time that question and answer were on their way. */
    long onTheWayNanos() {
        return (backNanos - sentNanos) - (answeredNanos - receivedNanos);
    }

    ClockReading reading() {
        return new ClockReading(offsetNanos(), (onTheWayNanos() + 1) / 2);
    }

    /** The one that tells most. */
    static ClockSample best(List<ClockSample> samples) {
        return samples.stream()
                .min(Comparator.comparingLong(ClockSample::onTheWayNanos))
                .orElseThrow();
    }
}
