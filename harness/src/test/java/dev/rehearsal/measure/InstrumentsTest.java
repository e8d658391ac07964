package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.engine.LogFile;
import dev.rehearsal.engine.LogFormat;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.ServerActivity;
import dev.rehearsal.run.RunEvent.ServerSampled;
import dev.rehearsal.run.RunEvent.ServerTotals;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstrumentsTest {
    @TempDir
    Path directory;

    @Test
    void saysThatTheLogWasTruncated() throws Exception {
        try (MeasuredServer server = MeasuredServer.started(directory)) {
            try (RandomAccessFile log = new RandomAccessFile(server.log().path().toFile(), "rw")) {
                log.setLength(10);
            }

            await().untilAsserted(() -> assertThat(server.events(InstrumentTrouble.class))
                    .anyMatch(trouble -> trouble.message().contains("was truncated")));
        }
    }

    @Test
    void saysThatALineIsGarbled() throws Exception {
        try (MeasuredServer server = MeasuredServer.started(directory)) {
            Files.writeString(server.log().path(), "{\"message\":\"process 1 st\n", StandardOpenOption.APPEND);
            server.instruments().drain();

            assertThat(server.events(InstrumentTrouble.class))
                    .singleElement()
                    .satisfies(trouble -> assertThat(trouble.message()).contains("garbled"));
        }
    }

    @Test
    void refusesALogThatTheServerDoesNotWrite() throws Exception {
        LogFile other = new LogFile(Files.createFile(directory.resolve("other.json")), LogFormat.JSON);
        try (MeasuredServer server = MeasuredServer.started(directory)) {
            assertThatThrownBy(() -> LockTracer.armed(other, server.url(), server.clock(), server::record))
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessageContaining("does not show what the server logs");
        }
    }

    @Test
    void samplesTheServer() throws Exception {
        try (MeasuredServer server = MeasuredServer.started(directory);
                Connection busy = server.connect("harness-app/checkout")) {
            long before = server.events(ServerSampled.class).size();
            MeasuredServer.execute(busy, "select count(*) from generate_series(1, 5000000)");
            await().until(() -> server.events(ServerSampled.class).size() > before + 1);

            assertThat(server.events(ServerSampled.class)).allSatisfy(sample -> {
                assertThat(sample.databaseBytes()).isGreaterThan(1_000_000);
                assertThat(sample.walBytesTotal()).isPositive();
                assertThat(sample.serverCpuFraction()).isBetween(0.0, 1.0);
                assertThat(sample.machineCpuFraction()).isBetween(0.0, 1.0);
            });
            assertThat(server.events(ServerSampled.class)).anyMatch(sample -> sample.serverCpuFraction() > 0.05);
        }
    }

    @Test
    void samplesWhatBackendsWaitForAndWhatTheServerCounts() throws Exception {
        try (MeasuredServer server = MeasuredServer.started(directory);
                Connection holder = server.connect("harness-app/checkout");
                Connection waiter = server.connect("harness-app/checkout")) {
            server.instruments().watchGenerator(List.of(ProcessHandle.current().pid()));
            server.execute("create table orders (id int)", "insert into orders select generate_series(1, 20000)");
            MeasuredServer.execute(holder, "begin", "lock table orders in access exclusive mode");
            Thread waiting = Thread.startVirtualThread(() -> {
                try {
                    MeasuredServer.execute(waiter, "select from orders");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> activities(server)
                    .anyMatch(activity -> activity.activeByWait().equals(Map.of("Lock relation", 1))));
            MeasuredServer.execute(holder, "commit");
            waiting.join();
            long checkpoints = last(server).checkpoints();
            server.execute("checkpoint");
            await().until(() ->
                    last(server).checkpoints() > checkpoints && last(server).buffersWritten() > 0);

            assertThat(server.events(ServerSampled.class)).anyMatch(sample -> sample.waitingForLocks() == 1);
            assertThat(last(server).blocksHit()).isPositive();
            await().until(() -> activities(server).anyMatch(activity -> activity.generatorCpuFraction() > 0));
        }
    }

    private static Stream<ServerActivity> activities(MeasuredServer server) {
        return server.events(ServerSampled.class).stream().flatMap(sample -> sample.activity().stream());
    }

    private static ServerTotals last(MeasuredServer server) {
        return activities(server)
                .reduce((first, second) -> second)
                .orElseThrow()
                .totals()
                .orElseThrow();
    }
}
