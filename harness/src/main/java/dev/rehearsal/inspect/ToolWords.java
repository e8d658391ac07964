package dev.rehearsal.inspect;

import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.Step;
import java.util.List;

/** Asks a tool what it would send for a step. */
@FunctionalInterface
public interface ToolWords {
    /** Asked when all that comes before the step has been done on the copy, and nothing of it is left open there. */
    Foreseen of(Step.ToolStep step) throws InterruptedException;

    /** Relations in which the tool keeps its books, by name without a schema: their rows stay in the copy, because the tool goes by them. */
    default List<String> books(Step.ToolStep step) {
        return List.of();
    }
}
