package dev.rehearsal.drill;

import dev.rehearsal.scenario.EnvironmentException;
import java.time.Duration;

/** Every process of the server killed at once, and the server started again over the same data. */
final class Crash implements Disruption {
    @Override
    public String noun() {
        return "crash";
    }

    @Override
    public String done() {
        return "Killed";
    }

    @Override
    public int replicas() {
        return 0;
    }

    @Override
    public Duration lead() {
        return Duration.ZERO;
    }

    @Override
    public Ready readied(DrillServer server) {
        return new Ready() {
            @Override
            public void strike() throws EnvironmentException {
                server.crash();
            }

            @Override
            public String aftermath() {
                return "";
            }

            @Override
            public void close() {
                // The server is whoever's who started it.
            }
        };
    }

    @Override
    public void conclude(DrillLog log) {
        // A start over the same data brings back what was acknowledged: nobody writes beside it.
    }
}
