package dev.rehearsal.load;

import com.typesafe.scalalogging.Logger;
import dev.rehearsal.load.dsl.PlannedUser;
import dev.rehearsal.scenario.Simulation;
import io.gatling.commons.validation.Validation;
import io.gatling.core.action.Action;
import io.gatling.core.action.builder.ActionBuilder;
import io.gatling.core.controller.inject.InjectionProfile;
import io.gatling.core.pause.PauseType;
import io.gatling.core.protocol.Protocol;
import io.gatling.core.scenario.SimulationParams;
import io.gatling.core.session.Session;
import io.gatling.core.structure.PopulationBuilder;
import io.gatling.core.structure.ScenarioBuilder;
import io.gatling.core.structure.ScenarioContext;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import scala.Function1;
import scala.Option;
import scala.Some;
import scala.collection.immutable.Map;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Makes the population of a service out of a simulation of the user's: its chain of actions behind one that takes the user's arrival, its pauses such that
 * they are known, and the plan's arrivals instead of what it injects.
 */
final class SimulatedUsers implements PlannedSimulation.Users {
    private final String service;
    private final Simulation simulation;
    private final ArrivingUsers traffic;
    private final Surroundings surroundings;
    private final Consumer<Frame.Failed> broken;

    /** What the actions of a simulation are built with. */
    interface Surroundings {
        /** Before the simulation is made. */
        void prepare();

        /** Of one population; called once, before its actions are built. */
        ScenarioContext in(
                ScenarioContext gatlings,
                Map<Class<? extends Protocol>, Protocol> globalProtocols,
                Map<Class<? extends Protocol>, Protocol> scenarioProtocols);

        /** A user, before it does anything. */
        Session begun(Session session);

        /** A user that does nothing any more. */
        void ended(Session session);

        /** Gatling's own. */
        Surroundings PLAIN = new Surroundings() {
            @Override
            public void prepare() {}

            @Override
            public ScenarioContext in(
                    ScenarioContext gatlings,
                    Map<Class<? extends Protocol>, Protocol> globalProtocols,
                    Map<Class<? extends Protocol>, Protocol> scenarioProtocols) {
                return gatlings;
            }

            @Override
            public Session begun(Session session) {
                return session;
            }

            @Override
            public void ended(Session session) {}
        };
    }

    SimulatedUsers(
            String service,
            Simulation simulation,
            ArrivingUsers traffic,
            Surroundings surroundings,
            Consumer<Frame.Failed> broken) {
        this.surroundings = surroundings;
        this.broken = broken;
        this.service = service;
        this.simulation = simulation;
        this.traffic = traffic;
    }

    /** @throws IllegalStateException if the simulation cannot be made, or does not set up one population; then that was told */
    @Override
    public PopulationBuilder injected(InjectionProfile profile) {
        try {
            surroundings.prepare();
            return planned(made().params(service), profile);
        } catch (IllegalStateException e) {
            broken.accept(new Frame.Failed(String.valueOf(e.getMessage()), "Correct the simulation."));
            throw e;
        }
    }

    private PopulationBuilder planned(SimulationParams set, InjectionProfile profile) {
        if (set.rootPopulationBuilders().size() != 1
                || !set.rootPopulationBuilders().head().children().isEmpty()) {
            throw new IllegalStateException(
                    "the simulation " + simulation.className() + " must set up exactly one scenario, without andThen");
        }
        PopulationBuilder population = set.rootPopulationBuilders().head();
        // Gatling has the last action first.
        Builders builders = new Builders(
                gatlings -> surroundings.in(gatlings, set.globalProtocols(), population.scenarioProtocols()));
        List<ActionBuilder> actions = new ArrayList<>(
                CollectionConverters.asJava(population.scenarioBuilder().actionBuilders()).stream()
                        .map(builders::surrounded)
                        .toList());
        actions.add(new Arrivals(traffic, surroundings));
        PauseType pauses =
                population.pauseType().isDefined() ? population.pauseType().get() : set.globalPauseType();
        return population.copy(
                new ScenarioBuilder(
                        service, CollectionConverters.asScala(actions).toList()),
                profile,
                population.scenarioProtocols(),
                population.scenarioThrottleSteps(),
                pausing(pauses),
                population.children(),
                population.shard());
    }

    private io.gatling.javaapi.core.Simulation made() {
        try {
            return Class.forName(simulation.className())
                    .asSubclass(io.gatling.javaapi.core.Simulation.class)
                    .getConstructor()
                    .newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(
                    "the simulation " + simulation.className() + " cannot be made: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new IllegalStateException("the simulation " + simulation.className() + " cannot be made: " + e, e);
        }
    }

    private static Option<PauseType> pausing(PauseType pauses) {
        // Where there are no pauses, Gatling leaves them out by comparing with just this.
        return pauses == io.gatling.core.pause.Disabled$.MODULE$
                ? new Some<>(pauses)
                : new Some<>(new KnownPauses(pauses));
    }

    private static ArrivingUsers.User user(Session session) {
        return new io.gatling.javaapi.core.Session(session).get(PlannedUser.ATTRIBUTE);
    }

    /** The simulation's own pauses, of each of which the user's next transaction hears. */
    private static final class KnownPauses extends PauseType {
        private final PauseType pauses;

        KnownPauses(PauseType pauses) {
            this.pauses = pauses;
        }

        @Override
        public Function1<Session, Validation<Object>> generator(
                Function1<Session, Validation<FiniteDuration>> duration) {
            Function1<Session, Validation<Object>> drawn = pauses.generator(duration);
            return session -> {
                Validation<Object> millis = drawn.apply(session);
                millis.onSuccess(found -> {
                    user(session).pauses((Long) found);
                    return BoxedUnit.UNIT;
                });
                return millis;
            };
        }
    }

    /** Builders of actions, in other surroundings than Gatling's. */
    private static final class Builders {
        private final UnaryOperator<ScenarioContext> surroundings;
        private Optional<ScenarioContext> context = Optional.empty();

        Builders(UnaryOperator<ScenarioContext> surroundings) {
            this.surroundings = surroundings;
        }

        private synchronized ScenarioContext context(ScenarioContext gatlings) {
            ScenarioContext found = context.orElseGet(() -> surroundings.apply(gatlings));
            context = Optional.of(found);
            return found;
        }

        ActionBuilder surrounded(ActionBuilder builder) {
            return new ActionBuilder() {
                @Override
                public Action build(ScenarioContext gatlings, Action next) {
                    return builder.build(context(gatlings), next);
                }
            };
        }
    }

    /** The first action of each user. */
    private static final class Arrivals implements ActionBuilder {
        private final ArrivingUsers traffic;
        private final Surroundings surroundings;

        Arrivals(ArrivingUsers traffic, Surroundings surroundings) {
            this.traffic = traffic;
            this.surroundings = surroundings;
        }

        @Override
        public Action build(ScenarioContext context, Action next) {
            return new Arrive(traffic, surroundings, next);
        }
    }

    private static final class Arrive implements Action {
        private final ArrivingUsers traffic;
        private final Surroundings surroundings;
        private final Action next;
        private Logger logger = Logger.apply(Arrive.class.getName());

        Arrive(ArrivingUsers traffic, Surroundings surroundings, Action next) {
            this.traffic = traffic;
            this.surroundings = surroundings;
            this.next = next;
        }

        @Override
        public String name() {
            return "arrive";
        }

        @Override
        public void execute(Session made) {
            ArrivingUsers.User user = traffic.arrive();
            Session session = new io.gatling.javaapi.core.Session(surroundings.begun(made))
                    .set(PlannedUser.ATTRIBUTE, user)
                    .asScala();
            Function1<Session, BoxedUnit> exit = session.onExit();
            Session leaving = session.copy(
                    session.scenario(),
                    session.userId(),
                    session.attributes(),
                    session.baseStatus(),
                    session.blockStack(),
                    ended -> {
                        user.left();
                        surroundings.ended(ended);
                        return exit.apply(ended);
                    },
                    session.eventLoop());
            long early = user.beginNanos() - traffic.nowNanos();
            var unused = leaving.eventLoop()
                    .schedule(
                            () -> {
                                if (user.mayBegin()) {
                                    next.$bang(leaving);
                                } else {
                                    user.left();
                                }
                            },
                            Math.max(0, early),
                            TimeUnit.NANOSECONDS);
        }

        @Override
        public Logger logger() {
            return logger;
        }

        @Override
        public void com$typesafe$scalalogging$StrictLogging$_setter_$logger_$eq(Logger value) {
            logger = value;
        }
    }
}
