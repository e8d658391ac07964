package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {18, 14, 13})
class LockTracerTest {
    /** Between reading our clock and the server's beginning or ending to wait: a trip to it, on a busy machine. */
    private static final long TRIP_NANOS = Duration.ofMillis(60).toNanos();

    @TempDir
    static Path directory;

    private static MeasuredServer server;

    @Parameter
    int version;

    private final ExecutorService sessions = Executors.newCachedThreadPool();

    /** A statement's own clock around it. */
    private record Timed(int pid, long sentNanos, long returnedNanos, String sqlState) {
        private long nanos() {
            return returnedNanos - sentNanos;
        }
    }

    @BeforeParameterizedClassInvocation
    static void start(int version) throws Exception {
        server = MeasuredServer.started(directory.resolve(Integer.toString(version)), version);
        server.execute("create table orders (id bigint primary key, token text)", "insert into orders values (1), (2)");
        server.execute("create schema shop", "create table shop.items (id bigint primary key)");
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void forget() {
        server.forgetEvents();
    }

    @AfterEach
    void noTrouble() {
        sessions.close();
        assertThat(server.events(InstrumentTrouble.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 100, 1500})
    void tellsHowLongAnApplicationWaited(int millis) throws Exception {
        try (Connection blocker = server.connect(ApplicationNames.BLOCKER)) {
            Future<Timed> waiter =
                    behind(blocker, "lock table orders in access exclusive mode", "select * from orders");
            Thread.sleep(millis);
            MeasuredServer.execute(blocker, "commit");
            Timed timed = waiter.get();
            server.instruments().drain();

            LockWaited wait = only(waitsOf(timed));
            assertThat(wait.party()).isEqualTo(Party.APPLICATION);
            assertThat(wait.applicationName()).isEqualTo("harness-app/checkout");
            assertThat(wait.target()).isEqualTo("orders");
            assertThat(wait.relation()).isTrue();
            assertThat(wait.mode()).isEqualTo("AccessShare");
            assertThat(wait.outcome()).isEqualTo(WaitOutcome.ACQUIRED);
            assertThat(wait.holders()).containsExactly(pid(blocker));
            assertThat(wait.queue()).containsExactly(timed.pid());
            assertThat(wait.durationNanos())
                    .isBetween(Duration.ofMillis(millis).toNanos(), timed.nanos())
                    .isGreaterThan(timed.nanos() - TRIP_NANOS);
            assertThat(wait.startNanos())
                    .isBetween(timed.sentNanos() - wait.errorNanos(), timed.sentNanos() + TRIP_NANOS);
            assertThat(wait.endNanos())
                    .isBetween(timed.returnedNanos() - TRIP_NANOS, timed.returnedNanos() + wait.errorNanos());
        }
    }

    @Test
    void seesTheQueueFromVictimsToMigrationToBlocker() throws Exception {
        try (Connection blocker = server.connect(ApplicationNames.BLOCKER)) {
            MeasuredServer.execute(blocker, "begin", "lock table shop.items in access share mode");
            Future<Timed> migration =
                    waiting(ApplicationNames.MIGRATION, "alter table shop.items add column region text");
            Future<Timed> victim = waiting("harness-app/checkout", "select id from shop.items");
            MeasuredServer.execute(blocker, "commit");
            Timed migrated = migration.get();
            Timed served = victim.get();
            server.instruments().drain();

            LockWaited first = only(waitsOf(migrated));
            LockWaited second = only(waitsOf(served));
            assertThat(first.party()).isEqualTo(Party.MIGRATION);
            assertThat(first.target()).isEqualTo("shop.items");
            assertThat(first.mode()).isEqualTo("AccessExclusive");
            assertThat(first.holders()).containsExactly(pid(blocker));
            assertThat(second.holders()).containsExactly(pid(blocker));
            assertThat(second.queue()).containsExactly(migrated.pid(), served.pid());
        }
    }

    @Test
    void endsAWaitWithTheErrorThatEndedIt() throws Exception {
        try (Connection blocker = server.connect(ApplicationNames.BLOCKER)) {
            Timed lockTimeout = behind(
                            blocker,
                            "lock table orders in access exclusive mode",
                            "set lock_timeout = 150",
                            "select * from orders")
                    .get();
            Timed statementTimeout = waiting(
                            "harness-app/checkout", "set statement_timeout = 150", "select * from orders")
                    .get();
            MeasuredServer.execute(blocker, "commit");
            server.instruments().drain();

            assertThat(lockTimeout.sqlState()).isEqualTo("55P03");
            LockWaited first = only(waitsOf(lockTimeout));
            assertThat(first.outcome()).isEqualTo(WaitOutcome.LOCK_TIMEOUT);
            assertThat(first.durationNanos() + first.errorNanos())
                    .isBetween(Duration.ofMillis(150).toNanos(), lockTimeout.nanos() + 2 * first.errorNanos());
            assertThat(statementTimeout.sqlState()).isEqualTo("57014");
            assertThat(only(waitsOf(statementTimeout)).outcome()).isEqualTo(WaitOutcome.CANCELLED);
        }
    }

    @Test
    void tellsWhichSideOfADeadlockFell() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        Future<Timed> one = sessions.submit(() -> crossing(both, 1, 2, 0));
        Future<Timed> other = sessions.submit(() -> crossing(both, 2, 1, 60));
        Timed first = one.get();
        Timed second = other.get();
        server.instruments().drain();

        boolean firstFell = !first.sqlState().isEmpty();
        Timed victim = firstFell ? first : second;
        Timed survivor = firstFell ? second : first;
        assertThat(victim.sqlState()).isEqualTo("40P01");
        assertThat(only(waitsOf(victim)).outcome()).isEqualTo(WaitOutcome.DEADLOCK);
        assertThat(only(waitsOf(survivor)).outcome()).isEqualTo(WaitOutcome.ACQUIRED);
        assertThat(only(waitsOf(survivor)).target()).startsWith("transaction ");
        assertThat(only(waitsOf(survivor)).relation()).isFalse();
    }

    @Test
    void keepsTheNameOfATableThatWasDropped() throws Exception {
        server.execute("create table doomed (id int)");
        try (Connection blocker = server.connect(ApplicationNames.BLOCKER)) {
            Future<Timed> waiter = behind(blocker, "drop table doomed", "select * from doomed");
            // The beginning of the wait is read while the table is there.
            server.instruments().drain();
            MeasuredServer.execute(blocker, "commit");
            Timed timed = waiter.get();
            server.instruments().drain();

            assertThat(timed.sqlState()).isEqualTo("42P01");
            assertThat(only(waitsOf(timed)).target()).isEqualTo("doomed");
        }
    }

    private Timed crossing(CountDownLatch both, int mine, int others, int delayMillis)
            throws SQLException, InterruptedException {
        try (Connection connection = server.connect("harness-app/checkout")) {
            MeasuredServer.execute(connection, "begin", "update orders set token = 'x' where id = " + mine);
            both.countDown();
            both.await();
            // The first is to wait long enough to be reported before the second closes the circle.
            Thread.sleep(delayMillis);
            Timed timed = timed(connection, "update orders set token = 'x' where id = " + others);
            MeasuredServer.execute(connection, "rollback");
            return timed;
        }
    }

    /** Has {@code blocker} take a lock and an application's session wait for it. */
    private Future<Timed> behind(Connection blocker, String lock, String... statements) throws Exception {
        MeasuredServer.execute(blocker, "begin", lock);
        return waiting("harness-app/checkout", statements);
    }

    /** A session whose last statement waits by the time that this returns. */
    private Future<Timed> waiting(String applicationName, String... statements) throws Exception {
        Connection connection = server.connect(applicationName);
        int pid = pid(connection);
        for (int i = 0; i < statements.length - 1; i++) {
            MeasuredServer.execute(connection, statements[i]);
        }
        Future<Timed> waiter = sessions.submit(() -> {
            try (connection) {
                return timed(connection, statements[statements.length - 1]);
            }
        });
        try (Connection observer = server.connect("test");
                Statement query = observer.createStatement()) {
            boolean waits = false;
            while (!waits) {
                try (ResultSet rows = query.executeQuery(
                        "select wait_event_type = 'Lock' from pg_stat_activity where pid = " + pid)) {
                    waits = rows.next() && rows.getBoolean(1);
                }
            }
        }
        // The server reports a wait after deadlock_timeout.
        Thread.sleep(20);
        return waiter;
    }

    private static Timed timed(Connection connection, String sql) throws SQLException {
        int pid = pid(connection);
        long sent = server.clock().nowNanos();
        try {
            MeasuredServer.execute(connection, sql);
            return new Timed(pid, sent, server.clock().nowNanos(), "");
        } catch (SQLException e) {
            return new Timed(pid, sent, server.clock().nowNanos(), e.getSQLState());
        }
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
    }

    private static List<LockWaited> waitsOf(Timed timed) {
        return server.events(LockWaited.class).stream()
                .filter(wait -> wait.pid() == timed.pid())
                .toList();
    }

    private static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.getFirst();
    }
}
