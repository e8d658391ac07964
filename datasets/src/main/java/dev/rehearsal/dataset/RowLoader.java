package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Makes ranges of a dataset's rows, in a process that has the plan and a way to the database and nothing else. Safe for use by several threads; as many
 * load at a time as there are sessions, and others wait.
 */
public final class RowLoader implements AutoCloseable {
    /** To the server, of each process: while the server works on the rows of one, rows are made for the other. */
    public static final int SESSIONS = 2;

    private final RowPlan plan;
    private final List<TableRows> tables;
    private final TriggerRest triggers;
    private final List<Connection> sessions;
    private final BlockingQueue<Connection> free;

    private RowLoader(RowPlan plan, List<TableRows> tables, List<Connection> sessions) {
        this.plan = plan;
        this.tables = tables;
        this.triggers = TriggerRest.ofSessions(plan.triggersBySession());
        this.sessions = List.copyOf(sessions);
        this.free = new ArrayBlockingQueue<>(sessions.size(), false, sessions);
    }

    /**
     * Connects.
     *
     * @param jdbcUrls ways to the same database, with user and password in them: the first that leads there is taken
     * @throws EnvironmentException if none does, or if other rows would be made here than the plan is for
     */
    public static RowLoader opened(List<String> jdbcUrls, RowPlan plan) throws EnvironmentException {
        List<TableRows> tables = plan.tables();
        List<String> failures = new ArrayList<>();
        for (String jdbcUrl : jdbcUrls) {
            try {
                return new RowLoader(plan, tables, Sessions.connected(jdbcUrl, SESSIONS, BulkLoader.SESSION_SETTINGS));
            } catch (SQLException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        throw new EnvironmentException(
                "no way leads to the database that the dataset is built in: " + String.join("; and ", failures),
                "See that environment.url can be reached from there, or from the machine of the rehearsal.");
    }

    /**
     * Loads a range in a transaction of its own.
     *
     * @return how many rows the server took
     * @throws RowsRefusedException if they are not what the table's constraints want
     * @throws EnvironmentException if they cannot be loaded for another reason
     */
    public long load(RowRange range) throws RowsRefusedException, EnvironmentException, InterruptedException {
        Connection session = free.take();
        try {
            triggers.enter(session);
            try {
                return tables.get(range.table()).copy(range.from(), range.to(), session, more -> {});
            } finally {
                triggers.leave(session);
            }
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "cannot load " + plan.words(range) + ": " + e.getMessage(),
                    "Often the disk of the server is full, or its connections are cut.",
                    e);
        } catch (InvalidScenarioException e) {
            throw new IllegalStateException("what was planned cannot be made", e);
        } finally {
            free.add(session);
        }
    }

    /** What is underway is broken off, and comes to nothing: each range is a transaction. */
    @Override
    public void close() {
        Sessions.abort(
                sessions.stream().filter(session -> !free.contains(session)).toList());
        Sessions.close(sessions);
    }
}
