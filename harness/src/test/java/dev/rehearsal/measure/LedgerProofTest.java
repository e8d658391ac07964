package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.load.Load;
import dev.rehearsal.load.LoadSpec;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.OperationStatement;
import dev.rehearsal.scenario.Workload.Pool;
import dev.rehearsal.scenario.Workload.Reads;
import dev.rehearsal.scenario.Workload.Retry;
import dev.rehearsal.scenario.Workload.Service;
import dev.rehearsal.verdict.LedgerAccount;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ledger beside what a real server really has: each request of these loads inserts a row of its own, which can be counted. */
@Tag("proof")
@Timeout(300)
class LedgerProofTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Commits wait for a replica that there is none of. */
    private static final String WAIT_FOR_NOBODY = "alter system set synchronous_standby_names = 'nobody'";

    private static final String WAIT_NO_MORE = "alter system reset synchronous_standby_names";

    @TempDir
    private Path directory;

    private final RunClock clock = RunClock.started();
    private final List<RunEvent> events = new CopyOnWriteArrayList<>();
    private final Absences absences = new Absences();

    private LocalServer started(Map<String, String> settings) throws Exception {
        LocalServer server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), settings);
        execute(server, "create table work (id bigserial, kind text not null, note text)");
        return server;
    }

    private static String url(LocalServer server) {
        return server.jdbcUrl(Snapshot.DATABASE);
    }

    private static void execute(LocalServer server, String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection(url(server));
                Statement statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = local");
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static long ask(LocalServer server, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(url(server));
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    private LedgerChecker checker(LocalServer server) throws Exception {
        try (Connection connection = DriverManager.getConnection(url(server))) {
            InstrumentSchema.install(connection);
        }
        return LedgerChecker.armed(
                new ObservedServer(url(server)), directory.resolve("ledger.bin"), clock, events::add, absences);
    }

    private static OperationStatement statement(String sql, String... parameters) {
        return new OperationStatement(sql, sql, List.of(parameters), true);
    }

    private static final Operation ALONE = new Operation(
            "alone",
            1,
            Map.of("note", new Parameter.Choice(List.of("a", "b"), List.of(1.0, 1.0))),
            List.of(statement("insert into work (kind, note) values ('alone', ?) returning note", "note")),
            Reads.PRIMARY,
            true);
    private static final Operation TOGETHER = new Operation(
            "together",
            1,
            Map.of(),
            List.of(
                    statement("insert into work (kind) values ('together')"),
                    statement("update work set note = 'x' where id = currval('work_id_seq')")),
            Reads.PRIMARY,
            true);

    private static Workload workload(double arrivalsPerSecond, Optional<Retry> retry, Operation... operations) {
        return new Workload(
                Workload.Arrivals.CONSTANT,
                List.of(new Service(
                        "writer",
                        new Rate.Steady(arrivalsPerSecond),
                        new Pool(16, Duration.ofSeconds(30)),
                        Optional.empty(),
                        retry,
                        List.of(operations),
                        Map.of())));
    }

    private void begin(Load load, LocalServer server, Workload workload) throws Exception {
        load.begin(
                new LoadSpec(workload, 7, url(server), List.of(), url(server)),
                clock,
                directory.resolve("requests.bin"),
                events::add);
    }

    private static void awaitCompleted(Load load, long more) {
        long wanted = load.live().completed() - load.live().failed() + more;
        await().atMost(LIMIT).until(() -> load.live().completed() - load.live().failed() >= wanted);
    }

    private static void awaitTrue(LocalServer server, String sql) {
        await().atMost(LIMIT).until(() -> ask(server, "select (" + sql + ")::int") == 1);
    }

    private List<RequestRecord> requests() throws Exception {
        List<RequestRecord> requests = new ArrayList<>();
        RequestLog.open(directory.resolve("requests.bin")).forEach(requests::add);
        return requests;
    }

    private LedgerAccount account() throws Exception {
        return LedgerAccounts.in(directory, events);
    }

    @Test
    void anEntryAndItsWorkAreOneTransaction() throws Exception {
        try (LocalServer server = started(Map.of());
                LedgerChecker checker = checker(server);
                Load load = Load.launch()) {
            begin(load, server, workload(50, Optional.empty(), ALONE, TOGETHER));
            // Far more than the five executions after which the driver prepares statements on the server.
            awaitCompleted(load, 200);
            load.stopAndDrain(LIMIT);
            checker.readLast();

            assertThat(requests()).allMatch(RequestRecord::acknowledged);
            long requests = requests().size();
            assertThat(ask(server, "select count(*) from harness_instruments.ledger"))
                    .isEqualTo(requests);
            assertThat(ask(
                            server,
                            "select count(*) from harness_instruments.ledger l join work w on w.xmin = l.xmin"
                                    + " where w.kind = case l.operation when 0 then 'alone' else 'together' end"))
                    .isEqualTo(requests);
            LedgerAccount account = account();
            assertThat(account.acknowledged()).isEqualTo(requests);
            assertThat(account.lost()).isZero();
            assertThat(account.duplicated()).isZero();
            assertThat(account.verified()).as(account.toString()).isTrue();
        }
    }

    @Test
    void aCrashOfADurableServerLosesNothingThatItHadAcknowledged() throws Exception {
        try (LocalServer server = started(Map.of());
                LedgerChecker checker = checker(server);
                Load load = Load.launch()) {
            crashUnderLoad(server, checker, load);

            LedgerAccount account = account();
            assertThat(account.acknowledged()).isPositive();
            assertThat(account.lost()).isZero();
            assertThat(account.verified()).as(account.toString()).isTrue();
            assertThat(account.readings()).hasSize(2);
            assertThat(ask(server, "select count(*) from work"))
                    .isEqualTo(account.acknowledged() + account.unknownPresent());
        }
    }

    /** Its commits are acknowledged before they are on the disk, and for ten seconds nobody brings them there. */
    @Test
    void aCrashOfAServerThatAcknowledgesTooEarlyLosesWhatTheLedgerSays() throws Exception {
        try (LocalServer server = started(Map.of("synchronous_commit", "off", "wal_writer_delay", "10s"));
                LedgerChecker checker = checker(server);
                Load load = Load.launch()) {
            crashUnderLoad(server, checker, load);

            LedgerAccount account = account();
            assertThat(account.lost()).isPositive();
            assertThat(account.losses()).isNotEmpty();
            assertThat(account.verified()).as(account.toString()).isTrue();
            assertThat(account.acknowledged() + account.unknownPresent() - ask(server, "select count(*) from work"))
                    .as("counted in the application's own table")
                    .isEqualTo(account.lost());
        }
    }

    private void crashUnderLoad(LocalServer server, LedgerChecker checker, Load load) throws Exception {
        begin(load, server, workload(60, Optional.empty(), ALONE, TOGETHER));
        awaitCompleted(load, 120);
        absences.begins();
        server.kill();
        server.startAgain();
        absences.ends();
        checker.readSoon("when the server was back");
        awaitCompleted(load, 60);
        load.stopAndDrain(LIMIT);
        checker.readLast();
    }

    @Test
    void aCancelledWaitForAReplicaIsNoAcknowledgement() throws Exception {
        try (LocalServer server = started(Map.of());
                LedgerChecker checker = checker(server);
                Load load = Load.launch()) {
            begin(load, server, workload(20, Optional.empty(), ALONE, TOGETHER));
            awaitCompleted(load, 20);
            execute(server, WAIT_FOR_NOBODY, "select pg_reload_conf()");
            awaitTrue(server, "select count(*) >= 12 from pg_stat_activity where wait_event = 'SyncRep'");
            execute(
                    server,
                    WAIT_NO_MORE,
                    "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
            execute(server, "select pg_reload_conf()");
            awaitCompleted(load, 20);
            load.stopAndDrain(LIMIT);
            checker.readLast();

            List<RequestRecord> warned = requests().stream()
                    .filter(request -> !request.failed() && !request.acknowledged())
                    .toList();
            assertThat(warned).extracting(RequestRecord::operation).contains(0, 1);
            assertThat(warned).extracting(RequestRecord::sqlState).containsOnly("01000");
            LedgerAccount account = account();
            assertThat(account.cancelledWaits()).isEqualTo(warned.size());
            assertThat(account.unknownPresent()).isGreaterThanOrEqualTo(warned.size());
            assertThat(account.lost()).isZero();
            assertThat(account.verified()).as(account.toString()).isTrue();
            assertThat(account.acknowledged()).isEqualTo(requests().size() - account.unknown() - account.refused());
        }
    }

    /** A session that is ended while its commit waits has committed, and its client hears only that the session was ended. */
    @Test
    void aRetryOfWhatHadBeenCommittedAfterAllIsFoundTwice() throws Exception {
        Retry retry = new Retry(List.of("57P01", "08006"), 5, Duration.ofMillis(500));
        try (LocalServer server = started(Map.of());
                LedgerChecker checker = checker(server);
                Load load = Load.launch()) {
            begin(load, server, workload(20, Optional.of(retry), ALONE, TOGETHER));
            awaitCompleted(load, 20);
            execute(server, WAIT_FOR_NOBODY, "select pg_reload_conf()");
            awaitTrue(server, "select count(*) >= 12 from pg_stat_activity where wait_event = 'SyncRep'");
            execute(
                    server,
                    WAIT_NO_MORE,
                    "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
            execute(server, "select pg_reload_conf()");
            awaitCompleted(load, 20);
            load.stopAndDrain(LIMIT);
            checker.readLast();

            List<RequestRecord> retried = requests().stream()
                    .filter(request -> request.attempts().count() > 1)
                    .toList();
            assertThat(retried)
                    .isNotEmpty()
                    .allMatch(request -> request.attempts().isUnknown(1));
            LedgerAccount account = account();
            assertThat(account.duplicated()).as(account + " of " + retried).isPositive();
            assertThat(ask(server, "select count(*) from work") - account.acknowledged() - account.unknownPresent())
                    .as("counted in the application's own table")
                    .isEqualTo(account.duplicated());
            assertThat(account.lost()).isZero();
            assertThat(account.attempts()).isGreaterThan(requests().size());
            assertThat(account.verified()).as(account.toString()).isTrue();
        }
    }

    @Test
    void aServerThatRefusesSaysSoAndTheReadingThatFailsIsToldAsOne() throws Exception {
        Operation refused = new Operation(
                "refused",
                1,
                Map.of(),
                List.of(statement("insert into work (kind) values (null)")),
                Reads.PRIMARY,
                true);
        try (LocalServer server = started(Map.of());
                LedgerChecker checker = checker(server);
                Load load = Load.launch()) {
            begin(load, server, workload(40, Optional.empty(), ALONE, refused));
            awaitCompleted(load, 40);
            load.stopAndDrain(LIMIT);
            execute(server, "drop table harness_instruments.ledger");
            checker.readLast();

            assertThat(requests())
                    .filteredOn(request -> request.operation() == 1)
                    .isNotEmpty()
                    .allSatisfy(request -> {
                        assertThat(request.outcome()).isEqualTo(Outcome.FAILED);
                        assertThat(request.sqlState()).isEqualTo("23502");
                        assertThat(request.attempts().unknown()).isZero();
                    });
            LedgerAccount account = account();
            assertThat(account.verified()).isFalse();
            assertThat(account.doubt().orElseThrow())
                    .startsWith("The ledger could not be read back at the end of the run: ERROR: relation");
        }
    }
}
