package dev.rehearsal.plan;

import java.util.ArrayList;
import java.util.List;

/** What became of planning a change. */
public sealed interface Plan {
    /**
     * The change in phases.
     *
     * @param rollback undoes them all, also if not all of them were run
     * @param notes what a person should know, a sentence each
     */
    record Phased(List<PlannedStep> steps, List<PlannedStep> rollback, List<String> notes) implements Plan {
        public Phased {
            steps = List.copyOf(steps);
            rollback = List.copyOf(rollback);
            notes = List.copyOf(notes);
        }

        /** First this one, then the other; the way back in the opposite order. */
        Phased then(Phased next) {
            List<PlannedStep> all = new ArrayList<>(steps);
            all.addAll(next.steps);
            List<PlannedStep> back = new ArrayList<>(next.rollback);
            back.addAll(rollback);
            List<String> both = new ArrayList<>(notes);
            next.notes.stream().filter(note -> !both.contains(note)).forEach(both::add);
            return new Phased(all, back, both);
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
