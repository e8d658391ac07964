package dev.rehearsal.load;

import com.typesafe.scalalogging.Logger;
import io.gatling.core.action.Action;
import io.gatling.core.session.Session;
import io.gatling.core.structure.ScenarioContext;
import io.gatling.javaapi.core.ActionBuilder;

/**
 * What a user of Gatling's does: it hands over the next arrivals of its service and is done. It runs on Gatling's event loop, so it never waits, and
 * it never throws, or the user would hang.
 *
 * <p>Implements Gatling's internal interface directly, setter of its logging mix-in included: its versions for extension need Scala.
 */
final class HandOver implements Action {
    private final String name;
    private final Runnable handOver;
    private final Action next;
    private Logger logger;

    private HandOver(String name, Runnable handOver, Action next) {
        this.name = name;
        this.handOver = handOver;
        this.next = next;
        this.logger = Logger.apply(HandOver.class.getName());
    }

    /** @param handOver does not wait */
    static ActionBuilder builder(String name, Runnable handOver) {
        return () -> new io.gatling.core.action.builder.ActionBuilder() {
            @Override
            public Action build(ScenarioContext context, Action next) {
                return new HandOver(name, handOver, next);
            }
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void execute(Session session) {
        try {
            handOver.run();
        } catch (RuntimeException e) {
            // What was not handed over will be missed, and counted, at the end of the drain.
            logger.underlying().error("arrivals of {} could not be handed over", name, e);
        }
        next.execute(session);
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
