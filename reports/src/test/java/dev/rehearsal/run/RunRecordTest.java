package dev.rehearsal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Stage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordTest {
    private static final SourceLocation PLACE = new SourceLocation("scenario.yaml", 7, 3);
    private static final RunEvent.RunStarted STARTED = new RunEvent.RunStarted(
            0,
            Instant.parse("2026-11-22T10:15:02.123456789Z"),
            "0.1.0",
            "orders",
            "",
            "scenario.yaml",
            42,
            "poisson",
            List.of(new RunEvent.ServicePlan(
                    "checkout",
                    300,
                    20,
                    2_000_000_000L,
                    OptionalLong.of(5),
                    Optional.of(new RunEvent.RetryPlan(List.of("40001"), 3, 50)),
                    List.of(new RunEvent.OperationPlan("read", 300, false)),
                    Optional.of(new RunEvent.ChangingRate(
                            List.of(new RunEvent.RatePoint(0, 100), new RunEvent.RatePoint(900_000_000_000L, 300)),
                            OptionalLong.of(900_000_000_000L))))),
            List.of(
                    new Objective.Latency(
                            PLACE,
                            Optional.empty(),
                            Optional.of("read"),
                            99.9,
                            Stage.MIGRATION,
                            Optional.of(Duration.ofMillis(250)),
                            Optional.of(3.0)),
                    new Objective.Errors(PLACE, Optional.of("checkout"), Optional.empty(), Stage.MIGRATION, 0.001),
                    new Objective.LockHold(PLACE, Optional.empty(), Optional.of("orders"), Duration.ofNanos(1)),
                    new Objective.LockWait(PLACE, Objective.Victims.MIGRATION, Duration.ofDays(1)),
                    new Objective.MigrationTime(PLACE, Duration.ofMinutes(10)),
                    new Objective.Rewrites(PLACE),
                    new Objective.Rollback(PLACE, true, Optional.empty())),
            List.of("harness", "rehearse"));

    @TempDir
    private Path folder;

    private static List<RunEvent> oneOfEach() {
        return List.of(
                STARTED,
                new RunEvent.EnvironmentReady(
                        1,
                        "postgresql",
                        "18.6",
                        "local",
                        "why",
                        "proxy",
                        0,
                        Map.of("fsync", "on"),
                        1,
                        new RunEvent.HostFacts(2, 3, "Linux", "25"),
                        Optional.of(new RunEvent.ContainerFacts(
                                "Docker 28.2.2",
                                "postgres:18",
                                "sha256:ab",
                                "toxiproxy:2",
                                OptionalDouble.of(1.5),
                                OptionalLong.empty())),
                        Optional.of(new RunEvent.PoolerFacts(
                                "PgBouncer 1.18.0",
                                "transaction",
                                8,
                                OptionalInt.empty(),
                                "pooled",
                                Map.of("server_login_retry", "1")))),
                new RunEvent.DatasetReady(2, "shop", "ab", Map.of("orders", 10L), 5, 1.5, 0.25, "copy"),
                new RunEvent.StageStarted(3, Stage.MIGRATION),
                new RunEvent.StepStarted(4, 0, "add", "sql", RunEvent.Phase.MIGRATION, PLACE),
                new RunEvent.StatementObserved(
                        9,
                        0,
                        0,
                        1,
                        "select '\u20ac \ud83d\ude00 \n'",
                        PLACE,
                        RunEvent.Status.FAILED,
                        Optional.of("55P03"),
                        Optional.of("lock timeout"),
                        77,
                        5,
                        6,
                        7,
                        8,
                        1,
                        List.of(new RunEvent.Rewrite("orders", "column type")),
                        List.of(new RunEvent.Scan("orders", 10)),
                        OptionalLong.of(4096),
                        List.of(new RunEvent.LockHeld("orders", "AccessExclusive", 1, 2, 3, 4, true))),
                new RunEvent.Deploying(9, "checkout", "v2", 8, 20),
                new RunEvent.BackfillProgressed(9, 0, 1, 500, 1000, 400, 2, 250, OptionalLong.of(7)),
                new RunEvent.BackfillEnded(
                        10,
                        0,
                        "orders",
                        900,
                        4,
                        2,
                        true,
                        1,
                        250,
                        9,
                        20,
                        3,
                        Map.of("p99", 5L),
                        OptionalLong.of(8192),
                        OptionalLong.of(16384),
                        OptionalLong.empty()),
                new RunEvent.StepEnded(10, 0, RunEvent.Status.FAILED, 3),
                new RunEvent.FaultStarted(11, 0, "latency", "50 ms"),
                new RunEvent.FaultEnded(12, 0, "done", false),
                new RunEvent.LockWaited(
                        13,
                        5,
                        13,
                        8,
                        1,
                        7,
                        RunEvent.Party.APPLICATION,
                        "harness-app/checkout",
                        "orders",
                        true,
                        "AccessShare",
                        RunEvent.WaitOutcome.CANCELLED,
                        List.of(77),
                        List.of(7, 8)),
                new RunEvent.ServerSampled(
                        14,
                        1,
                        2,
                        3,
                        4,
                        0.5,
                        0.75,
                        Optional.of(new RunEvent.ServerActivity(
                                Map.of("Lock relation", 2),
                                1,
                                0.25,
                                Optional.of(new RunEvent.ServerTotals(5, 6, 7, 8))))),
                new RunEvent.Paused(15, "generator", 6),
                new RunEvent.SchemaCompared(16, "a", "b", List.of("column x")),
                new RunEvent.DatabasesPlanned(16, 2, 1, "stop", new SourceLocation("scenario.yaml", 9, 12)),
                new RunEvent.DatabaseMigrated(
                        16, 1, 1, RunEvent.Phase.MIGRATION, RunEvent.Status.FAILED, 15, Optional.of("step add: no")),
                new RunEvent.DatabaseSchema(16, 2, "abc", 1, List.of("orders.region is only on database 2")),
                new RunEvent.LedgerRead(16, 15, "at the end of the run", true, OptionalInt.of(0), Optional.empty()),
                new RunEvent.InstrumentTrouble(17, "lock tracer", "lost lines"),
                new RunEvent.Noted(18, "busy"),
                new RunEvent.StageEnded(19, Stage.MIGRATION),
                new RunEvent.LoadEnded(20, 1, 1),
                new RunEvent.RunEnded(21, RunEvent.Outcome.COMPLETED, ""));
    }

    private RunDirectory stored(List<RunEvent> events) throws IOException {
        RunDirectory directory = RunDirectory.at(folder.resolve("run"));
        try (FileJournal journal = new FileJournal(directory.events())) {
            events.forEach(journal::record);
        }
        return directory;
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    }

    @Test
    void readsEveryEventAsItWasRecorded() throws IOException {
        RunRecord expected = RunRecord.of(oneOfEach(), Requests.of(List.of(), List.of()));

        RunRecord read = RunRecord.read(stored(oneOfEach()));

        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("requests", "ledger")
                .isEqualTo(expected);
        assertThat(read.started()).isEqualTo(STARTED);
    }

    @Test
    void readsARunThatWasRecordedBeforeItWasKnownWhatServicesTryAgain() throws IOException {
        RunDirectory directory = stored(List.of(STARTED));
        String line = Files.readString(directory.events());
        String retry = ",\"retry\":{\"on\":[\"40001\"],\"attempts\":3,\"backoffNanos\":50}";
        assertThat(line).contains(retry);
        Files.writeString(directory.events(), line.replace(retry, ""));

        assertThat(RunRecord.read(directory).started().services().getFirst().retry())
                .isEmpty();
    }

    @Test
    void readsARunThatWasRecordedBeforePoolersHadSettings() throws IOException {
        RunDirectory directory = stored(oneOfEach());
        String events = Files.readString(directory.events());
        String settings = ",\"settings\":{\"server_login_retry\":\"1\"}";
        assertThat(events).contains(settings);
        Files.writeString(directory.events(), events.replace(settings, ""));

        assertThat(RunRecord.read(directory)
                        .environment()
                        .orElseThrow()
                        .pooler()
                        .orElseThrow()
                        .settings())
                .isEmpty();
    }

    @Test
    void readsRequestsUpToTheLastWholeOne() throws IOException {
        RunDirectory directory = stored(oneOfEach());
        RequestRecord request =
                new RequestRecord(0, RequestRecord.Outcome.POOL_TIMED_OUT, 0, 0, 1, 2, RequestRecord.NEVER, 99, "");
        try (RequestLog.Writer writer = new RequestLog.Writer(
                directory.requests(), List.of(new OperationKey("checkout", "read", "v1", false)))) {
            writer.append(request);
        }
        append(directory.requests(), "half of a request");

        RunRecord read = RunRecord.read(directory);

        List<RequestRecord> requests = new ArrayList<>();
        read.requests().forEach(requests::add);
        assertThat(requests).containsExactly(request);
        assertThat(read.lastSeenNanos()).isEqualTo(99);
    }

    @Test
    void keepsWhatIsKnownOfEachAttempt() throws IOException {
        RunDirectory directory = stored(oneOfEach());
        RequestRecord request = new RequestRecord(
                0,
                RequestRecord.Outcome.SUCCEEDED,
                -1,
                7,
                1,
                2,
                3,
                99,
                "01000",
                new RequestRecord.Attempts(12_345_678_901L, 10, 0b10_0000_0101, 55));
        OperationKey operation = new OperationKey("checkout", "pay", "v1", true, true);
        try (RequestLog.Writer writer = new RequestLog.Writer(directory.requests(), List.of(operation))) {
            writer.append(request);
        }

        RunRecord read = RunRecord.read(directory);

        List<RequestRecord> requests = new ArrayList<>();
        read.requests().forEach(requests::add);
        assertThat(requests).containsExactly(request);
        assertThat(read.requests().operations()).containsExactly(operation);
    }

    /** As harnesses wrote them that knew no ledger. */
    @Test
    void readsRequestsOfOlderRuns() throws IOException {
        RunDirectory directory = stored(oneOfEach());
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(directory.requests()))) {
            out.writeInt(0x52485251);
            out.writeShort(1);
            out.writeShort(1);
            out.writeUTF("checkout");
            out.writeUTF("pay");
            out.writeUTF("v1");
            out.writeBoolean(true);
            for (int i = 0; i < 2; i++) {
                out.writeShort(0);
                out.writeByte(1);
                out.writeByte(0);
                out.writeInt(77);
                for (long time : new long[] {10 + i, 11, 12, 13}) {
                    out.writeLong(time);
                }
                out.write("40001\0\0\0".getBytes(StandardCharsets.US_ASCII));
            }
        }

        RunRecord read = RunRecord.read(directory);

        List<RequestRecord> requests = new ArrayList<>();
        read.requests().forEach(requests::add);
        assertThat(requests)
                .containsExactly(
                        new RequestRecord(0, RequestRecord.Outcome.FAILED, 0, 77, 10, 11, 12, 13, "40001"),
                        new RequestRecord(0, RequestRecord.Outcome.FAILED, 0, 77, 11, 11, 12, 13, "40001"));
        assertThat(read.requests().operations()).containsExactly(new OperationKey("checkout", "pay", "v1", true));
    }

    @Test
    void readsAKilledRunAsFarAsItCame() throws IOException {
        RunDirectory directory = stored(oneOfEach().subList(0, 5));
        append(directory.events(), "{\"event\":\"note\",\"atNanos\":99,\"mess");

        RunRecord read = RunRecord.read(directory);

        assertThat(read.end()).isEmpty();
        assertThat(read.stages()).containsExactly(new StageSpan(Stage.MIGRATION, 3, 4, false));
        assertThat(read.steps())
                .containsExactly(new StepRun(
                        0,
                        "add",
                        "sql",
                        RunEvent.Phase.MIGRATION,
                        PLACE,
                        4,
                        4,
                        RunEvent.Status.FAILED,
                        1,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        List.of()));
    }

    @Test
    void namesTheDamagedLine() throws IOException {
        RunDirectory directory = stored(oneOfEach().subList(0, 2));
        append(directory.events(), "{\"event\":\"note\",\"atN\n");

        assertThatThrownBy(() -> RunRecord.read(directory))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(directory.events() + ":3: this line is damaged: ");
    }

    @Test
    void refusesWhatIsNotTheBeginningOfARun() throws IOException {
        RunDirectory directory = stored(oneOfEach().subList(1, 2));

        assertThatThrownBy(() -> RunRecord.read(directory))
                .isInstanceOf(IOException.class)
                .hasMessage(directory.events() + ":1: the first event of a run is runStarted");
    }

    @Test
    void refusesARunWithoutEvents() throws IOException {
        RunDirectory directory = stored(List.of());

        assertThatThrownBy(() -> RunRecord.read(directory))
                .isInstanceOf(IOException.class)
                .hasMessage(directory.events() + ": no event: the run never began");
    }

    @Test
    void keepsWhatManyThreadsRecordOnLinesOfTheirOwn() throws Exception {
        RunDirectory directory = RunDirectory.at(folder.resolve("run"));
        try (FileJournal journal = new FileJournal(directory.events())) {
            journal.record(STARTED);
            List<Thread> threads = IntStream.range(0, 8)
                    .mapToObj(t -> Thread.ofVirtual()
                            .start(() -> IntStream.range(0, 200)
                                    .forEach(i -> journal.record(new RunEvent.Noted(t * 1000 + i, "x".repeat(i))))))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
        }

        assertThat(RunRecord.read(directory).notes()).hasSize(1600);
    }

    @Test
    void mergesTheTriesOfAStatement() {
        StatementRun statement = new StatementRun(0, List.of(tried(1, 5, 10, 100), tried(2, 7, 30, 50)));

        assertThat(statement.attempts()).isEqualTo(2);
        assertThat(statement.waitedNanos()).isEqualTo(12);
        assertThat(statement.walBytes()).hasValue(8192);
        assertThat(statement.locks())
                .containsExactly(new RunEvent.LockHeld("orders", "AccessExclusive", 12, 1, 100, 1, false));
        assertThat(statement.scans()).containsExactly(new RunEvent.Scan("orders", 30));
        assertThat(statement.rewrites()).containsExactly(new RunEvent.Rewrite("orders", "column type"));
    }

    private static RunEvent.StatementObserved tried(int attempt, long waited, long rows, long held) {
        return new RunEvent.StatementObserved(
                9,
                0,
                0,
                attempt,
                "alter",
                PLACE,
                RunEvent.Status.SUCCEEDED,
                Optional.empty(),
                Optional.empty(),
                77,
                5,
                6,
                7,
                8,
                waited,
                List.of(new RunEvent.Rewrite("orders", "column type")),
                List.of(new RunEvent.Scan("orders", rows)),
                OptionalLong.of(4096),
                List.of(new RunEvent.LockHeld("orders", "AccessExclusive", waited, 1, held, 1, false)));
    }
}
