package dev.rehearsal.fault;

import dev.rehearsal.scenario.Fault;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of somebody else's, in a session and a thread of its own: runs its SQL at once, and commits when it has been open for as long
 * as the scenario says. Closing it before that cancels and rolls back.
 */
final class BlockerSession implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * How it ended.
     *
     * @param effect a sentence
     */
    record Outcome(boolean happened, String effect) {}

    private final Fault.Blocker blocker;
    private final String jdbcUrl;
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<Outcome> ended = new CompletableFuture<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Object statementLock = new Object();
    private @Nullable Statement running;

    private BlockerSession(Fault.Blocker blocker, String jdbcUrl) {
        this.blocker = blocker;
        this.jdbcUrl = jdbcUrl;
    }

    static BlockerSession start(Fault.Blocker blocker, String jdbcUrl) {
        BlockerSession session = new BlockerSession(blocker, jdbcUrl);
        Thread.ofVirtual().name("blocker").start(session::run);
        return session;
    }

    /** Called when the SQL is about to be sent; never if there is no session to be had. */
    void onBegun(Runnable listener) {
        CompletableFuture<Void> unused = begun.thenRun(listener);
    }

    /** Called once, always. */
    void onEnded(Consumer<Outcome> listener) {
        CompletableFuture<Void> unused = ended.thenAccept(listener);
    }

    /** Empty while it runs. */
    Optional<Outcome> outcome() {
        return Optional.ofNullable(ended.getNow(null));
    }

    private void run() {
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            connection.setAutoCommit(false);
            long started = System.nanoTime();
            ended.complete(hold(connection, started));
        } catch (SQLException e) {
            ended.complete(new Outcome(false, "The blocker failed: " + describe(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended.complete(new Outcome(true, "The blocker was interrupted."));
        } finally {
            ended.complete(new Outcome(false, "The blocker ended by an error of the harness."));
        }
    }

    private Outcome hold(Connection connection, long started) throws SQLException, InterruptedException {
        long end = started + blocker.hold().toNanos();
        Thread canceller = Thread.ofVirtual().name("blocker-end").start(() -> cancelAt(end));
        boolean cut = false;
        try (Statement statement = connection.createStatement()) {
            synchronized (statementLock) {
                running = statement;
            }
            begun.complete(null);
            statement.execute(blocker.sql());
            noMoreRunning();
            stop.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (SQLException e) {
            boolean ours = "57014".equals(e.getSQLState()) && (stop.getCount() == 0 || System.nanoTime() - end >= 0);
            if (!ours) {
                throw e;
            }
            cut = true;
        } finally {
            noMoreRunning();
            canceller.interrupt();
        }
        boolean early = stop.getCount() == 0;
        if (cut || early) {
            connection.rollback();
        } else {
            connection.commit();
        }
        String open = Sentences.words(Duration.ofNanos(System.nanoTime() - started));
        if (early) {
            return new Outcome(
                    true, "A transaction was open for " + open + ", then the run ended it early and rolled it back.");
        }
        return new Outcome(
                true,
                cut
                        ? "A transaction was open for " + open + "; its statement was still running and was cancelled."
                        : "A transaction was open for " + open + ", then committed.");
    }

    private void noMoreRunning() {
        synchronized (statementLock) {
            running = null;
        }
    }

    /** The transaction is not to outlive its time because its statement does. */
    private void cancelAt(long end) {
        try {
            stop.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            synchronized (statementLock) {
                if (running != null) {
                    running.cancel();
                }
            }
        } catch (InterruptedException e) {
            // The statement ended by itself.
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            // The session is gone, and the transaction with it.
        }
    }

    /** Ends it now and waits until the server has let go. */
    @Override
    public void close() {
        stop.countDown();
        try {
            ended.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            // The session ends with its server; whoever waits for the outcome sees that there is none.
        }
    }

    private static String describe(SQLException e) {
        return (e.getSQLState() == null ? "" : e.getSQLState() + ": ") + e.getMessage();
    }
}
