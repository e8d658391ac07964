package dev.rehearsal.rehearsal;

import dev.rehearsal.drill.DrillServers;
import dev.rehearsal.migration.BaselineRun;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Step;
import java.util.List;

/**
 * Servers for drills with what is in production already.
 *
 * @param servers over data without it
 */
record BaselinedServers(DrillServers servers, List<Step> baseline) implements DrillServers {
    BaselinedServers {
        baseline = List.copyOf(baseline);
    }

    @Override
    public Fresh start(String name, int replicas, int database) throws EnvironmentException, InterruptedException {
        Fresh fresh = servers.start(name, replicas, database);
        boolean done = false;
        try {
            BaselineRun.apply(baseline, fresh.environment().primary().jdbcUrl(ApplicationNames.OBSERVER));
            done = true;
            return fresh;
        } catch (InvalidScenarioException e) {
            throw new EnvironmentException(
                    "the baseline that the run began with cannot be applied again: " + e.getMessage(),
                    "make it the same each time",
                    e);
        } finally {
            if (!done) {
                try {
                    fresh.environment().close();
                } finally {
                    fresh.deletion().run();
                }
            }
        }
    }
}
