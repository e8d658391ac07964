package dev.rehearsal.cli;

import dev.rehearsal.dataset.KeptSnapshot;
import dev.rehearsal.dataset.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The snapshots of the cache, for a person:
 *
 * <pre>
 * removed  0f3a9c1d2b44      212 MB      1,000,000 rows  built 41 d ago, used 35 d ago  shop
 *          8d13c9ffae01    2,103 MB     14,000,000 rows  built 3 h ago, used 5 min ago  shop, in use
 * </pre>
 */
final class SnapshotTable {
    private SnapshotTable() {}

    static String of(List<KeptSnapshot> gone, List<KeptSnapshot> left, Instant now) {
        StringBuilder lines = new StringBuilder();
        gone.forEach(each -> lines.append(line("removed  ", each, now)));
        left.forEach(each -> lines.append(line(gone.isEmpty() ? "" : "         ", each, now)));
        return lines.toString();
    }

    private static String line(String first, KeptSnapshot kept, Instant now) {
        Snapshot snapshot = kept.snapshot();
        return String.format(
                Locale.ROOT,
                "%s%s  %,7d MB  %,13d rows  built %s ago, used %s ago  %s%s%n",
                first,
                snapshot.fingerprint().substring(0, 12),
                snapshot.bytes() >> 20,
                snapshot.rows().values().stream().mapToLong(Long::longValue).sum(),
                age(Duration.between(kept.built(), now)),
                age(Duration.between(kept.lastUsed(), now)),
                snapshot.name(),
                kept.inUse() ? ", in use" : "");
    }

    private static String age(Duration age) {
        if (age.toHours() >= 48) {
            return age.toDays() + " d";
        }
        return age.toMinutes() >= 120 ? age.toHours() + " h" : Math.max(0, age.toMinutes()) + " min";
    }
}
