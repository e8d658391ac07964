package dev.rehearsal.scenario;

/** The stages of a rehearsal, in order; {@link #SETTLE} follows the migration and {@link #RECOVERY} the rollback. */
public enum Stage {
    WARMUP,
    BASELINE,
    MIGRATION,
    SETTLE,
    ROLLBACK,
    RECOVERY;

    /** The word that files and reports use. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
