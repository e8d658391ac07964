package dev.rehearsal.rehearsal;

import dev.rehearsal.load.SimulationClasses;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;

/** What can be said against a scenario's simulations before anything is started. */
public final class SimulationCheck {
    private SimulationCheck() {}

    /** Compiles what is source, and runs nothing. Does nothing for a scenario without simulations. */
    public static void refuse(Scenario scenario) throws InvalidScenarioException, EnvironmentException {
        SimulationClasses.of(scenario).close();
    }
}
