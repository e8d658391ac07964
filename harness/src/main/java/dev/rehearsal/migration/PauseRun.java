package dev.rehearsal.migration;

import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.scenario.Step;
import java.util.Optional;

/** Lets time pass, where there is anybody to whom that makes a difference. */
final class PauseRun implements StepRun {
    private final StepTools tools;
    private final Step.PauseStep step;

    PauseRun(StepTools tools, Step.PauseStep step) {
        this.tools = tools;
        this.step = step;
    }

    @Override
    public Ending run() throws InterruptedException {
        if (tools.surroundings().inhabited()) {
            tools.stop().pause(step.length());
        }
        if (!tools.stop().requested()) {
            return Ending.succeeded();
        }
        return new Ending(
                tools.stop().failed(),
                1,
                Optional.of(new Failure(
                        step.name(),
                        Optional.empty(),
                        Optional.empty(),
                        "stopped before the pause of " + step.length().toMillis() + " ms was over")));
    }
}
