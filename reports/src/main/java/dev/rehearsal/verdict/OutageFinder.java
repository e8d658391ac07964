package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds, of each operation (all its versions together), the longest {@link Outage} that overlaps a span of time. Reads the requests once, in the
 * order in which they finished, and keeps none.
 */
final class OutageFinder {
    private OutageFinder() {}

    /** An operation of a service, whatever its version. */
    private record Subject(String service, String operation) {}

    /** Of one operation: where the reading has come to. */
    private static final class Progress {
        private final Subject subject;
        private OptionalLong lastSuccess = OptionalLong.empty();
        private long wanted = Long.MAX_VALUE;
        private Optional<Outage> longest = Optional.empty();

        Progress(Subject subject) {
            this.subject = subject;
        }

        Outage upTo(OptionalLong success, long end) {
            long begin = lastSuccess.isPresent() ? Math.max(wanted, lastSuccess.getAsLong()) : wanted;
            return new Outage(subject.service, subject.operation, Math.min(begin, end), lastSuccess, success, end);
        }

        void keepIfLongest(Outage outage) {
            if (longest.isEmpty() || outage.durationNanos() > longest.get().durationNanos()) {
                longest = Optional.of(outage);
            }
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
            byOperation.add(subjects.computeIfAbsent(new Subject(key.service(), key.operation()), Progress::new));
        }
        run.requests().forEach(request -> {
            Progress progress = byOperation.get(request.operation());
            progress.wanted = Math.min(progress.wanted, request.t0Nanos());
            if (!request.failed()) {
                add(progress, request, fromNanos, toNanos);
            }
        });
        for (Progress progress : subjects.values()) {
            if (progress.wanted != Long.MAX_VALUE) {
                Outage open = progress.upTo(OptionalLong.empty(), run.timelineEndNanos());
                keep(progress, open, fromNanos, toNanos);
            }
        }
        return subjects.values().stream()
                .flatMap(progress -> progress.longest.stream())
                .toList();
    }

    private static void add(Progress progress, RequestRecord success, long fromNanos, long toNanos) {
        keep(progress, progress.upTo(OptionalLong.of(success.t3Nanos()), success.t3Nanos()), fromNanos, toNanos);
        progress.lastSuccess =
                OptionalLong.of(Math.max(progress.lastSuccess.orElse(Long.MIN_VALUE), success.t3Nanos()));
        progress.wanted = Long.MAX_VALUE;
    }

    private static void keep(Progress progress, Outage outage, long fromNanos, long toNanos) {
        if (outage.overlaps(fromNanos, toNanos)) {
            progress.keepIfLongest(outage);
        }
    }
}
