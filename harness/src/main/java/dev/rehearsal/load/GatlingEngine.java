package dev.rehearsal.load;

import io.gatling.app.Gatling$;
import io.gatling.javaapi.core.Simulation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Gatling without its reports, its console and its questions to the network. */
final class GatlingEngine {
    private GatlingEngine() {}

    /**
     * Runs users as planned; returns when all plans have ended.
     *
     * @throws IllegalStateException if Gatling did not run to its end
     */
    static void run(List<PlannedSimulation.Population> populations) throws IOException {
        PlannedSimulation.prepare(populations);
        run(PlannedSimulation.class);
    }

    /** Loads Gatling's classes and runs them once. */
    static void warmUp() throws IOException {
        run(WarmUpSimulation.class);
    }

    private static void run(Class<? extends Simulation> simulation) throws IOException {
        Path results = Files.createTempDirectory("harness-injector");
        try {
            int code = Gatling$.MODULE$.fromArgs(
                    new String[] {"-s", simulation.getName(), "-nr", "-rf", results.toString()});
            if (code != 0) {
                throw new IllegalStateException("Gatling ended with status " + code);
            }
        } finally {
            Files.deleteIfExists(results);
        }
    }
}
