package dev.rehearsal.load;

import io.gatling.app.Gatling$;
import io.gatling.javaapi.core.Simulation;
import java.util.List;

/** Gatling without its reports, its console and its questions to the network. */
final class GatlingEngine {
    private GatlingEngine() {}

    /**
     * Runs users as planned; returns when all plans have ended.
     *
     * @throws IllegalStateException if Gatling did not run to its end
     */
    static void run(List<PlannedSimulation.Population> populations) {
        PlannedSimulation.prepare(populations);
        run(PlannedSimulation.class);
    }

    /** Loads Gatling's classes and runs them once. */
    static void warmUp() {
        run(WarmUpSimulation.class);
    }

    private static void run(Class<? extends Simulation> simulation) {
        // It wants a folder for results, and writes none: this process is ended in the midst of the run, and would
        // leave a folder of its own behind.
        int code = Gatling$.MODULE$.fromArgs(
                new String[] {"-s", simulation.getName(), "-nr", "-rf", System.getProperty("java.io.tmpdir")});
        if (code != 0) {
            throw new IllegalStateException("Gatling ended with status " + code);
        }
    }
}
