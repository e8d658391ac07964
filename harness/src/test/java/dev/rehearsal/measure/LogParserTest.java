package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.engine.LogFormat;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogParserTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:57:47.665Z");

    private final LogParser parser = new LogParser(LogFormat.JSON);
    private final LogParser csv = new LogParser(LogFormat.CSV);

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
    void readsTheWaitsOf14FromItsCsv() throws Exception {
        assertThat(csv.parse("""
                        2026-11-22 19:01:42.197 UTC,"postgres","postgres",8547,"127.0.0.1:38524",6b033c16.2163,1,"SELECT waiting",2026-11-22 19:01:42 UTC,4/2,0,LOG,00000,"process 8547 still waiting for AccessShareLock on relation 16384 of database 13695 after 10.111 ms","Process holding the lock: 8545. Wait queue: 8547.",,,,,"select *
                          from orders -- ""quoted"", and
                         where t = 'a""b
                        c';",17,,"harness-app/""check,out""\","client backend",,0"""))
                .contains(new LogEntry.WaitReported(
                        Instant.parse("2026-11-22T19:01:42.197Z"),
                        8547,
                        8547,
                        "harness-app/\"check,out\"",
                        "AccessShare",
                        new LockTarget.Relation(16384),
                        10_111_000,
                        List.of(8545),
                        List.of(8547)));
        assertThat(csv.parse("""
                        2026-11-22 19:01:42.434 UTC,"postgres","postgres",8547,"127.0.0.1:38524",6b033c16.2163,2,"SELECT waiting",2026-11-22 19:01:42 UTC,4/2,0,LOG,00000,"process 8547 acquired AccessShareLock on relation 16384 of database 13695 after 247.264 ms",,,,,,"select 1",17,,"harness-app/checkout","client backend",8500,0"""))
                .contains(new LogEntry.WaitAcquired(
                        Instant.parse("2026-11-22T19:01:42.434Z"),
                        8547,
                        8500,
                        "harness-app/checkout",
                        "AccessShare",
                        new LockTarget.Relation(16384),
                        247_264_000));
    }

    @Test
    void readsTheErrorOfASessionOf13FromItsCsv() throws Exception {
        assertThat(csv.parse("""
                        2026-11-22 19:01:44.105 UTC,"postgres","postgres",8590,"127.0.0.1:42130",6b033c18.218e,1,"SELECT",2026-11-22 19:01:44 UTC,3/8,0,ERROR,42P01,"relation ""no such
                        table"" does not exist",,,,,,"select *
                          from ""no such
                        table"", ""x"";",17,,"harness-app/checkout","client backend\""""))
                .contains(new LogEntry.SessionFailed(
                        Instant.parse("2026-11-22T19:01:44.105Z"),
                        8590,
                        "42P01",
                        "relation \"no such\ntable\" does not exist",
                        "select *\n  from \"no such\ntable\", \"x\";"));
    }

    @Test
    void readsWhatOurTriggersWroteIntoCsv() throws Exception {
        assertThat(csv.parse("""
                        2026-11-22 19:01:44.162 UTC,"postgres","postgres",8592,"127.0.0.1:42140",6b033c18.2190,1,"DO",2026-11-22 19:01:44 UTC,3/10,0,LOG,00000,"harness command 1795345067665123
                        16384 AccessExclusiveLock 500 public.orders
                        16390 ShareLock 0 shop.""odd name""\",,,,,"PL/pgSQL function inline_code_block line 1 at RAISE","do $$ begin end $$;",,,"harness-migration","client backend\""""))
                .contains(new LogEntry.CommandEnded(
                        Instant.ofEpochSecond(1_795_345_067L, 665_123_000),
                        8592,
                        List.of(
                                new LogEntry.HeldLock(16384, "orders", "AccessExclusive", 500),
                                new LogEntry.HeldLock(16390, "shop.odd name", "Share", 0))));
    }

    @Test
    void readsWhatASessionHadCountedBefore() throws Exception {
        assertThat(parser.parse(line("LOG", "harness before 1795345067665123\\n16384 500\\n16390 7", "")))
                .contains(new LogEntry.CommandBegan(
                        Instant.ofEpochSecond(1_795_345_067L, 665_123_000), 9694, Map.of(16384L, 500L, 16390L, 7L)));
        assertThat(parser.parse(line("LOG", "harness before 1795345067665123\\n", "")))
                .contains(
                        new LogEntry.CommandBegan(Instant.ofEpochSecond(1_795_345_067L, 665_123_000), 9694, Map.of()));
    }

    @Test
    void refusesHalfARecordOfCsv() {
        String whole = """
                2026-11-22 19:01:42.197 UTC,"postgres","postgres",8547,"127.0.0.1:38524",6b033c16.2163,1,"SELECT waiting",2026-11-22 19:01:42 UTC,4/2,0,LOG,00000,"process 8547 still waiting for AccessShareLock on relation 16384 of database 13695 after 10.111 ms","Process holding the lock: 8545. Wait queue: 8547.",,,,,"select 1",17,,"harness-app/checkout","client backend",,0""";

        for (int length = whole.indexOf("process ") + 8; length < whole.lastIndexOf(','); length++) {
            String half = whole.substring(0, length);
            // Without its last two columns it is what 13 would write.
            if (!half.endsWith("backend\"")) {
                assertThatThrownBy(() -> csv.parse(half)).as(half).isInstanceOf(LogParser.GarbledRecordException.class);
            }
        }
    }

    @Test
    void readsTheErrorOfASession() throws Exception {
        assertThat(parser.parse(line("ERROR", "canceling statement due to lock timeout", ",\"state_code\":\"55P03\"")))
                .contains(new LogEntry.SessionFailed(AT, 9694, "55P03", "canceling statement due to lock timeout", ""));
    }

    @Test
    void readsTheReportsOfOurTriggers() throws Exception {
        assertThat(parser.parse(line("LOG", "harness rewrite 1795345067665123 2 16384 public.orders", "")))
                .contains(new LogEntry.TableRewritten(
                        Instant.ofEpochSecond(1_795_345_067L, 665_123_000), 9694, 16384, "orders", 2));
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
    void refusesAGarbledRecord(String line) {
        assertThatThrownBy(() -> parser.parse(line)).isInstanceOf(LogParser.GarbledRecordException.class);
    }

    private static String line(String severity, String message, String more) {
        return "{\"timestamp\":\"2026-11-22 10:57:47.665 UTC\",\"user\":\"postgres\",\"pid\":9694,\"error_severity\":\""
                + severity + "\",\"message\":\"" + message + "\",\"application_name\":\"harness-app/checkout\"" + more
                + "}";
    }
}
