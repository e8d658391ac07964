package dev.rehearsal.migration;

import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;

/** Hears how far a migration is, of what it wants to hear. Called by the migration's thread, which waits for it. */
public interface StepListener {
    /** Before the step's start is journaled: what must come before the step may take its time here. */
    default void beforeStep(Step step) throws InterruptedException {}

    default void stepStarted(Step step) {}

    /** Before each try of each statement. */
    default void statementStarted(Step step, SqlStatement statement) {}

    /** From time to time, of a step that knows how far it is: a phrase. */
    default void progressed(Step step, String howFar) {}

    /** Before each try of the commit that ends the step's work: the harness's own, or the last in the text. Must not take its time. */
    default void committing(Step step) {}

    /** The server has said that this commit is done. */
    default void committed(Step step) {}

    /** Also called, alone, for steps that are skipped. */
    default void stepEnded(Step step, Status status) {}

    /** A listener that does nothing. */
    static StepListener none() {
        return new StepListener() {};
    }
}
