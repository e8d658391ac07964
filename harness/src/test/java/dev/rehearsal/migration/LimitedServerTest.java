package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.Transaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the instruments tell of a server of which they have neither the log nor a superuser: less exactly, and never wrongly. */
@Timeout(120)
class LimitedServerTest {
    private static final LockPolicy FOR_EVER = new LockPolicy(Optional.empty(), 0, Duration.ofMillis(50));

    @TempDir
    private static Path directory;

    private static MeasuredServer server;
    private static List<InstrumentLimited> limitations;

    @BeforeAll
    static void start() throws Exception {
        server = MeasuredServer.withoutRights(directory, 18);
        limitations = server.events(InstrumentLimited.class);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void makeTable() throws SQLException {
        server.execute(
                "drop table if exists accounts",
                "create table accounts (id int primary key, balance int not null)",
                "insert into accounts select n, 0 from generate_series(1, 10000) n",
                "analyze accounts");
        server.forgetEvents();
    }

    @Test
    void saysWhatItHasToDoWithout() {
        assertThat(limitations)
                .extracting(InstrumentLimited::instrument, InstrumentLimited::reason)
                .containsExactly(
                        tuple(
                                "event triggers",
                                "They tell of rewrites and scans through the server's log, which is not read."),
                        tuple("lock waits", "The test does not show it."));
        assertThat(limitations)
                .allMatch(limited ->
                        limited.blindNanos().orElse(0) >= Duration.ofMillis(10).toNanos());
    }

    @Test
    void waitsOfVictimAndMigrationAreWithinTheirErrors() throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool();
                Connection blocker = server.connect(ApplicationNames.BLOCKER);
                Connection victim = server.connect(ApplicationNames.application("shop"))) {
            blocker.setAutoCommit(false);
            MeasuredServer.execute(blocker, "select count(*) from accounts");
            int blockerPid = pid(blocker);
            int victimPid = pid(victim);
            Future<MigrationOutcome> migration = threads.submit(() -> Migrations.runner(server, StepListener.none())
                    .run(
                            Phase.MIGRATION,
                            List.of(step("alter table accounts add column region text")),
                            Duration.ofMinutes(1),
                            0));
            long migrationWaits = waitingSince("harness-migration");
            Future<long[]> read = threads.submit(() -> {
                long asked = server.clock().nowNanos();
                MeasuredServer.execute(victim, "select count(*) from accounts where id = 7");
                return new long[] {asked, server.clock().nowNanos()};
            });
            long victimWaits = waitingSince("harness-app/shop");
            blocker.createStatement().execute("select pg_sleep(0.15)");
            long leaving = server.clock().nowNanos();
            blocker.commit();
            long[] served = read.get();
            migration.get();
            server.instruments().drain();

            assertThat(server.events(InstrumentTrouble.class)).isEmpty();
            List<LockWaited> waits = server.events(LockWaited.class);
            assertThat(waits)
                    .extracting(LockWaited::party)
                    .containsExactlyInAnyOrder(Party.MIGRATION, Party.APPLICATION);
            LockWaited ofVictim = of(waits, Party.APPLICATION);
            assertThat(ofVictim)
                    .extracting(LockWaited::pid, LockWaited::target, LockWaited::relation, LockWaited::mode)
                    .containsExactly(victimPid, "accounts", true, "AccessShare");
            assertThat(ofVictim.durationNanos() + 2 * ofVictim.errorNanos())
                    .isGreaterThanOrEqualTo(leaving - victimWaits);
            assertThat(ofVictim.durationNanos() - 2 * ofVictim.errorNanos()).isLessThanOrEqualTo(served[1] - served[0]);
            LockWaited ofMigration = of(waits, Party.MIGRATION);
            assertThat(ofMigration.holders()).containsExactly(blockerPid);
            assertThat(ofMigration.mode()).isEqualTo("AccessExclusive");
            assertThat(ofMigration.durationNanos() + 2 * ofMigration.errorNanos())
                    .isGreaterThanOrEqualTo(leaving - migrationWaits);
            assertThat(ofVictim.queue()).contains(victimPid, ofMigration.pid());
            StatementObserved statement = statement();
            assertThat(statement.waitedNanos()).isEqualTo(ofMigration.durationNanos());
            assertThat(statement.locks())
                    .filteredOn(lock -> lock.relation().equals("accounts"))
                    .extracting(LockHeld::mode)
                    .contains("AccessExclusive");
        }
    }

    @Test
    void rewritesAreToldByTheTablesFile() throws Exception {
        run(
                Transaction.ONE,
                "alter table accounts add column token uuid not null default gen_random_uuid()",
                "alter table accounts alter column balance type bigint",
                "alter table accounts add column note text");

        assertThat(server.events(StatementObserved.class))
                .extracting(StatementObserved::rewrites)
                .containsExactly(
                        List.of(new Rewrite("accounts", "column default")),
                        List.of(new Rewrite("accounts", "column type")),
                        List.of());
        assertThat(server.events(InstrumentTrouble.class)).isEmpty();
    }

    @Test
    void rewritesOfStatementsThatAreTransactionsOfTheirOwnAreTold() throws Exception {
        run(Transaction.NONE, "vacuum full accounts", "truncate accounts", "alter table accounts set unlogged");

        assertThat(server.events(StatementObserved.class))
                .extracting(StatementObserved::rewrites)
                .containsExactly(
                        List.of(new Rewrite("accounts", "relation rewritten")),
                        List.of(),
                        List.of(new Rewrite("accounts", "persistence")));
    }

    @Test
    void scansInsideATransactionAreTold() throws Exception {
        run(Transaction.ONE, "alter table accounts add constraint positive check (balance >= 0)");

        assertThat(statement().scans()).containsExactly(new Scan("accounts", 10_000));
    }

    private static void run(Transaction transaction, String... statements) throws InterruptedException {
        Migrations.runner(server, StepListener.none())
                .run(
                        Phase.MIGRATION,
                        List.of(Migrations.step(FOR_EVER, transaction, statements)),
                        Duration.ofMinutes(1),
                        0);
    }

    private static Step step(String sql) {
        return Migrations.step(FOR_EVER, Transaction.ONE, sql);
    }

    private static StatementObserved statement() {
        return server.events(StatementObserved.class).getFirst();
    }

    private static LockWaited of(List<LockWaited> waits, Party party) {
        return waits.stream().filter(wait -> wait.party() == party).findFirst().orElseThrow();
    }

    private static int pid(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** A moment at which the session is known to wait already. */
    private static long waitingSince(String applicationName) throws SQLException {
        try (Connection connection = server.connect("test");
                Statement statement = connection.createStatement()) {
            while (true) {
                try (ResultSet row = statement.executeQuery(
                        "select exists (select from pg_locks l join pg_stat_activity a using (pid) where not l.granted"
                                + " and a.application_name = '" + applicationName + "')")) {
                    row.next();
                    if (row.getBoolean(1)) {
                        return server.clock().nowNanos();
                    }
                }
            }
        }
    }
}
