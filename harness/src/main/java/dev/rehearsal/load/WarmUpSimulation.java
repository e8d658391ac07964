package dev.rehearsal.load;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.Simulation;

/** One user that does nothing, so that Gatling is loaded and has run once before there is a database to run against. */
public final class WarmUpSimulation extends Simulation {
    public WarmUpSimulation() {
        setUp(scenario("warm-up")
                .exec(exec(HandOver.builder("warm-up", () -> {})))
                .injectOpen(atOnceUsers(1)));
    }
}
