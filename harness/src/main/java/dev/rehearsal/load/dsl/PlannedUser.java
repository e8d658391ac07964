package dev.rehearsal.load.dsl;

import io.gatling.javaapi.core.Session;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The harness' side of one user. Simulations have nothing to do with it. */
public interface PlannedUser {
    /** The attribute of the session that holds it. */
    String ATTRIBUTE = "dev.rehearsal.user";

    /** Empty in a run of Gatling's alone. */
    static Optional<PlannedUser> of(Session session) {
        return session.contains(ATTRIBUTE) ? Optional.of(session.<PlannedUser>get(ATTRIBUTE)) : Optional.empty();
    }

    /**
     * Has the transaction run when it is due; returns at once.
     *
     * @param next goes on with the user; never called if the run is over by then
     */
    void perform(SqlTransaction transaction, Session session, Consumer<Session> next);

    /** By the scenario's seed. */
    RandomGenerator random();
}
