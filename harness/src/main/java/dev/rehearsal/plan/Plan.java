package dev.rehearsal.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What became of planning a change. */
public sealed interface Plan {
    /**
     * The change in phases.
     *
     * @param rollback undoes them all, also if not all of them were run
     * @param notes what a person should know, a sentence each
     * @param otherEnd how the schema ends otherwise than by the change itself, and why it has to, a sentence; empty: it ends the same
     */
    record Phased(List<PlannedStep> steps, List<PlannedStep> rollback, List<String> notes, Optional<String> otherEnd)
            implements Plan {
        /** One that ends where the change itself does. */
        public Phased(List<PlannedStep> steps, List<PlannedStep> rollback, List<String> notes) {
            this(steps, rollback, notes, Optional.empty());
        }

        public Phased {
            steps = List.copyOf(steps);
            rollback = List.copyOf(rollback);
            notes = List.copyOf(notes);
        }

        /** The table whose rows are changed in batches, as the catalogs have it; empty: there are none, and no size to choose. */
        public Optional<String> batchedTable() {
            return steps.stream()
                    .flatMap(step -> step.batches().stream())
                    .map(BatchedWork::table)
                    .findFirst();
        }

        /** The same with so many rows in each batch. */
        public Phased inBatchesOf(int rows) {
            return new Phased(steps.stream().map(step -> step.inBatchesOf(rows)).toList(), rollback, notes, otherEnd);
        }

        /** First this one, then the other; the way back in the opposite order. */
        Phased then(Phased next) {
            List<PlannedStep> all = new ArrayList<>(steps);
            all.addAll(next.steps);
            List<PlannedStep> back = new ArrayList<>(next.rollback);
            back.addAll(rollback);
            List<String> both = new ArrayList<>(notes);
            next.notes.stream().filter(note -> !both.contains(note)).forEach(both::add);
            Optional<String> ends = otherEnd.isPresent() && next.otherEnd.isPresent()
                    ? Optional.of(otherEnd.get() + " " + next.otherEnd.get())
                    : otherEnd.or(next::otherEnd);
            return new Phased(all, back, both, ends);
        }
    }

    /**
     * It cannot be made.
     *
     * @param why a sentence
     * @param decide what a person has to decide, a sentence
     */
    record Impossible(String why, String decide) implements Plan {}
}
