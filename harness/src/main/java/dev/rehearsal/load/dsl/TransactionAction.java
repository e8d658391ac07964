package dev.rehearsal.load.dsl;

import com.typesafe.scalalogging.Logger;
import io.gatling.core.action.Action;
import io.gatling.core.session.Session;

/** A transaction in a user's chain. It runs on Gatling's event loop, and never waits there. */
final class TransactionAction implements Action {
    private final SqlTransaction transaction;
    private final Action next;
    private Logger logger;

    TransactionAction(SqlTransaction transaction, Action next) {
        this.transaction = transaction;
        this.next = next;
        this.logger = Logger.apply(TransactionAction.class.getName());
    }

    @Override
    public String name() {
        return transaction.name();
    }

    @Override
    public void execute(Session session) {
        io.gatling.javaapi.core.Session user = new io.gatling.javaapi.core.Session(session);
        PlannedUser.of(user)
                .ifPresentOrElse(
                        planned -> planned.perform(transaction, user, after -> next.$bang(after.asScala())), () -> {
                            logger.underlying().error("{} runs in the harness alone: there is no pool here", name());
                            next.$bang(session.markAsFailed());
                        });
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
