package dev.rehearsal.load;

import dev.rehearsal.scenario.HttpService;
import io.gatling.commons.stats.OK$;
import io.gatling.commons.stats.Status;
import io.gatling.commons.util.Clock;
import io.gatling.core.CoreComponents;
import io.gatling.core.actor.ActorRef;
import io.gatling.core.controller.Controller;
import io.gatling.core.protocol.Protocol;
import io.gatling.core.protocol.ProtocolComponentsRegistries;
import io.gatling.core.protocol.ProtocolComponentsRegistry;
import io.gatling.core.session.GroupBlock;
import io.gatling.core.session.Session;
import io.gatling.core.stats.StatsEngine;
import io.gatling.core.structure.ScenarioContext;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import scala.Option;
import scala.collection.immutable.List;
import scala.collection.immutable.Map;
import scala.jdk.javaapi.OptionConverters;

/**
 * What an HTTP simulation is built with: the service's address, and ears where Gatling tells of each request that has ended.
 *
 * <p>Gatling gives its statistics to what its actions were built with, and has no other place to listen. So they are built with a copy of that in which
 * the listener is ours; the protocols then belong to the copy, and users begin and end with these. All else is Gatling's own.
 */
final class HttpSurroundings implements SimulatedUsers.Surroundings {
    private final HttpService service;
    private final HttpTraffic traffic;
    private Optional<ProtocolComponentsRegistry> protocols = Optional.empty();

    HttpSurroundings(HttpService service, HttpTraffic traffic) {
        this.service = service;
        this.traffic = traffic;
    }

    @Override
    public void prepare() {
        service.properties().forEach(System::setProperty);
    }

    @Override
    public synchronized ScenarioContext in(
            ScenarioContext gatlings,
            Map<Class<? extends Protocol>, Protocol> globalProtocols,
            Map<Class<? extends Protocol>, Protocol> scenarioProtocols) {
        CoreComponents core = gatlings.coreComponents();
        CoreComponents ours = new CoreComponents(
                core.actorSystem(),
                core.eventLoopGroup(),
                core.controller(),
                core.throttler(),
                new Ears(core.statsEngine(), traffic, GatlingTime.of(core.clock(), traffic)),
                core.clock(),
                core.exit(),
                core.configuration());
        ProtocolComponentsRegistry registry =
                new ProtocolComponentsRegistries(ours, globalProtocols).scenarioRegistry(scenarioProtocols);
        protocols = Optional.of(registry);
        return new ScenarioContext(ours, registry, gatlings.pauseType(), gatlings.throttled());
    }

    private synchronized ProtocolComponentsRegistry protocols() {
        return protocols.orElseThrow();
    }

    @Override
    public Session begun(Session session) {
        return protocols().onStart().apply(session);
    }

    @Override
    public void ended(Session session) {
        protocols().onExit().apply(session);
    }

    /**
     * Gatling's clock beside the run's.
     *
     * @param millis of the former, as it came to this number
     * @param nanos of the latter at that moment
     */
    private record GatlingTime(long millis, long nanos) {
        /** Waits for less than a millisecond, so that the two are as close as they can be. */
        static GatlingTime of(Clock clock, HttpTraffic traffic) {
            long before = clock.nowMillis();
            long now = before;
            while (now == before) {
                Thread.onSpinWait();
                now = clock.nowMillis();
            }
            return new GatlingTime(now, traffic.nowNanos());
        }

        long nanosAt(long atMillis) {
            return nanos + TimeUnit.MILLISECONDS.toNanos(atMillis - millis);
        }
    }

    /** Hears what Gatling is told, and tells it on. */
    private record Ears(StatsEngine gatlings, HttpTraffic traffic, GatlingTime time) implements StatsEngine {
        @Override
        public void start() {
            gatlings.start();
        }

        @Override
        public void stop(ActorRef<Controller.Command> controller, Option<Exception> exception) {
            gatlings.stop(controller, exception);
        }

        @Override
        public void logUserStart(String scenario) {
            gatlings.logUserStart(scenario);
        }

        @Override
        public void logUserEnd(String scenario) {
            gatlings.logUserEnd(scenario);
        }

        @Override
        public void logResponse(
                String scenario,
                List<String> groups,
                String requestName,
                long startTimestamp,
                long endTimestamp,
                Status status,
                Option<String> responseCode,
                Option<String> message) {
            gatlings.logResponse(
                    scenario, groups, requestName, startTimestamp, endTimestamp, status, responseCode, message);
            traffic.answered(new HttpTraffic.Answer(
                    requestName,
                    time.nanosAt(startTimestamp),
                    time.nanosAt(endTimestamp),
                    status.equals(OK$.MODULE$),
                    OptionConverters.toJava(responseCode),
                    OptionConverters.toJava(message)));
        }

        @Override
        public void logGroupEnd(String scenario, GroupBlock groupBlock, long exitTimestamp) {
            gatlings.logGroupEnd(scenario, groupBlock, exitTimestamp);
        }

        @Override
        public void logRequestCrash(String scenario, List<String> groups, String requestName, String error) {
            gatlings.logRequestCrash(scenario, groups, requestName, error);
            traffic.unmade(requestName, error);
        }
    }
}
