package dev.rehearsal.migration;

import dev.rehearsal.measure.StatementWitness;
import dev.rehearsal.measure.WitnessedSession;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import java.util.function.Supplier;
import org.postgresql.core.BaseConnection;

/**
 * What all steps of one direction have to work with.
 *
 * @param proxiedJdbcUrl of the server, through the fault proxy, as the application goes; for who needs connections of its own
 * @param directJdbcUrl straight to the primary as it is then, for questions that are no part of the migration
 * @param connection through the fault proxy, the same one for all steps; it may be broken
 * @param session of that connection, as it is watched
 * @param witness of sessions that others open
 */
record StepTools(
        String proxiedJdbcUrl,
        Supplier<String> directJdbcUrl,
        BaseConnection connection,
        WitnessedSession session,
        StatementWitness witness,
        RunClock clock,
        Journal journal,
        StepListener listener,
        StopRequest stop,
        Backoff backoff,
        Surroundings surroundings) {}
