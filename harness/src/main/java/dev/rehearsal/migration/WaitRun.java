package dev.rehearsal.migration;

import dev.rehearsal.measure.LaggingReplica;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.scenario.Step;
import java.time.Duration;
import java.util.Optional;

/** Waits for the replicas: until none of them is further behind than the step says. */
final class WaitRun implements StepRun {
    /** In which replicas are asked. */
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final StepTools tools;
    private final Step.WaitStep step;

    WaitRun(StepTools tools, Step.WaitStep step) {
        this.tools = tools;
        this.step = step;
    }

    @Override
    public Ending run() throws InterruptedException {
        Optional<LaggingReplica> behind = tooFarBehind();
        while (behind.isPresent() && !tools.stop().requested()) {
            tools.stop().pause(INTERVAL);
            behind = tooFarBehind();
        }
        return behind.map(this::stopped).orElseGet(Ending::succeeded);
    }

    private Optional<LaggingReplica> tooFarBehind() {
        return tools.surroundings()
                .furthestBehind()
                .filter(replica -> replica.lag().compareTo(step.replicaLag()) > 0);
    }

    private Ending stopped(LaggingReplica behind) {
        return new Ending(
                tools.stop().failed(),
                1,
                Optional.of(new Failure(
                        step.name(),
                        Optional.empty(),
                        Optional.empty(),
                        behind.name() + " was still " + behind.lag().toMillis() + " ms behind, and "
                                + step.replicaLag().toMillis() + " ms was waited for")));
    }
}
