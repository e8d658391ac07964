package dev.rehearsal.dataset;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A few connections to one database that work through a list of jobs side by side. One caller at a time; closing it closes the connections.
 */
final class Sessions implements AutoCloseable {
    private final List<Connection> connections;
    private final ExecutorService workers;

    /** Opens {@code count} connections and runs {@code setUp} on each. */
    static Sessions open(String jdbcUrl, int count, List<String> setUp) throws SQLException {
        return new Sessions(connected(jdbcUrl, count, setUp));
    }

    private Sessions(List<Connection> connections) {
        this.connections = List.copyOf(connections);
        workers = Executors.newFixedThreadPool(
                connections.size(),
                Thread.ofPlatform().daemon().name("dataset-build-", 0).factory());
    }

    /** The connections alone: all of them, or none. */
    static List<Connection> connected(String jdbcUrl, int count, List<String> setUp) throws SQLException {
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                Connection connection = DriverManager.getConnection(jdbcUrl);
                connections.add(connection);
                try (Statement statement = connection.createStatement()) {
                    for (String sql : setUp) {
                        statement.execute(sql);
                    }
                }
            }
            return connections;
        } catch (SQLException failure) {
            close(connections);
            throw failure;
        }
    }

    static void close(List<Connection> connections) {
        for (Connection connection : connections.reversed()) {
            try {
                connection.close();
            } catch (SQLException alreadyGone) {
                // The server ends the session either way.
            }
        }
    }

    /** Work for one connection. */
    interface Work {
        void on(Connection connection) throws Exception;
    }

    /**
     * One of a list of jobs.
     *
     * @param after places in the list of the jobs that must be done before
     */
    record Job(Set<Integer> after, Work work) {
        Job {
            after = Set.copyOf(after);
        }
    }

    /** A connection for single statements, between two lists of jobs. */
    Connection first() {
        return connections.getFirst();
    }

    /**
     * Runs all jobs, each as soon as a connection is free and the jobs before it are done; in the list's order otherwise.
     *
     * @throws Exception the first failure; jobs that had not begun are left out then
     */
    void run(List<Job> jobs) throws Exception {
        Agenda agenda = new Agenda(jobs);
        List<Future<@Nullable Void>> running = new ArrayList<>();
        for (Connection connection : connections) {
            running.add(workers.submit(() -> {
                agenda.workOn(connection);
                return null;
            }));
        }
        try {
            for (Future<@Nullable Void> worker : running) {
                worker.get();
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        } catch (InterruptedException interrupted) {
            agenda.cancel();
            abort(connections);
            throw interrupted;
        } finally {
            agenda.cancel();
        }
    }

    /** Ends what the server does for us: a thread that waits for an answer cannot be interrupted. */
    static void abort(List<Connection> connections) {
        for (Connection connection : connections) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException alreadyGone) {
                // There is nothing left to end then.
            }
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
        close(connections);
        workers.close();
    }

    /** Which jobs are waiting, running and done. Thread-safe. */
    private static final class Agenda {
        private final List<Job> jobs;
        private final BitSet begun = new BitSet();
        private final BitSet done = new BitSet();
        private boolean cancelled;

        Agenda(List<Job> jobs) {
            this.jobs = jobs;
        }

        void workOn(Connection connection) throws Exception {
            for (int index = next(); index >= 0; index = next()) {
                boolean finished = false;
                try {
                    jobs.get(index).work().on(connection);
                    finished = true;
                } finally {
                    ended(index, finished);
                }
            }
        }

        /** The first job that may begin, waiting for one if need be; -1 when all have begun, or none will any more. */
        private synchronized int next() throws InterruptedException {
            while (!cancelled && begun.cardinality() < jobs.size()) {
                for (int i = begun.nextClearBit(0); i < jobs.size(); i = begun.nextClearBit(i + 1)) {
                    if (jobs.get(i).after().stream().allMatch(done::get)) {
                        begun.set(i);
                        return i;
                    }
                }
                wait();
            }
            return -1;
        }

        private synchronized void ended(int index, boolean finished) {
            done.set(index);
            cancelled |= !finished;
            notifyAll();
        }

        synchronized void cancel() {
            cancelled = true;
            notifyAll();
        }
    }
}
