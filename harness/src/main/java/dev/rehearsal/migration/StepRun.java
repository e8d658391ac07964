package dev.rehearsal.migration;

import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.RunEvent.Status;
import java.util.Optional;

/** One run of one step. It journals what it does; that the step begins and ends is journaled by who calls it. */
interface StepRun {
    /** Returns when the step is over, soon after it was asked to stop. To be called once, on the migration's thread. */
    Ending run() throws InterruptedException;

    /**
     * How a step ended.
     *
     * @param attempts 1 when it went well at once
     * @param failure present unless it succeeded
     */
    record Ending(Status status, int attempts, Optional<Failure> failure) {
        static Ending succeeded() {
            return new Ending(Status.SUCCEEDED, 1, Optional.empty());
        }
    }
}
