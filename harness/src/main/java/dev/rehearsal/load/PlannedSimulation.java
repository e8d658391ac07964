package dev.rehearsal.load;

import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.core.controller.inject.open.OpenInjectionProfile;
import io.gatling.core.controller.inject.open.OpenInjectionStep;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import scala.jdk.javaapi.CollectionConverters;

/** The simulation that Gatling runs: one scenario a service, its users ahead of its arrivals. Gatling makes it by its name, so what it needs waits for it. */
public final class PlannedSimulation extends Simulation {
    private static final AtomicReference<List<Population>> NEXT = new AtomicReference<>(List.of());

    /**
     * The users of one service.
     *
     * @param group how many arrivals one user hands over
     * @param planStart see {@link PlannedUsers}
     * @param handOver of one user; see {@link HandOver}
     */
    record Population(String service, ArrivalPlan plan, int group, LongSupplier planStart, Runnable handOver) {}

    public PlannedSimulation() {
        setUp(NEXT.get().stream().map(PlannedSimulation::builder).toList());
    }

    /** Says what the next simulation has in it. */
    static void prepare(List<Population> populations) {
        NEXT.set(List.copyOf(populations));
    }

    private static PopulationBuilder builder(Population population) {
        ScenarioBuilder users = scenario(population.service())
                .exec(exec(HandOver.builder(population.service(), population.handOver())));
        List<OpenInjectionStep> steps =
                List.of(new PlannedUsers(population.plan(), population.group(), population.planStart()));
        return new PopulationBuilder(users.wrapped.inject(
                new OpenInjectionProfile(CollectionConverters.asScala(steps).toList())));
    }
}
