package dev.rehearsal.drill;

import dev.rehearsal.measure.EndingThreads;
import dev.rehearsal.measure.LedgerTable;
import dev.rehearsal.run.LedgerKey;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Some sessions that write entries into the ledger, as the application commits its work, and keep what the server acknowledged. They connect where the
 * application does, and again whenever they are cut off. The application's own operations would change the data that are compared afterwards.
 *
 * <p>A commit that was answered with a warning was not acknowledged: its wait for the replica was cancelled. Safe for use by several threads.
 */
final class AcknowledgedWrites implements AutoCloseable {
    private static final int SESSIONS = 3;
    private static final int AT_LEAST = 20;
    private static final long PAUSE_MILLIS = 3;
    private static final long RECONNECT_MILLIS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SOCKETS = "&connectTimeout=5&socketTimeout=60";

    private final List<Thread> threads = new ArrayList<>();
    private final String address;
    private volatile boolean stopped;

    // All guarded by this.
    private final Set<Long> acknowledged = new HashSet<>();
    private boolean serverGone;
    private long goneNanos;
    private long backNanos;
    private String lastFailure = "none";

    /**
     * @param acknowledged how many writes were, before the server went
     * @param lost of those, how many the server that took its place does not have
     * @param untilWritten from the kill to the first write of a session that connected afterwards
     */
    record Account(long acknowledged, long lost, Duration untilWritten) {}

    private AcknowledgedWrites(String address) {
        this.address = address;
    }

    /** Returns when writes are being acknowledged. */
    static AcknowledgedWrites begun(DrillServer server) throws SQLException, InterruptedException {
        try (Connection connection = server.connect()) {
            LedgerTable.create(connection);
        }
        AcknowledgedWrites writes = new AcknowledgedWrites(server.applicationAddress() + SOCKETS);
        for (int i = 0; i < SESSIONS; i++) {
            int session = i;
            writes.threads.add(
                    Thread.ofPlatform().name("drill-writes-" + i).daemon().start(() -> writes.write(session)));
        }
        boolean begun = false;
        try {
            writes.await(() -> writes.acknowledged.size() >= AT_LEAST, "no write was acknowledged");
            begun = true;
            return writes;
        } finally {
            if (!begun) {
                writes.close();
            }
        }
    }

    private void write(int session) {
        long next = 0;
        while (!stopped) {
            boolean connectedAfterwards = isServerGone();
            try (Connection connection = DriverManager.getConnection(address);
                    PreparedStatement insert = connection.prepareStatement(LedgerTable.INSERT)) {
                while (!stopped) {
                    insert.setLong(1, next);
                    insert.setInt(2, session);
                    insert.setInt(3, 1);
                    insert.executeUpdate();
                    if (insert.getWarnings() == null) {
                        acknowledged(LedgerKey.of(session, next, 1), connectedAfterwards);
                    }
                    insert.clearWarnings();
                    next++;
                    Thread.sleep(PAUSE_MILLIS);
                }
            } catch (SQLException e) {
                failed(e);
                next++;
                if (!paused()) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static boolean paused() {
        try {
            Thread.sleep(RECONNECT_MILLIS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private synchronized boolean isServerGone() {
        return serverGone;
    }

    /** To be said when the server is about to be killed. */
    synchronized void serverGoes() {
        serverGone = true;
        goneNanos = System.nanoTime();
    }

    /** What a session hears that had connected before is the old server's word; of the others, only the first is of interest. */
    private synchronized void acknowledged(long key, boolean connectedAfterwards) {
        if (!connectedAfterwards) {
            acknowledged.add(key);
        } else if (backNanos == 0) {
            backNanos = System.nanoTime();
        }
        notifyAll();
    }

    private synchronized void failed(SQLException failure) {
        lastFailure = String.valueOf(failure.getMessage());
    }

    /** Waits for the first write on the server that took the old one's place, and reads there what is left of those before. */
    Account account(DrillServer server) throws SQLException, InterruptedException {
        await(() -> backNanos != 0, "nothing could be written after the failover");
        close();
        Set<Long> present = new HashSet<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(LedgerTable.SELECT)) {
            while (rows.next()) {
                present.add(LedgerKey.of(rows.getInt(2), rows.getLong(1), rows.getInt(3)));
            }
        }
        synchronized (this) {
            long lost =
                    acknowledged.stream().filter(key -> !present.contains(key)).count();
            return new Account(acknowledged.size(), lost, Duration.ofNanos(backNanos - goneNanos));
        }
    }

    private synchronized void await(BooleanSupplier met, String otherwise) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!met.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SQLException(
                        otherwise + " within " + PATIENCE.toSeconds() + " s; last failure: " + lastFailure);
            }
            wait(left / 1_000_000 + 1);
        }
    }

    /** Ends the sessions; again does nothing. */
    @Override
    public void close() {
        stopped = true;
        threads.forEach(Thread::interrupt);
        EndingThreads.await(threads);
    }
}
