package dev.rehearsal.load;

import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.core.controller.inject.InjectionProfile;
import io.gatling.core.controller.inject.open.OpenInjectionProfile;
import io.gatling.core.controller.inject.open.OpenInjectionStep;
import io.gatling.core.structure.PopulationBuilder;
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
     * @param slice of the plan's arrivals
     * @param group how many arrivals one user stands for
     * @param planStart see {@link PlannedUsers}
     */
    record Population(ArrivalPlan plan, Slice slice, int group, LongSupplier planStart, Users users) {}

    /** What users do. */
    interface Users {
        /** Made while Gatling makes the simulation. */
        PopulationBuilder injected(InjectionProfile profile);

        /** Each hands over the next arrivals; see {@link HandOver}. */
        static Users handingOver(String service, Runnable handOver) {
            return profile -> scenario(service)
                    .exec(exec(HandOver.builder(service, handOver)))
                    .wrapped
                    .inject(profile);
        }
    }

    public PlannedSimulation() {
        setUp(NEXT.get().stream().map(PlannedSimulation::builder).toList());
    }

    /** Says what the next simulation has in it. */
    static void prepare(List<Population> populations) {
        NEXT.set(List.copyOf(populations));
    }

    private static io.gatling.javaapi.core.PopulationBuilder builder(Population population) {
        List<OpenInjectionStep> steps = List.of(
                new PlannedUsers(population.plan(), population.slice(), population.group(), population.planStart()));
        return new io.gatling.javaapi.core.PopulationBuilder(population
                .users()
                .injected(new OpenInjectionProfile(
                        CollectionConverters.asScala(steps).toList())));
    }
}
