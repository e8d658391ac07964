package dev.rehearsal.load;

import java.util.List;

/**
 * The load at one instant, for a progress line. Percentiles are of responses that finished within the last two seconds; 0 when there were none.
 *
 * @param atNanos since the run's origin
 * @param completed requests finished so far, failed ones among them
 * @param failed requests that did not succeed, so far
 * @param inFlight arrivals whose planned instant has passed and that have not finished
 * @param finishedPerSecond over the last two seconds
 * @param operations in the order of {@code requests.bin}
 */
public record LiveView(
        long atNanos,
        long completed,
        long failed,
        long inFlight,
        double finishedPerSecond,
        double failedPerSecond,
        long p50Nanos,
        long p99Nanos,
        List<OperationView> operations) {
    public LiveView {
        operations = List.copyOf(operations);
    }

    /** One operation of one service, over the last two seconds. */
    public record OperationView(
            String service,
            String operation,
            double finishedPerSecond,
            double failedPerSecond,
            long p50Nanos,
            long p99Nanos) {}
}
