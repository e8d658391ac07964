package dev.rehearsal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogFormatTest {
    /** As PostgreSQL 14.23 wrote it. */
    private static final String OF_14 = """
            2026-11-22 19:01:41.800 UTC,,,8527,,6b033c15.214f,1,,2026-11-22 19:01:41 UTC,,0,LOG,00000,"ending log output to stderr",,"Future log output will go to log destination ""csvlog"".",,,,,,,"","postmaster",,0""";

    /** As PostgreSQL 13.23 wrote it. */
    private static final String OF_13 = """
            2026-11-22 19:01:44.105 UTC,"postgres","postgres",8590,"127.0.0.1:42130",6b033c18.218e,1,"SELECT",2026-11-22 19:01:44 UTC,3/8,0,ERROR,42P01,"relation ""no such
            table"" does not exist",,,,,,"select *
              from ""no such
            table"", ""x"";",17,,"harness-app/checkout","client backend\"""";

    @ParameterizedTest
    @CsvSource({"13,CSV", "14,CSV", "15,JSON", "18,JSON"})
    void isWhatTheVersionCanWrite(int major, LogFormat format) {
        assertThat(new PostgresVersion(major).logFormat()).isEqualTo(format);
    }

    @Test
    void readsCsvOf14() throws Exception {
        assertThat(LogFormat.CSV.read(OF_14))
                .isEqualTo(new LogRecord(
                        Instant.parse("2026-11-22T19:01:41.800Z"),
                        8527,
                        OptionalInt.empty(),
                        "",
                        "",
                        "LOG",
                        "00000",
                        "ending log output to stderr",
                        "",
                        "Future log output will go to log destination \"csvlog\".",
                        "",
                        ""));
    }

    @Test
    void readsCsvOf13WithItsLinesAndQuotes() throws Exception {
        assertThat(LogFormat.CSV.read(OF_13))
                .isEqualTo(new LogRecord(
                        Instant.parse("2026-11-22T19:01:44.105Z"),
                        8590,
                        OptionalInt.empty(),
                        "postgres",
                        "harness-app/checkout",
                        "ERROR",
                        "42P01",
                        "relation \"no such\ntable\" does not exist",
                        "",
                        "",
                        "",
                        "select *\n  from \"no such\ntable\", \"x\";"));
    }

    @Test
    void readsTheSameFromJson() throws Exception {
        assertThat(LogFormat.JSON.read("""
                        {"timestamp":"2026-11-22 10:57:47.665 UTC","pid":9694,"error_severity":"LOG","message":"m","user":"u","leader_pid":9000,\
                        "application_name":"a","detail":"d","hint":"h","context":"c","statement":"s"}"""))
                .isEqualTo(new LogRecord(
                        Instant.parse("2026-11-22T10:57:47.665Z"),
                        9694,
                        OptionalInt.of(9000),
                        "u",
                        "a",
                        "LOG",
                        "00000",
                        "m",
                        "d",
                        "h",
                        "c",
                        "s"));
    }

    @Test
    void refusesWhatIsNotOneWholeRecord() {
        assertThatThrownBy(() -> LogFormat.CSV.read(OF_14.substring(0, 130)))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageStartingWith("a quote without its end: 2026-11-22 19:01:41.800 UTC,,,8527");
        assertThatThrownBy(() -> LogFormat.CSV.read(OF_14.substring(0, 60)))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageStartingWith("9 columns of CSV where PostgreSQL 13 writes 24, and 14 26: ");
        assertThatThrownBy(() -> LogFormat.CSV.read(OF_14 + "\n" + OF_14))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageStartingWith("2 records of CSV where one is expected: ");
        assertThatThrownBy(() -> LogFormat.CSV.read(OF_14.replace("UTC", "CET")))
                .isInstanceOf(UnreadableRecordException.class);
        assertThatThrownBy(() -> LogFormat.JSON.read("{\"message\":\"process 1 st"))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessage("not a JSON object: {\"message\":\"process 1 st");
    }

    @Test
    void seesAtAGlanceWhatIsOfNoInterest() {
        assertThat(LogFormat.CSV.mayTell(OF_14, List.of("process "))).isFalse();
        assertThat(LogFormat.CSV.mayTell(OF_14, List.of("process ", "ending "))).isTrue();
        assertThat(LogFormat.CSV.mayTell(OF_13, List.of())).isTrue();
        assertThat(LogFormat.JSON.mayTell("{\"message\":\"ending log output\"}", List.of("process ")))
                .isFalse();
        assertThat(LogFormat.CSV.mayTell("half a record", List.of())).isTrue();
        assertThat(LogFormat.JSON.mayTell("half a record", List.of())).isTrue();
        assertThat(LogFormat.JSON.mayTell("{\"state_code\":\"42P01\"}", List.of()))
                .isTrue();
    }
}
