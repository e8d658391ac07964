package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.ReplicaSampled;
import dev.rehearsal.run.RunRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a replica was behind at most, in a span of time.
 *
 * @param worst the sample with the longest lag
 * @param mostBytes of write-ahead log, not always of the same sample
 */
public record ReplicaLag(ReplicaSampled worst, long mostBytes) {

    /** One a replica that was sampled in that time, in the order in which they were first sampled. */
    public static List<ReplicaLag> between(RunRecord run, long fromNanos, long toNanos) {
        Map<String, ReplicaLag> byReplica = new LinkedHashMap<>();
        run.replicaSamples().stream()
                .filter(sample -> sample.atNanos() >= fromNanos && sample.atNanos() < toNanos)
                .forEach(sample -> byReplica.merge(
                        sample.replica(), new ReplicaLag(sample, sample.lagBytes()), ReplicaLag::together));
        return List.copyOf(new ArrayList<>(byReplica.values()));
    }

    private static ReplicaLag together(ReplicaLag one, ReplicaLag other) {
        return new ReplicaLag(
                other.worst.lagNanos() > one.worst.lagNanos() ? other.worst : one.worst,
                Math.max(one.mostBytes, other.mostBytes));
    }

    /** Such as {@code replica-1 1.20 s ± 50 ms (3.4 MB)}. */
    public String words() {
        return worst.replica() + " " + Quantities.duration(worst.lagNanos()) + " ± "
                + Quantities.duration(worst.errorNanos()) + " (" + Quantities.bytes(mostBytes) + ")";
    }
}
