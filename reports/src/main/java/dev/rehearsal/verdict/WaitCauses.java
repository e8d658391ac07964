package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.StatementObserved;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which statement of the migration each lock wait of other sessions is due to.
 *
 * <p>The server names, with every wait, the sessions that hold the lock and those that queue for it. A wait is due to the migration if
 *
 * <ol>
 *   <li>a session of the migration holds the lock, or queued for it first, in a mode that excludes the waiter's (the server lists every holder,
 *       those that do not exclude it too). A transaction keeps its locks, so the statement is the first one of its transaction that asked for
 *       such a lock, which may be one that returned long ago;
 *   <li>the server named nobody, and the wait was for a relation on which a statement held or wanted such a lock at that time;
 *   <li>one who holds the lock was itself, at that time, in a wait that is due to the migration: a chain.
 * </ol>
 *
 * Waits of sessions of the migration are not looked at.
 */
final class WaitCauses {
    /** The log has milliseconds, so that two times from it cannot be told apart below this. */
    private static final long CLOCK_NANOS = 1_000_000;

    private final List<Try> tries;
    private final List<LockWaited> ownWaits;
    private final List<LockWaited> others;

    /** @param cause which statement of the run the try belongs to */
    record Try(int cause, StatementObserved observed) {}

    /** @param tries every try of every statement */
    WaitCauses(List<Try> tries, List<LockWaited> waits) {
        this.tries = tries.stream()
                .sorted(Comparator.comparingLong(t -> t.observed().sentNanos()))
                .toList();
        this.ownWaits = waits.stream().filter(w -> w.party() == Party.MIGRATION).toList();
        this.others = waits.stream().filter(w -> w.party() != Party.MIGRATION).toList();
    }

    /** Of every session but the migration's, in the order of their starts. */
    List<CausedWait> find() {
        Map<Integer, NavigableMap<Long, CausedWait>> byPid = new HashMap<>();
        List<LockWaited> open = new ArrayList<>();
        for (LockWaited wait : others) {
            Optional<Try> cause = directCause(wait);
            if (cause.isPresent()) {
                put(byPid, new CausedWait(wait, cause.get().cause(), true));
            } else {
                open.add(wait);
            }
        }
        // Chains are found link by link, until a round finds no further one.
        boolean found = !byPid.isEmpty();
        while (found) {
            List<LockWaited> still = new ArrayList<>();
            for (LockWaited wait : open) {
                Optional<CausedWait> link = link(wait, byPid);
                if (link.isPresent()) {
                    put(byPid, new CausedWait(wait, link.get().cause(), false));
                } else {
                    still.add(wait);
                }
            }
            found = still.size() < open.size();
            open = still;
        }
        return byPid.values().stream()
                .flatMap(waits -> waits.values().stream())
                .sorted(Comparator.comparingLong(c -> c.lockWait().startNanos()))
                .toList();
    }

    private static void put(Map<Integer, NavigableMap<Long, CausedWait>> byPid, CausedWait caused) {
        byPid.computeIfAbsent(caused.lockWait().pid(), pid -> new TreeMap<>())
                .put(caused.lockWait().startNanos(), caused);
    }

    /** A session waits for one lock at a time: the last wait that began before this one's end is the only one that can overlap to the end. */
    private static Optional<CausedWait> link(LockWaited wait, Map<Integer, NavigableMap<Long, CausedWait>> byPid) {
        return wait.holders().stream()
                .filter(holder -> holder != wait.pid())
                .map(byPid::get)
                .filter(Objects::nonNull)
                .map(waits -> waits.lowerEntry(wait.endNanos()))
                .filter(Objects::nonNull)
                .map(Map.Entry::getValue)
                .filter(caused -> caused.lockWait().endNanos() > wait.startNanos())
                .findFirst();
    }

    private Optional<Try> directCause(LockWaited wait) {
        if (wait.holders().isEmpty() && wait.queue().stream().allMatch(pid -> pid == wait.pid())) {
            return wait.relation()
                    ? firstThatExcludes(wait, tries.stream().filter(t -> during(t, wait)))
                    : Optional.empty();
        }
        return Stream.concat(wait.holders().stream(), wait.queue().stream())
                .distinct()
                .filter(pid -> pid != wait.pid())
                .map(pid -> inFront(wait, pid))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Try> inFront(LockWaited wait, int pid) {
        List<Try> running = tries.stream()
                .filter(t -> t.observed().backendPid() == pid && during(t, wait))
                .toList();
        if (running.isEmpty()) {
            return Optional.empty();
        }
        if (!wait.relation()) {
            // A row: of the statement that wrote last, as far as the locks tell.
            return running.stream()
                    .filter(t -> t.observed().locks().stream().anyMatch(WaitCauses::writesRows))
                    .reduce((first, second) -> second)
                    .or(() -> Optional.of(running.getLast()));
        }
        Optional<Try> first = firstThatExcludes(wait, running.stream());
        if (first.isPresent()) {
            return first;
        }
        boolean known = running.stream()
                .flatMap(t -> t.observed().locks().stream())
                .anyMatch(lock -> lock.relation().equals(wait.target()));
        // Of a lock that was not seen (a statement that failed has none to show) only the session is known.
        return known ? Optional.empty() : Optional.of(running.getLast());
    }

    private Optional<Try> firstThatExcludes(LockWaited wait, Stream<Try> candidates) {
        return candidates.filter(t -> heldOrWanted(t, wait)).findFirst();
    }

    private boolean heldOrWanted(Try t, LockWaited wait) {
        boolean held = t.observed().locks().stream()
                .anyMatch(lock -> lock.relation().equals(wait.target()) && excludes(lock.mode(), wait.mode()));
        return held
                || ownWaits.stream()
                        .anyMatch(own -> own.pid() == t.observed().backendPid()
                                && own.target().equals(wait.target())
                                && excludes(own.mode(), wait.mode())
                                && own.startNanos() <= t.observed().returnedNanos()
                                && own.endNanos() >= t.observed().sentNanos()
                                && own.startNanos() <= wait.startNanos() + tolerance(wait));
    }

    /** Whether the try had been sent before the wait began, and its transaction had not ended. */
    private static boolean during(Try t, LockWaited wait) {
        return t.observed().sentNanos() <= wait.startNanos() + tolerance(wait)
                && t.observed().transactionEndedNanos() >= wait.startNanos() - tolerance(wait);
    }

    private static long tolerance(LockWaited wait) {
        return Math.max(wait.errorNanos(), CLOCK_NANOS);
    }

    private static boolean writesRows(LockHeld lock) {
        return LockMode.of(lock.mode())
                .filter(mode -> mode == LockMode.ROW_EXCLUSIVE || mode == LockMode.ROW_SHARE)
                .isPresent();
    }

    /** Modes that we do not know are taken to exclude each other. */
    private static boolean excludes(String one, String other) {
        Optional<LockMode> a = LockMode.of(one);
        Optional<LockMode> b = LockMode.of(other);
        return a.isEmpty() || b.isEmpty() || a.get().conflictsWith(b.get());
    }
}
