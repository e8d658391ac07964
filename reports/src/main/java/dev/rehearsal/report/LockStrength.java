package dev.rehearsal.report;

import dev.rehearsal.run.RunEvent.LockHeld;
import java.util.Comparator;
import java.util.List;

/** PostgreSQL's table lock modes by whom they stop: what a reader wants to know before the mode's name. */
final class LockStrength {
    private static final List<String> WEAKEST_FIRST = List.of(
            "AccessShare",
            "RowShare",
            "RowExclusive",
            "ShareUpdateExclusive",
            "Share",
            "ShareRowExclusive",
            "Exclusive",
            "AccessExclusive");

    /** By mode, then by how long it was held. */
    static final Comparator<LockHeld> WEAKER_FIRST =
            Comparator.<LockHeld>comparingInt(lock -> of(lock.mode())).thenComparingLong(LockHeld::heldNanos);

    private LockStrength() {}

    /** Higher is stronger; a mode that PostgreSQL does not have is the weakest. */
    static int of(String mode) {
        return WEAKEST_FIRST.indexOf(mode);
    }

    /** The word of {@link ReportData.Lane#blocks()}. */
    static String blocks(String mode, boolean ownRelation) {
        if (ownRelation) {
            return "nobody";
        }
        return switch (mode) {
            case "AccessExclusive" -> "everyone";
            case "Exclusive", "ShareRowExclusive", "Share" -> "writers";
            case "ShareUpdateExclusive" -> "schema";
            default -> "nobody";
        };
    }
}
