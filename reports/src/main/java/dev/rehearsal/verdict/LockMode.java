package dev.rehearsal.verdict;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** PostgreSQL's lock modes of relations, weakest first, and which of them exclude each other (its manual, table 13.2). */
public enum LockMode {
    ACCESS_SHARE("AccessShare"),
    ROW_SHARE("RowShare"),
    ROW_EXCLUSIVE("RowExclusive"),
    SHARE_UPDATE_EXCLUSIVE("ShareUpdateExclusive"),
    SHARE("Share"),
    SHARE_ROW_EXCLUSIVE("ShareRowExclusive"),
    EXCLUSIVE("Exclusive"),
    ACCESS_EXCLUSIVE("AccessExclusive");

    private final String word;

    LockMode(String word) {
        this.word = word;
    }

    /** As {@code pg_locks} has it, without the word Lock. */
    public String word() {
        return word;
    }

    /** Of a mode's name, with or without the word Lock; empty for modes of other databases. */
    public static Optional<LockMode> of(String name) {
        String bare = name.endsWith("Lock") ? name.substring(0, name.length() - "Lock".length()) : name;
        for (LockMode mode : values()) {
            if (mode.word.equalsIgnoreCase(bare)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }

    public boolean conflictsWith(LockMode other) {
        return conflicts().contains(other);
    }

    /** Whether inserts, updates and deletes wait for it. */
    public boolean stopsWrites() {
        return conflictsWith(ROW_EXCLUSIVE);
    }

    private Set<LockMode> conflicts() {
        return switch (this) {
            case ACCESS_SHARE -> EnumSet.of(ACCESS_EXCLUSIVE);
            case ROW_SHARE -> EnumSet.of(EXCLUSIVE, ACCESS_EXCLUSIVE);
            case ROW_EXCLUSIVE -> EnumSet.of(SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE);
            case SHARE_UPDATE_EXCLUSIVE -> EnumSet.range(SHARE_UPDATE_EXCLUSIVE, ACCESS_EXCLUSIVE);
            case SHARE ->
                EnumSet.of(ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE);
            case SHARE_ROW_EXCLUSIVE -> EnumSet.range(ROW_EXCLUSIVE, ACCESS_EXCLUSIVE);
            case EXCLUSIVE -> EnumSet.range(ROW_SHARE, ACCESS_EXCLUSIVE);
            case ACCESS_EXCLUSIVE -> EnumSet.allOf(LockMode.class);
        };
    }
}
