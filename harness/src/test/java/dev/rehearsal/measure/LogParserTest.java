package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogParserTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:57:47.665Z");

    private final LogParser parser = new LogParser();

    @Test
    void readsAWaitWithItsHoldersAndQueue() throws Exception {
        String line = line(
                "LOG",
                "process 9694 still waiting for AccessShareLock on relation 16384 of database 5 after 10.068 ms",
                ",\"detail\":\"Processes holding the lock: 9686, 9687. Wait queue: 9692, 9694.\"");

        assertThat(parser.parse(line))
                .contains(new LogEntry.WaitReported(
                        AT,
                        9694,
                        9694,
                        "harness-app/checkout",
                        "AccessShare",
                        new LockTarget.Relation(16384),
                        10_068_000,
                        List.of(9686, 9687),
                        List.of(9692, 9694)));
    }

    @Test
    void countsAParallelWorkerAsItsLeader() throws Exception {
        String line = line(
                "LOG",
                "process 9694 acquired AccessShareLock on relation 16384 of database 5 after 483.878 ms",
                ",\"leader_pid\":9000");

        assertThat(parser.parse(line))
                .contains(new LogEntry.WaitAcquired(
                        AT,
                        9694,
                        9000,
                        "harness-app/checkout",
                        "AccessShare",
                        new LockTarget.Relation(16384),
                        483_878_000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "still waiting for ShareLock on transaction 757 after 10.065 ms",
                "detected deadlock while waiting for ShareLock on transaction 757 after 10.065 ms",
                "avoided deadlock for ShareLock on transaction 757 by rearranging queue order after 10.065 ms",
                "failed to acquire ShareLock on transaction 757 after 10.065 ms",
            })
    void readsEveryFormOfAWaitThatIsNotOver(String message) throws Exception {
        assertThat(parser.parse(line("LOG", "process 9694 " + message, "")))
                .contains(new LogEntry.WaitReported(
                        AT,
                        9694,
                        9694,
                        "harness-app/checkout",
                        "Share",
                        new LockTarget.Other("transaction 757"),
                        10_065_000,
                        List.of(),
                        List.of()));
    }

    @Test
    void readsTheErrorOfASession() throws Exception {
        assertThat(parser.parse(line("ERROR", "canceling statement due to lock timeout", ",\"state_code\":\"55P03\"")))
                .contains(new LogEntry.SessionFailed(AT, 9694, "55P03"));
    }

    @Test
    void readsTheReportsOfOurTriggers() throws Exception {
        assertThat(parser.parse(line("LOG", "harness rewrite 1795345067665123 2 public.orders", "")))
                .contains(new LogEntry.TableRewritten(
                        Instant.ofEpochSecond(1_795_345_067L, 665_123_000), 9694, "orders", 2));
        assertThat(parser.parse(line(
                        "LOG",
                        "harness command 1795345067665123\\n16384 AccessExclusiveLock 500 public.orders\\n16390 ShareLock 0 shop.\\\"odd name\\\"",
                        "")))
                .contains(new LogEntry.CommandEnded(
                        Instant.ofEpochSecond(1_795_345_067L, 665_123_000),
                        9694,
                        List.of(
                                new LogEntry.HeldLock(16384, "orders", "AccessExclusive", 500),
                                new LogEntry.HeldLock(16390, "shop.odd name", "Share", 0))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "database system is ready to accept connections",
                "checkpoint starting: time",
                "process is what this is about",
            })
    void passesOverWhatIsNotAboutLocks(String message) throws Exception {
        assertThat(parser.parse(line("LOG", message, ""))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"timestamp\":\"2026-11-22 10:57:47.665 UTC\",\"message\":\"process 1 st",
                "{\"timestamp\":\"2026-11-22 11:57:47.665 CET\",\"message\":\"process 1 acquired\"}",
                "garbage",
                "{\"message\":\"process 1 acquired\"",
            })
    void refusesAGarbledLine(String line) {
        assertThatThrownBy(() -> parser.parse(line)).isInstanceOf(LogParser.GarbledLineException.class);
    }

    private static String line(String severity, String message, String more) {
        return "{\"timestamp\":\"2026-11-22 10:57:47.665 UTC\",\"user\":\"postgres\",\"pid\":9694,\"error_severity\":\""
                + severity + "\",\"message\":\"" + message + "\",\"application_name\":\"harness-app/checkout\"" + more
                + "}";
    }
}
