package dev.rehearsal.load;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.HdrHistogram.Histogram;

/**
 * Responses of the last two seconds, for a live view: a ring of short histograms; and who of those that had arrived at some instant is still under way.
 * Safe for use by several threads.
 */
final class LiveStatistics {
    private static final int PARTS = 8;
    private static final long PART_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int SIGNIFICANT_DIGITS = 2;

    private final List<OperationKey> operations;
    private final Part[] ring = new Part[PARTS];
    private final IntPredicate planned;
    private long completed;
    private long completedAsPlanned;
    private long failed;
    private final List<Underway> watched = new ArrayList<>();

    LiveStatistics(List<OperationKey> operations) {
        this(operations, operation -> true);
    }

    /** @param planned whether all requests of an operation are in the plan; others cannot be waited for */
    LiveStatistics(List<OperationKey> operations, IntPredicate planned) {
        this.planned = planned;
        this.operations = List.copyOf(operations);
        for (int i = 0; i < PARTS; i++) {
            ring[i] = new Part(operations.size());
        }
    }

    synchronized void record(RequestRecord request) {
        completed++;
        if (request.failed()) {
            failed++;
        }
        part(request.t3Nanos()).record(request);
        if (planned.test(request.operation())) {
            completedAsPlanned++;
            watched.removeIf(underway -> underway.isOverWith(request));
        }
    }

    /**
     * Completes when every request that arrived before an instant has finished.
     *
     * @param nowNanos the instant: not in the past, so that none that arrives later has finished already
     * @param arrived how many the plan has until then
     */
    synchronized CompletableFuture<Void> finished(long nowNanos, long arrived) {
        Underway underway = new Underway(nowNanos, arrived - completedAsPlanned);
        if (underway.left > 0) {
            watched.add(underway);
        } else {
            underway.over.complete(null);
        }
        return underway.over;
    }

    /** Those that had arrived by an instant and had not finished. */
    private static final class Underway {
        private final long untilNanos;
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        private long left;

        Underway(long untilNanos, long left) {
            this.untilNanos = untilNanos;
            this.left = left;
        }

        boolean isOverWith(RequestRecord finished) {
            if (finished.t0Nanos() < untilNanos && --left == 0) {
                over.complete(null);
            }
            return left == 0;
        }
    }

    synchronized long completed() {
        return completed;
    }

    /** @param arrived requests that were to arrive so far */
    synchronized LiveView view(long nowNanos, long arrived) {
        long oldest = nowNanos / PART_NANOS - PARTS + 1;
        // The newest part has only begun.
        double seconds = (nowNanos - oldest * PART_NANOS) / 1e9;
        Histogram all = newHistogram();
        long allFailed = 0;
        List<LiveView.OperationView> views = new ArrayList<>();
        for (int operation = 0; operation < operations.size(); operation++) {
            Histogram responses = newHistogram();
            long failures = 0;
            for (Part part : ring) {
                if (part.number >= oldest) {
                    responses.add(part.responses.get(operation));
                    failures += part.failed[operation];
                }
            }
            all.add(responses);
            allFailed += failures;
            views.add(new LiveView.OperationView(
                    operations.get(operation).service(),
                    operations.get(operation).operation(),
                    responses.getTotalCount() / seconds,
                    failures / seconds,
                    responses.getValueAtPercentile(50),
                    responses.getValueAtPercentile(99)));
        }
        return new LiveView(
                nowNanos,
                completed,
                failed,
                Math.max(0, arrived - completedAsPlanned),
                all.getTotalCount() / seconds,
                allFailed / seconds,
                all.getValueAtPercentile(50),
                all.getValueAtPercentile(99),
                views);
    }

    private Part part(long nanos) {
        long number = nanos / PART_NANOS;
        Part part = ring[(int) (number % PARTS)];
        if (part.number < number) {
            part.begin(number);
        }
        return part;
    }

    private static Histogram newHistogram() {
        Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
        histogram.setAutoResize(true);
        return histogram;
    }

    /** What finished in one quarter of a second. */
    private static final class Part {
        private final List<Histogram> responses = new ArrayList<>();
        private final long[] failed;
        private long number = Long.MIN_VALUE;

        Part(int operations) {
            for (int i = 0; i < operations; i++) {
                responses.add(newHistogram());
            }
            failed = new long[operations];
        }

        void begin(long newNumber) {
            number = newNumber;
            responses.forEach(Histogram::reset);
            java.util.Arrays.fill(failed, 0);
        }

        void record(RequestRecord request) {
            responses.get(request.operation()).recordValue(Math.max(0, request.responseNanos()));
            if (request.failed()) {
                failed[request.operation()]++;
            }
        }
    }
}
