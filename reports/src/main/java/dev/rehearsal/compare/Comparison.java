package dev.rehearsal.compare;

import dev.rehearsal.verdict.Finding.Interval;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Runs side by side. The first is what the others are compared with.
 *
 * @param sentences what it comes to; the first is the whole story
 * @param sides in the order given
 * @param changes what is not the same in all of them
 * @param reservations why no winner is called although the conditions are the same: sentences; empty if there is none
 * @param winner index of the run that is better in all that differs; empty if none is called
 */
public record Comparison(
        List<String> sentences,
        List<Side> sides,
        List<Change> changes,
        List<String> reservations,
        OptionalInt winner,
        List<Operation> operations,
        List<Objective> objectives,
        List<Event> events) {
    public Comparison {
        sentences = List.copyOf(sentences);
        sides = List.copyOf(sides);
        changes = List.copyOf(changes);
        reservations = List.copyOf(reservations);
        operations = List.copyOf(operations);
        objectives = List.copyOf(objectives);
        events = List.copyOf(events);
    }

    /** Compares them; reads the requests of each several times. @throws IllegalArgumentException if there are fewer than two */
    public static Comparison of(List<Side> sides) {
        return new Comparing(sides).compare();
    }

    /** Whether the same data, the same traffic, the same machine and the same server were there. */
    public boolean comparable() {
        return changes.stream().noneMatch(Change::prevents);
    }

    /** How a run stands beside the first. */
    public enum Difference {
        /** It is the first. */
        REFERENCE,
        /** Chance explains it. */
        NONE,
        /** Slower, or more failures. */
        WORSE,
        BETTER,
        /** Too few requests, or too short a baseline, to tell. */
        UNKNOWN
    }

    /**
     * One operation in one stage.
     *
     * @param stage the stage's word
     * @param values one a run, in their order; empty if it has no such operation there
     */
    public record Operation(String stage, String service, String operation, List<Optional<Felt>> values) {
        public Operation {
            values = List.copyOf(values);
        }
    }

    /**
     * What requests of one operation felt in one stage of one run.
     *
     * @param p50 and p99, nanoseconds
     * @param failed among them, which failed or timed out
     * @param failures how their share stands beside the first run's
     */
    public record Felt(
            long requests, Percentile p50, Percentile p99, long maxNanos, long failed, Difference failures) {}

    /**
     * @param interval where it may lie by chance, nanoseconds; empty if that cannot be told
     * @param ratio to the first run's; empty of the first, and where one of them has none
     * @param ratioInterval of the ratio, with the confidence of all comparisons together
     */
    public record Percentile(
            long nanos,
            Optional<Interval> interval,
            OptionalDouble ratio,
            Optional<Interval> ratioInterval,
            Difference difference) {}

    /**
     * One objective, by its subject.
     *
     * @param values one a run, in their order; empty if it has no such objective
     */
    public record Objective(String subject, List<Optional<Judged>> values) {
        public Objective {
            values = List.copyOf(values);
        }
    }

    /** @param status {@code passed}, {@code failed} or {@code inconclusive} */
    public record Judged(String status, String observed, String limit) {}

    /**
     * Something that happens once in a run: a lock held, the migration's duration. Its error is the measurement's; how it varies from run to run one run
     * cannot tell, so that only a difference of more than {@link Comparing#EVENT_FACTOR} times is called.
     *
     * @param values one a run, in their order; empty where it did not happen
     */
    public record Event(String what, List<Optional<Measured>> values) {
        public Event {
            values = List.copyOf(values);
        }
    }

    public record Measured(long nanos, long errorNanos, Difference difference) {}
}
