package dev.rehearsal.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.dataset.ServerLauncher.RunningServer;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.LocalFaultProxy;
import dev.rehearsal.environment.LocalRuntime;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.load.Load;
import dev.rehearsal.load.LoadSpec;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.measure.LedgerAccounts;
import dev.rehearsal.measure.LedgerTable;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.LedgerKey;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentSpec.Synchrony;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.OperationStatement;
import dev.rehearsal.scenario.Workload.Pool;
import dev.rehearsal.scenario.Workload.Reads;
import dev.rehearsal.scenario.Workload.Service;
import dev.rehearsal.verdict.LedgerAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the ledger says of a failover beside what the old and the new primary have. The process that sends the log to the replica stands still for a moment,
 * then the primary is killed.
 */
@Tag("proof")
@Tag("beside-others")
@Timeout(300)
class FailoverLedgerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long FROZEN_MILLIS = 300;

    private static final Operation WRITE = new Operation(
            "write",
            1,
            Map.of(),
            List.of(new OperationStatement(
                    "insert into work default values", "insert into work default values", List.of(), true)),
            Reads.PRIMARY,
            true);

    @TempDir
    private Path directory;

    private final RunClock clock = RunClock.started();
    private final List<RunEvent> events = new CopyOnWriteArrayList<>();

    @RepeatedTest(3)
    void anAsynchronousReplicaLosesAsManyAsTheLedgerSays() throws Exception {
        Sides sides = failedOver(Synchrony.ASYNCHRONOUS);

        assertThat(sides.account().verified()).as(sides.account().toString()).isTrue();
        assertThat(sides.lost()).isNotEmpty();
        assertThat(sides.account().lost()).isEqualTo(sides.lost().size());
        assertThat(sides.account().losses())
                .extracting(loss -> LedgerKey.of(0, loss.arrival(), 1))
                .isSubsetOf(sides.lost());
    }

    @RepeatedTest(3)
    void aSynchronousReplicaLosesNothingThatWasAcknowledged() throws Exception {
        Sides sides = failedOver(Synchrony.SYNCHRONOUS);

        assertThat(sides.account().verified()).as(sides.account().toString()).isTrue();
        assertThat(sides.lost()).isEmpty();
        assertThat(sides.account().lost()).isZero();
        // They were committed there, and waited for the replica when the primary died.
        assertThat(sides.onlyThere()).isNotEmpty();
        assertThat(sides.account().unknown())
                .isGreaterThanOrEqualTo(sides.onlyThere().size());
    }

    /**
     * @param account from the run's directory alone
     * @param onlyThere entries that the old primary has and the new one has not
     * @param lost those of them whose writes had been acknowledged
     */
    private record Sides(LedgerAccount account, Set<Long> onlyThere, Set<Long> lost) {}

    private Sides failedOver(Synchrony synchrony) throws Exception {
        try (Environment environment = started(synchrony);
                Load load = Load.launch()) {
            String direct = environment.primary().jdbcUrl(ApplicationNames.OBSERVER);
            execute(direct, "create table work (id bigserial primary key)");
            Set<Long> now;
            try (Instruments instruments = Instruments.armed(
                    direct, environment.primary().log(), environment.primary().processId(), clock, events::add)) {
                instruments.keepLedger(directory.resolve("ledger.bin"));
                load.begin(
                        new LoadSpec(
                                workload(),
                                7,
                                environment.application().jdbcUrl(ApplicationNames.application("writer")),
                                List.of(),
                                direct),
                        clock,
                        directory.resolve("requests.bin"),
                        events::add);
                awaitCompleted(load, 150);
                freezeSender(direct);
                TimeUnit.MILLISECONDS.sleep(FROZEN_MILLIS);
                new ServerPower(environment, instruments, ServerDisk.ORDINARY).failOver("replica-1", false);
                awaitCompleted(load, 100);
                load.stopAndDrain(LIMIT);
                instruments.readLedger();
                now = entries(environment.primary().jdbcUrl(ApplicationNames.OBSERVER));
            }
            Set<Long> onlyThere;
            Path retired = environment.retired().orElseThrow();
            try (RunningServer old = TestCluster.servers().start(retired, Map.of())) {
                onlyThere = entries(old.jdbcUrl(Snapshot.DATABASE));
            }
            onlyThere.removeAll(now);
            Set<Long> lost = acknowledged();
            lost.retainAll(onlyThere);
            return new Sides(LedgerAccounts.in(directory, events), onlyThere, lost);
        }
    }

    private Environment started(Synchrony synchrony) throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"));
        return new LocalRuntime(TestCluster.servers(), new LocalFaultProxy.BuiltIn(42), "Why not.")
                .start(
                        TestCluster.replicated(TestCluster.spec("18", Map.of(), Optional.empty()), 1, synchrony),
                        data,
                        Instruments.serverSettings(),
                        30,
                        Files.createDirectories(directory.resolve("run")));
    }

    private static Workload workload() {
        return new Workload(
                Workload.Arrivals.CONSTANT,
                List.of(new Service(
                        "writer",
                        new Rate.Steady(100),
                        new Pool(16, Duration.ofSeconds(30)),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(WRITE),
                        Map.of())));
    }

    private static void awaitCompleted(Load load, long more) {
        long wanted = load.live().completed() - load.live().failed() + more;
        await().atMost(LIMIT).until(() -> load.live().completed() - load.live().failed() >= wanted);
    }

    /** As a network that stands still: the connection is there, and nothing goes over it. */
    private static void freezeSender(String url) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pid from pg_stat_replication")) {
            row.next();
            Process stop = new ProcessBuilder("kill", "-STOP", row.getString(1)).start();
            assertThat(stop.waitFor()).isZero();
        }
    }

    private Set<Long> acknowledged() throws Exception {
        Set<Long> keys = new HashSet<>();
        RequestLog.open(directory.resolve("requests.bin")).forEach((RequestRecord request) -> {
            if (request.acknowledged()) {
                keys.add(LedgerKey.of(request.operation(), request.attempts().arrival(), 1));
            }
        });
        return keys;
    }

    private static Set<Long> entries(String url) throws SQLException {
        Set<Long> entries = new HashSet<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(LedgerTable.SELECT)) {
            while (rows.next()) {
                entries.add(LedgerKey.of(rows.getInt(2), rows.getLong(1), rows.getInt(3)));
            }
        }
        return entries;
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
