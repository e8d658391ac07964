package dev.rehearsal.compare;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.verdict.LockMode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What happens once in a run: locks that the migration held on relations that were there before, and how long it took. */
final class Holds {
    private Holds() {}

    /** Of each lock that stops writes, the longest hold, by mode and relation. */
    static Map<String, LockHeld> longestByLock(RunRecord run) {
        Map<String, LockHeld> longest = new HashMap<>();
        strong(run)
                .forEach(lock -> longest.merge(
                        lock.mode() + " held on " + lock.relation(),
                        lock,
                        (one, other) -> one.heldNanos() >= other.heldNanos() ? one : other));
        return longest;
    }

    /** Of all, the longest; where none stops writes, the longest of the others. */
    static Optional<LockHeld> longest(RunRecord run) {
        return strong(run)
                .max(Comparator.comparingLong(LockHeld::heldNanos))
                .or(() -> all(run).max(Comparator.comparingLong(LockHeld::heldNanos)));
    }

    private static Stream<LockHeld> strong(RunRecord run) {
        return all(run).filter(lock ->
                LockMode.of(lock.mode()).filter(LockMode::stopsWrites).isPresent());
    }

    private static Stream<LockHeld> all(RunRecord run) {
        return run.steps(Phase.MIGRATION).stream()
                .flatMap(step -> step.statements().stream())
                .flatMap(statement -> statement.locks().stream())
                .filter(lock -> !lock.ownRelation());
    }

    /** First step's start to last step's end; empty if it did not come to its end. */
    static Optional<Long> migrationNanos(RunRecord run) {
        List<StepRun> steps = run.steps(Phase.MIGRATION).stream()
                .filter(step -> step.status() != Status.SKIPPED)
                .toList();
        return steps.isEmpty() || !steps.stream().allMatch(StepRun::complete)
                ? Optional.empty()
                : Optional.of(steps.getLast().endNanos() - steps.getFirst().startNanos());
    }
}
