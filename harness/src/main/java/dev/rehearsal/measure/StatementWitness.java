package dev.rehearsal.measure;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Watches what single statements of a migration do to the server. One session at a time: {@link #attach}, and close what that returns before the next.
 */
public final class StatementWitness implements AutoCloseable {
    private static final String INSTRUMENT = "statement witness";

    private final ObservedServer server;
    private final WaitAccount tracer;
    private final boolean triggers;
    private final RunClock clock;
    private final Journal journal;
    private final Absences absences;
    private volatile Connection statistics;
    private final LoggedTool.Login login = new LoggedTool.Login();

    /** @param triggers whether those of {@link InstrumentSchema} are there and are heard */
    StatementWitness(
            ObservedServer server,
            WaitAccount tracer,
            boolean triggers,
            RunClock clock,
            Journal journal,
            Absences absences)
            throws SQLException {
        this.triggers = triggers;
        this.absences = absences;
        this.server = server;
        this.tracer = tracer;
        this.clock = clock;
        this.journal = journal;
        this.statistics = server.open();
    }

    /**
     * Begins to watch a session.
     *
     * @param migration the session's own connection, idle and in autocommit; used by the witness only while no transaction is open, and
     *     for reading row counts inside one after statements that are not DDL (where no triggers are heard, after any), and once before them on servers
     *     that carry such counts over from one transaction to the next
     */
    public WitnessedSession attach(Connection migration) throws SQLException {
        return attach(migration, false);
    }

    /**
     * The same of a connection to a pooler that may give each of its transactions to another session.
     *
     * @param shared whether it does; which session a transaction is in is asked in it, before its first statement
     */
    public WitnessedSession attach(Connection migration, boolean shared) throws SQLException {
        awaitServer();
        int begunBefore = absences.begun();
        return WitnessedSession.opened(
                migration,
                shared,
                server.directJdbcUrl(),
                statistics,
                tracer,
                triggers,
                clock,
                message -> {
                    if (!absences.haveBegunSince(begunBefore)) {
                        trouble(message);
                    }
                },
                () -> absences.haveBegunSince(begunBefore));
    }

    /**
     * Begins to watch whatever sessions a migration tool will open. One tool at a time; close what this returns.
     *
     * @param settings of the server that those sessions begin with
     * @param host of the way to the server that everybody takes, with its {@code port}
     */
    public ToolWatch watchTool(Map<String, String> settings, String host, int port) throws SQLException {
        awaitServer();
        int begunBefore = absences.begun();
        Consumer<String> unlessAway = message -> {
            if (!absences.haveBegunSince(begunBefore)) {
                trouble(message);
            }
        };
        return tracer instanceof LockTracer log && triggers
                ? LoggedTool.begun(server, login, settings, log, clock, unlessAway)
                : TappedTool.begun(server, host, port, settings, tracer, clock, unlessAway);
    }

    /** A server that takes the migration's connection already may not be the one that is observed yet. */
    private void awaitServer() throws SQLException {
        try {
            absences.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while the instruments turned to the server", e);
        }
    }

    /** After the server was away; a session that was attached before is gone with it. */
    void reconnect() throws SQLException {
        ObserverConnections.close(statistics);
        statistics = server.open();
    }

    private void trouble(String message) {
        journal.record(new InstrumentTrouble(clock.nowNanos(), INSTRUMENT, message));
    }

    @Override
    public void close() {
        ObserverConnections.close(statistics);
    }
}
