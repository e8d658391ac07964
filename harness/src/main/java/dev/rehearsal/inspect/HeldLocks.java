package dev.rehearsal.inspect;

import dev.rehearsal.run.RunEvent.ExpectedLock;
import java.util.Set;
import java.util.TreeSet;

/** The tables on which one transaction already holds locks that somebody can feel. Used by one thread. */
final class HeldLocks {
    private static final Set<String> STOP_WRITES = Set.of("Share", "ShareRowExclusive", "Exclusive", "AccessExclusive");

    private final Set<String> stoppingAll = new TreeSet<>();
    private final Set<String> stoppingWrites = new TreeSet<>();

    static boolean stopsWrites(String mode) {
        return STOP_WRITES.contains(mode);
    }

    void add(Iterable<ExpectedLock> locks) {
        for (ExpectedLock lock : locks) {
            if (lock.mode().equals("AccessExclusive")) {
                stoppingAll.add(lock.relation());
            }
            if (stopsWrites(lock.mode())) {
                stoppingWrites.add(lock.relation());
            }
        }
    }

    /** Tables that nobody can read. */
    Set<String> stoppingAll() {
        return stoppingAll;
    }

    /** Tables that nobody can write. */
    Set<String> stoppingWrites() {
        return stoppingWrites;
    }
}
