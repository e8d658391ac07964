package dev.rehearsal.migration;

import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.Noted;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Waits for a migration and ends it when its time is up: asks first ({@code pg_cancel_backend}), then terminates the session, then cuts the connection,
 * which may hang in a fault although its session is gone.
 */
final class StopKeeper {
    /** Asked again and again, because a cancel that comes between two statements is lost. */
    private static final Duration CANCEL_INTERVAL = Duration.ofMillis(500);

    private static final int CANCELS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Supplier<String> directJdbcUrl;
    private final StopRequest stop;
    private final FutureTask<Optional<Failure>> migration;
    private final RunClock clock;
    private final Journal journal;
    private boolean interrupted;

    StopKeeper(
            Supplier<String> directJdbcUrl,
            StopRequest stop,
            FutureTask<Optional<Failure>> migration,
            RunClock clock,
            Journal journal) {
        this.directJdbcUrl = directJdbcUrl;
        this.stop = stop;
        this.migration = migration;
        this.clock = clock;
        this.journal = journal;
    }

    /** How the migration ended; an interrupt stops it and is set again afterwards. */
    Optional<Failure> await(Duration timeLimit) {
        try {
            return migration.get(timeLimit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            stop.request(StopRequest.Reason.TIME_LIMIT);
            return stopped();
        } catch (InterruptedException e) {
            interrupted = true;
            stop.request(StopRequest.Reason.INTERRUPTED);
            return stopped();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the migration's thread failed", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Optional<Failure> stopped() {
        for (int i = 0; i < CANCELS; i++) {
            tell("pg_cancel_backend");
            if (ended(CANCEL_INTERVAL)) {
                return outcome();
            }
        }
        note("the migration did not heed being cancelled; its session was terminated");
        tell("pg_terminate_backend");
        if (!ended(PATIENCE)) {
            note("the migration's connection did not notice that its session was terminated; it was cut");
            stop.session().ifPresent(StopKeeper::cut);
        }
        return outcome();
    }

    private void note(String message) {
        journal.record(new Noted(clock.nowNanos(), message));
    }

    private static void cut(StopRequest.Session session) {
        try {
            session.connection().abort(Runnable::run);
        } catch (SQLException e) {
            // It was closed in the meantime, which is what was wanted.
        }
    }

    private boolean ended(Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        while (!migration.isDone()) {
            long rest = until - System.nanoTime();
            if (rest <= 0) {
                return false;
            }
            try {
                migration.get(rest, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (TimeoutException | ExecutionException e) {
                // Asked again by the loop, and told by outcome().
            }
        }
        return true;
    }

    private Optional<Failure> outcome() {
        while (true) {
            try {
                return migration.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw new IllegalStateException("the migration's thread failed", e.getCause());
            }
        }
    }

    /** A session that is shared may be serving somebody else by now. */
    private static String signal(StopRequest.Session session, String function) {
        return session.shared()
                ? "select " + function
                        + "(pid) from pg_stat_activity where pid = ? and state <> 'idle' and application_name = '"
                        + ApplicationNames.MIGRATION + "'"
                : "select " + function + "(?)";
    }

    private void tell(String function) {
        stop.session().ifPresent(session -> {
            Properties properties = new Properties();
            properties.setProperty("ApplicationName", ApplicationNames.OBSERVER);
            properties.setProperty("connectTimeout", "5");
            properties.setProperty("socketTimeout", "5");
            try (Connection connection = DriverManager.getConnection(directJdbcUrl.get(), properties);
                    PreparedStatement statement = connection.prepareStatement(signal(session, function))) {
                statement.setInt(1, session.backendPid().getAsInt());
                statement.execute();
            } catch (SQLException e) {
                note("the migration could not be stopped: " + e.getMessage());
            }
        });
    }
}
