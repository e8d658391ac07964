package dev.rehearsal.measure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Reads the locks of one session out of {@code pg_locks}, over a connection and on a thread of its own, while a statement runs: at short
 * intervals in its first moments, when locks come and small statements end, and rarely afterwards, because every reading stops the server's lock
 * manager for a moment. Safe for use by several threads.
 */
final class LockSampler implements AutoCloseable {
    private static final long FAST_FOR_NANOS = Duration.ofMillis(30).toNanos();
    private static final long FAST_NANOS = Duration.ofMillis(1).toNanos();
    /** A lock that is waited for will be granted at some moment soon: the grant is half of the hold's bounds. */
    private static final long WAITING_NANOS = Duration.ofMillis(5).toNanos();

    static final long SLOW_NANOS = Duration.ofMillis(20).toNanos();

    private static final String QUERY = """
            select l.relation::bigint, l.mode, l.granted, l.virtualtransaction, l.transactionid::text::bigint
            from pg_catalog.pg_lock_status() l
            where l.pid = ?
              and ((l.locktype = 'relation' and l.relation >= 16384 and l.mode <> 'SIReadLock')
                or (l.locktype = 'transactionid' and l.granted and l.mode = 'ExclusiveLock'))""";

    private static final String ACTIVE =
            "select a.pid from pg_catalog.pg_stat_get_activity(null) a where a.application_name = ? and a.state = 'active'";

    private final java.util.function.LongSupplier nanos;
    private final Connection connection;
    private final PreparedStatement query;
    private final Consumer<Sighting> sightings;
    private final Consumer<String> trouble;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private final PreparedStatement active;
    private final IntConsumer moved;
    private Optional<String> named = Optional.empty();
    private int pid;
    private boolean sampling;
    private long samplingSince;
    private boolean closed;
    private OptionalLong transactionNumber = OptionalLong.empty();

    /**
     * @param sightings called with every reading, one at a time and in order
     * @param moved told the pid of a session that is known by its name alone, as often as that is another one
     * @param trouble called when readings fail
     */
    LockSampler(
            String directJdbcUrl,
            java.util.function.LongSupplier nanos,
            Consumer<Sighting> sightings,
            IntConsumer moved,
            Consumer<String> trouble)
            throws SQLException {
        this.nanos = nanos;
        this.connection = ObserverConnections.open(directJdbcUrl);
        this.query = connection.prepareStatement(QUERY);
        this.active = connection.prepareStatement(ACTIVE);
        this.sightings = sightings;
        this.moved = moved;
        this.trouble = trouble;
        this.thread = Thread.ofPlatform().name("lock-sampler").daemon().start(this::sample);
    }

    /** Begins to read the locks of a session, until {@link #stop}. */
    void start(int pid) {
        start(pid, Optional.empty());
    }

    /**
     * The same of whichever session is at work under a name.
     *
     * @param pid of the session that is looked at until there is one
     */
    void start(int pid, String applicationName) {
        start(pid, Optional.of(applicationName));
    }

    private void start(int pid, Optional<String> applicationName) {
        lock.lock();
        try {
            this.pid = pid;
            named = applicationName;
            sampling = true;
            samplingSince = nanos.getAsLong();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** No reading is made after this returns. */
    void stop() {
        lock.lock();
        try {
            sampling = false;
        } finally {
            lock.unlock();
        }
    }

    /** One reading, now; returns the number of the session's transaction, if it has one. */
    OptionalLong read(int pid) {
        lock.lock();
        try {
            this.pid = pid;
            named = Optional.empty();
            sighting();
            return transactionNumber;
        } finally {
            lock.unlock();
        }
    }

    private void sample() {
        lock.lock();
        try {
            while (!closed) {
                if (!sampling) {
                    changed.await();
                    continue;
                }
                boolean waiting = sighting();
                long interval = nanos.getAsLong() - samplingSince < FAST_FOR_NANOS
                        ? FAST_NANOS
                        : waiting ? WAITING_NANOS : SLOW_NANOS;
                // A start or a close ends the pause early; a stop is seen when it is over.
                changed.awaitNanos(interval);
            }
        } catch (InterruptedException e) {
            // Only close() interrupts.
        } finally {
            lock.unlock();
        }
    }

    private boolean sighting() {
        long from = nanos.getAsLong();
        Set<Sighting.Lock> granted = new HashSet<>();
        boolean waiting = false;
        String transaction = "";
        transactionNumber = OptionalLong.empty();
        try {
            if (named.isPresent()) {
                look(named.get());
            }
            query.setInt(1, pid);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    long number = rows.getLong(5);
                    if (!rows.wasNull()) {
                        // Those of savepoints are higher.
                        transactionNumber = OptionalLong.of(Math.min(number, transactionNumber.orElse(number)));
                        continue;
                    }
                    transaction = rows.getString(4);
                    if (rows.getBoolean(3)) {
                        granted.add(new Sighting.Lock(rows.getLong(1), LogParser.modeName(rows.getString(2))));
                    } else {
                        waiting = true;
                    }
                }
            }
        } catch (SQLException e) {
            sampling = false;
            if (!closed) {
                trouble.accept("locks of the migration could not be read: " + e.getMessage());
            }
            return false;
        }
        sightings.accept(new Sighting(from, nanos.getAsLong(), transaction, granted, waiting));
        return waiting;
    }

    private void look(String applicationName) throws SQLException {
        active.setString(1, applicationName);
        try (ResultSet rows = active.executeQuery()) {
            if (rows.next() && rows.getInt(1) != pid) {
                pid = rows.getInt(1);
                moved.accept(pid);
            }
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ObserverConnections.close(connection);
    }
}
