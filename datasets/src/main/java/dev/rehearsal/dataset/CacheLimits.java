package dev.rehearsal.dataset;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How much the cache keeps: what nobody has used for long goes, and so does what was used longest ago while there is too much. A snapshot in use is
 * never among it.
 *
 * @param bytes of all snapshots together
 * @param age since the last use
 */
public record CacheLimits(long bytes, Duration age) {
    /** Bytes of all snapshots together, such as {@code 50000000000}. */
    public static final String BYTES_VARIABLE = "HARNESS_CACHE_BYTES";
    /** Days that a snapshot is kept after its last use. */
    public static final String DAYS_VARIABLE = "HARNESS_CACHE_DAYS";

    /** Nothing goes. */
    public static final CacheLimits NONE = new CacheLimits(Long.MAX_VALUE, Duration.ofDays(36_500));

    private static final Duration DEFAULT_AGE = Duration.ofDays(30);

    /**
     * What the environment says.
     *
     * @param diskBytes of the cache's disk; by default the cache takes at most half of it
     * @throws IllegalArgumentException if a variable is no number, with what to write
     */
    static CacheLimits of(Map<String, String> environment, long diskBytes) {
        return new CacheLimits(
                number(environment, BYTES_VARIABLE, diskBytes / 2),
                Duration.ofDays(number(environment, DAYS_VARIABLE, DEFAULT_AGE.toDays())));
    }

    private static long number(Map<String, String> environment, String name, long otherwise) {
        String written = environment.getOrDefault(name, "").strip();
        if (written.isEmpty()) {
            return otherwise;
        }
        if (!written.matches("[0-9]{1,15}")) {
            throw new IllegalArgumentException(name + " must be a whole number, got " + written);
        }
        return Long.parseLong(written);
    }

    /**
     * Which snapshots go, those that were used longest ago first.
     *
     * @param keep bytes that are to be free within the limit, for one that will be built
     */
    List<KeptSnapshot> evicted(List<KeptSnapshot> kept, Instant now, long keep) {
        List<KeptSnapshot> oldestFirst = kept.stream()
                .sorted(Comparator.comparing(KeptSnapshot::lastUsed))
                .toList();
        long sum =
                keep + kept.stream().mapToLong(each -> each.snapshot().bytes()).sum();
        List<KeptSnapshot> evicted = new ArrayList<>();
        for (KeptSnapshot each : oldestFirst) {
            boolean old = each.lastUsed().isBefore(now.minus(age));
            if (!each.inUse() && (old || sum > bytes)) {
                evicted.add(each);
                sum -= each.snapshot().bytes();
            }
        }
        return evicted;
    }
}
