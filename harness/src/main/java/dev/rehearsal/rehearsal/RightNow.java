package dev.rehearsal.rehearsal;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.FaultEnded;
import dev.rehearsal.run.RunEvent.FaultStarted;
import dev.rehearsal.run.RunEvent.ServerSampled;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Passes on what the journal is told, and remembers of it what a live view shows: so the view asks no server, and shows nothing that the record does not
 * have. Safe for use by several threads.
 */
final class RightNow implements Journal {
    private final Journal journal;
    /** By their place in the scenario. */
    private final Map<Integer, String> faults = new ConcurrentSkipListMap<>();

    private volatile OptionalInt waitingForLocks = OptionalInt.empty();

    RightNow(Journal journal) {
        this.journal = journal;
    }

    @Override
    public void record(RunEvent event) {
        journal.record(event);
        if (event instanceof ServerSampled sampled) {
            waitingForLocks = OptionalInt.of(sampled.waitingForLocks());
        } else if (event instanceof FaultStarted started) {
            faults.put(started.index(), started.kind());
        } else if (event instanceof FaultEnded ended) {
            faults.remove(ended.index());
        }
    }

    /** Sessions, when the server was last asked; empty before. */
    OptionalInt waitingForLocks() {
        return waitingForLocks;
    }

    /** The kinds of those in force, in the scenario's order. */
    List<String> faults() {
        return List.copyOf(faults.values());
    }
}
