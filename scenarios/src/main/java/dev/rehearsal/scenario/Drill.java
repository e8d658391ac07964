package dev.rehearsal.scenario;

import java.util.Locale;

/** Something that is tried out on a clone of its own after the timeline, where nothing is measured that it could disturb. */
public enum Drill {
    /** The migration, and its rollback, a second time: nothing fails, and nothing changes. */
    RERUN,
    /** The way back, after the new application has written and with the old one at work: schema, data and the old operations are as they were. */
    ROLLBACK,
    /** The server killed between all steps and in each, and the migration run again from its start: it comes to where it would have come. */
    CRASH,
    /** The same with the primary killed for good and its replica promoted, and what becomes of writes that were acknowledged meanwhile. */
    FAILOVER,
    /** Every operation of every version of the application, before and after each step. */
    COMPATIBILITY,
    /** The migration over several databases, of which one fails midway: where they differ then, and what brings them together again. */
    DRIFT;

    boolean usesVersions() {
        return this == ROLLBACK || this == COMPATIBILITY;
    }

    /** The scenario file's. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
