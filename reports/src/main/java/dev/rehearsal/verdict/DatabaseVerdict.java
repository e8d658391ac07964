package dev.rehearsal.verdict;

import dev.rehearsal.run.DatabaseRun;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the run means for one of its several databases, judged by the scenario's objectives as if there were no other.
 *
 * @param judged what was observed there and what it means, without drills; empty of one that never began, and of one that was left as it was: nothing
 *     befell that could be judged
 */
public record DatabaseVerdict(DatabaseRun database, Optional<Judged> judged) {

    /** A record and what it means. */
    public record Judged(RunRecord run, Verdict verdict) {}

    /** What became of it. */
    public enum State {
        MIGRATED,
        FAILED,
        /** As it was, because an earlier one failed. */
        LEFT_OUT,
        /** The run ended before its wave was over. */
        NOT_REACHED;

        /** The word that files and reports use. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    public int number() {
        return database.number();
    }

    public State state() {
        return database.migration()
                .map(passage -> switch (passage.status()) {
                    case SUCCEEDED -> State.MIGRATED;
                    case SKIPPED -> State.LEFT_OUT;
                    case FAILED, TIMED_OUT, UNKNOWN -> State.FAILED;
                })
                .orElse(State.NOT_REACHED);
    }

    /** Inconclusive where nothing was judged. */
    public Status status() {
        return judged.map(there -> there.verdict().status()).orElse(Status.INCONCLUSIVE);
    }

    /** Without the database's number in their words. */
    public List<Finding> findings() {
        return judged.map(there -> there.verdict().findings()).orElse(List.of());
    }

    /** How long the migration took there; empty if it was left out, or the run ended before. */
    public Optional<Long> durationNanos() {
        return database.migration()
                .filter(passage -> passage.status() != RunEvent.Status.SKIPPED)
                .map(passage -> passage.atNanos() - passage.startNanos());
    }

    /** The one that a run's story is of: where the migration failed, else where the verdict is worst, and of equals the first. Empty of none. */
    static Optional<DatabaseVerdict> mostTelling(List<DatabaseVerdict> databases) {
        return databases.stream()
                .filter(database -> database.judged().isPresent())
                .min(Comparator.<DatabaseVerdict, Boolean>comparing(database -> database.state() != State.FAILED)
                        .thenComparing(database -> weight(database.status()))
                        .thenComparing(DatabaseVerdict::number));
    }

    private static int weight(Status status) {
        return switch (status) {
            case FAILED -> 0;
            case INCONCLUSIVE -> 1;
            case PASSED -> 2;
        };
    }

    /** Such as {@code database 2}, or {@code databases 1, 3}. */
    static String named(List<Integer> numbers) {
        return (numbers.size() == 1 ? "database " : "databases ")
                + String.join(", ", numbers.stream().map(String::valueOf).toList());
    }
}
