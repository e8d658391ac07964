package dev.rehearsal.drill;

import dev.rehearsal.scenario.EnvironmentException;
import java.sql.SQLException;
import java.time.Duration;

/** What befalls a server in the middle of a migration, and what is looked at beside the migration then. */
interface Disruption {
    /** Such as {@code crash}. */
    String noun();

    /** Such as {@code Killed}, to begin a sentence with. */
    String done();

    /** How many replicas the server needs. */
    int replicas();

    /** For how long it is under way before it takes the server. */
    Duration lead();

    /** Prepares it for one server. */
    Ready readied(DrillServer server) throws SQLException, InterruptedException;

    /** Says what all of them together came to, beside the migration. */
    void conclude(DrillLog log);

    /** A disruption that can happen. */
    interface Ready extends AutoCloseable {
        /** Returns when the server, or who took its place, takes writes again. The migration's session is gone. */
        void strike() throws EnvironmentException;

        /** What it left beside what it did to the migration, to go on with in a sentence; only after it has happened. */
        String aftermath() throws SQLException, InterruptedException;

        @Override
        void close();
    }
}
