package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds, of each operation (all its versions together), the longest {@link Outage} that overlaps a span of time. Reads the requests once, in the
 * order in which they finished, and keeps none; of the times without a success it keeps those that may still prove the longest.
 */
final class OutageFinder {
    /** By the run's clock. */
    private static final long RUN_BEGAN = 0;

    private OutageFinder() {}

    /** An operation of a service, whatever its version. */
    private record Subject(String service, String operation) {}

    /** Of one operation: where the reading has come to. */
    private static final class Progress {
        private final Subject subject;
        private final long fromNanos;
        private final long toNanos;
        /**
         * Those that have ended, but may have begun earlier than is known: a request that finishes later may have arrived before. Oldest first. None of
         * them overlaps another, and none is shorter than the longest could still make it.
         */
        private final Deque<Outage> ended = new ArrayDeque<>();

        private OptionalLong lastSuccess = OptionalLong.empty();
        private long wanted = Long.MAX_VALUE;
        private Optional<Outage> longest = Optional.empty();

        Progress(Subject subject, long fromNanos, long toNanos) {
            this.subject = subject;
            this.fromNanos = fromNanos;
            this.toNanos = toNanos;
        }

        void add(RequestRecord request) {
            wantedFrom(request.t0Nanos());
            if (!request.failed()) {
                settleOrKeep(upTo(OptionalLong.of(request.t3Nanos()), request.t3Nanos()));
                lastSuccess = OptionalLong.of(Math.max(lastSuccess.orElse(Long.MIN_VALUE), request.t3Nanos()));
                wanted = Long.MAX_VALUE;
            }
        }

        private void wantedFrom(long nanos) {
            wanted = Math.min(wanted, nanos);
            while (!ended.isEmpty() && ended.getLast().endNanos() > nanos) {
                Outage earlier = ended.removeLast().wantedFrom(nanos);
                settleOrKeep(earlier);
                if (!earlier.beginsAtLastSuccess()) {
                    break;
                }
            }
        }

        private void settleOrKeep(Outage outage) {
            if (outage.beginsAtLastSuccess()) {
                settle(outage);
            } else if (mayProveTheLongest(outage.wantedFrom(RUN_BEGAN))) {
                ended.addLast(outage);
            }
        }

        private void settle(Outage outage) {
            if (mayProveTheLongest(outage)) {
                longest = Optional.of(outage);
            }
        }

        private boolean mayProveTheLongest(Outage outage) {
            return outage.overlaps(fromNanos, toNanos)
                    && (longest.isEmpty()
                            || outage.durationNanos() > longest.get().durationNanos());
        }

        private Outage upTo(OptionalLong success, long end) {
            return new Outage(subject.service, subject.operation, end, lastSuccess, success, end).wantedFrom(wanted);
        }

        /** @param lastNanos the last thing seen of the run */
        Optional<Outage> longest(long lastNanos) {
            ended.forEach(this::settle);
            if (wanted != Long.MAX_VALUE) {
                settle(upTo(OptionalLong.empty(), lastNanos));
            }
            return longest;
        }
    }

    /**
     * @return one an operation, in the order of the operations; none of an operation that nobody asked for in that time
     */
    static List<Outage> longest(RunRecord run, long fromNanos, long toNanos) {
        List<OperationKey> operations = run.requests().operations();
        Map<Subject, Progress> subjects = new LinkedHashMap<>();
        List<Progress> byOperation = new ArrayList<>();
        for (OperationKey key : operations) {
            byOperation.add(subjects.computeIfAbsent(
                    new Subject(key.service(), key.operation()), subject -> new Progress(subject, fromNanos, toNanos)));
        }
        run.requests().forEach(request -> byOperation.get(request.operation()).add(request));
        return subjects.values().stream()
                .flatMap(progress -> progress.longest(run.timelineEndNanos()).stream())
                .toList();
    }
}
