package dev.rehearsal.fault;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Asks the server the same again and again, every few milliseconds. What is over sooner than that may not be seen. On a thread of its own, over a
 * connection of its own.
 */
final class ServerPoll implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(2);

    private final Thread thread;
    private volatile boolean closed;

    /** What is asked, and to whom it is told. */
    interface Question {
        PreparedStatement prepared(Connection connection) throws SQLException;

        /** @param row of an answer */
        void seen(ResultSet row) throws SQLException;
    }

    private ServerPoll(String name, String directJdbcUrl, Question question, Consumer<SQLException> lost) {
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> ask(directJdbcUrl, question, lost));
    }

    /** @param lost called at most once: nothing is seen any more */
    static ServerPoll started(String name, String directJdbcUrl, Question question, Consumer<SQLException> lost) {
        ServerPoll look = new ServerPoll(name, directJdbcUrl, question, lost);
        look.thread.start();
        return look;
    }

    private void ask(String directJdbcUrl, Question question, Consumer<SQLException> lost) {
        try (Connection connection = DriverManager.getConnection(directJdbcUrl);
                PreparedStatement query = question.prepared(connection)) {
            while (!closed) {
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        question.seen(rows);
                    }
                }
                Thread.sleep(INTERVAL);
            }
        } catch (SQLException e) {
            if (!closed) {
                lost.accept(e);
            }
        } catch (InterruptedException e) {
            // close() is the only one who interrupts this thread.
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
