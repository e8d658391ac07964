package dev.rehearsal.migration;

import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Step;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Moves a service to another version and lets that take its time. Where nobody is there, nobody has a version. */
final class DeployRun implements StepRun {
    private final StepTools tools;
    private final Step.DeployStep step;

    DeployRun(StepTools tools, Step.DeployStep step) {
        this.tools = tools;
        this.step = step;
    }

    @Override
    public Ending run() throws InterruptedException {
        if (!tools.surroundings().inhabited()) {
            return Ending.succeeded();
        }
        AtomicReference<Optional<String>> refused = new AtomicReference<>(Optional.empty());
        tools.stop().interruptibly(() -> {
            try {
                long end = tools.surroundings().deploy(step.service(), step.version(), step.over());
                tools.listener().progressed(step, "deploying " + step.version() + " of " + step.service());
                tools.stop()
                        .pause(Duration.ofNanos(Math.max(0, end - tools.clock().nowNanos())));
            } catch (EnvironmentException e) {
                refused.set(Optional.of(String.valueOf(e.getMessage())));
            }
        });
        if (refused.get().isPresent()) {
            return failed(refused.get().get());
        }
        return tools.stop().requested()
                ? failed("stopped while both versions of " + step.service() + " were running")
                : Ending.succeeded();
    }

    private Ending failed(String message) {
        return new Ending(
                tools.stop().failed(),
                1,
                Optional.of(new Failure(step.name(), Optional.empty(), Optional.empty(), message)));
    }
}
