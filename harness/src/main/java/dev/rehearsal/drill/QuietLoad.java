package dev.rehearsal.drill;

import dev.rehearsal.load.Trials;
import dev.rehearsal.measure.EndingThreads;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.Workload.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The application at work while a drill does something, over a few sessions of its own and not by the injector: nothing is measured here, and an injector
 * would be a process and some seconds more. Each operation takes its locks and is rolled back, so that what was in the tables before can be compared with
 * what is in them afterwards, value by value.
 */
final class QuietLoad implements AutoCloseable {
    private static final int SESSIONS = 3;
    private static final long PAUSE_MILLIS = 2;
    private static final long RECONNECT_MILLIS = 50;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong tried = new AtomicLong();
    private final Map<String, Long> failures = new TreeMap<>();
    private volatile boolean stopped;

    static QuietLoad begun(List<Operation> operations, Trials trials, String jdbcUrl) {
        QuietLoad load = new QuietLoad();
        for (int i = 0; i < SESSIONS; i++) {
            Trials own = trials.another(i);
            load.threads.add(
                    Thread.ofVirtual().name("drill-load-" + i).start(() -> load.work(operations, own, jdbcUrl)));
        }
        return load;
    }

    private void work(List<Operation> operations, Trials trials, String jdbcUrl) {
        while (!stopped) {
            try (Connection session = Trials.session(jdbcUrl, ApplicationNames.application("drill"))) {
                for (int next = 0; !stopped && session.isValid(1); next++) {
                    Trials.Ending ending = trials.tryOut(operations.get(next % operations.size()), session);
                    tried.incrementAndGet();
                    if (!ending.works()) {
                        failed(ending.sqlState().orElse("?"));
                    }
                    Thread.sleep(PAUSE_MILLIS);
                }
            } catch (SQLException e) {
                failed(e.getSQLState() == null ? "?" : e.getSQLState());
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(RECONNECT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void failed(String sqlState) {
        failures.merge(sqlState, 1L, Long::sum);
    }

    long tried() {
        return tried.get();
    }

    /** By SQLState. */
    synchronized Map<String, Long> failures() {
        return Map.copyOf(failures);
    }

    @Override
    public void close() {
        stopped = true;
        EndingThreads.await(threads);
    }
}
