package dev.rehearsal.report;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.verdict.LockMode;
import java.util.Comparator;
import java.util.Optional;

/** Lock modes by whom they stop: what a reader wants to know before the mode's name. */
final class LockStrength {
    /** By mode, then by how long it was held. */
    static final Comparator<LockHeld> WEAKER_FIRST =
            Comparator.<LockHeld>comparingInt(lock -> of(lock.mode())).thenComparingLong(LockHeld::heldNanos);

    private LockStrength() {}

    /** Higher is stronger; a mode that PostgreSQL does not have is the weakest. */
    static int of(String mode) {
        Optional<LockMode> known = LockMode.of(mode);
        if (known.isEmpty()) {
            return 0;
        }
        int weaker = 1;
        for (LockMode other : LockMode.values()) {
            weaker += other.compareTo(known.get()) < 0 ? 1 : 0;
        }
        return weaker;
    }

    /** The word of {@link ReportData.Lane#blocks()}. */
    static String blocks(String mode, boolean ownRelation) {
        if (ownRelation) {
            return "nobody";
        }
        return LockMode.of(mode).map(LockStrength::blocks).orElse("nobody");
    }

    private static String blocks(LockMode mode) {
        if (mode.conflictsWith(LockMode.ACCESS_SHARE)) {
            return "everyone";
        }
        if (mode.stopsWrites()) {
            return "writers";
        }
        return mode.conflictsWith(LockMode.SHARE_UPDATE_EXCLUSIVE) ? "schema" : "nobody";
    }
}
