package dev.rehearsal.load;

import static dev.rehearsal.load.Workloads.operation;
import static dev.rehearsal.load.Workloads.pool;
import static dev.rehearsal.load.Workloads.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load against a real server. */
class LoadTest {
    @TempDir
    private static Path serverDirectory;

    @TempDir
    private Path directory;

    private static LocalServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = TestCluster.servers().start(TestCluster.clone(serverDirectory.resolve("data")), Map.of());
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table accounts (id bigint primary key, balance numeric not null default 0)");
            statement.execute("insert into accounts select g, 0 from generate_series(1, 1000) g");
        }
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    private static Connection connect() throws Exception {
        return DriverManager.getConnection(server.jdbcUrl("harness"));
    }

    @Test
    void recordsEveryPlannedArrivalOnce() throws Exception {
        Workload workload = Workloads.of(
                Arrivals.POISSON,
                service(
                        "shop",
                        300,
                        pool(4, Duration.ofSeconds(5)),
                        operation(
                                "read",
                                3,
                                Map.of("id", new Parameter.References("accounts", "id", 1.1)),
                                "select * from accounts where id = :id"),
                        operation(
                                "pay",
                                1,
                                Map.of(
                                        "id", new Parameter.References("accounts", "id", 0),
                                        "amount", new Parameter.UniformLong(1, 5)),
                                "update accounts set balance = balance + :amount where id = :id",
                                "select balance from accounts where id = :id")));
        LoadSpec spec = new LoadSpec(workload, 7, server.jdbcUrl("harness"), server.jdbcUrl("harness"));
        List<RunEvent> events = new CopyOnWriteArrayList<>();
        RunClock clock = RunClock.started();
        Path file = directory.resolve("requests.bin");

        try (Load load = Load.launch()) {
            load.begin(spec, clock, file, events::add);
            await().until(() -> load.live().completed() >= 500);
            load.stopAndDrain(Duration.ofSeconds(10));
        }

        List<RequestRecord> requests = read(file);
        RunEvent.LoadEnded ended = (RunEvent.LoadEnded) events.getLast();
        assertThat(ended.planned()).isEqualTo(requests.size());
        assertThat(ended.recorded()).isEqualTo(requests.size());
        assertThat(requests).allSatisfy(request -> {
            assertThat(request.outcome()).isEqualTo(RequestRecord.Outcome.SUCCEEDED);
            assertThat(request.backendPid()).isPositive();
            assertThat(request.t0Nanos()).isLessThanOrEqualTo(request.t1Nanos());
            assertThat(request.t1Nanos()).isLessThanOrEqualTo(request.t2Nanos());
            assertThat(request.t2Nanos()).isLessThanOrEqualTo(request.t3Nanos());
        });
    }

    private static List<RequestRecord> read(Path file) throws Exception {
        List<RequestRecord> requests = new ArrayList<>();
        RequestLog.open(file).forEach(requests::add);
        return requests;
    }
}
