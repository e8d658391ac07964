package dev.rehearsal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogRecordsTest {
    private static final String CSV = """
            a,"one line",b
            a,"two ""quoted""
            lines, and ""
            a third",""
            b
            """;

    private final List<String> read = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void joinsTheLinesOfARecordOfCsvHoweverTheyComeIn(int bytesAtOnce) {
        LogRecords records = new LogRecords(LogFormat.CSV, read::add);

        addInPieces(records, CSV, bytesAtOnce);

        assertThat(read)
                .containsExactly("a,\"one line\",b", "a,\"two \"\"quoted\"\"\nlines, and \"\"\na third\",\"\"", "b");
        assertThat(records.rest()).isEmpty();
    }

    @Test
    void keepsWhatIsNotWhole() {
        LogRecords records = new LogRecords(LogFormat.CSV, read::add);

        addInPieces(records, "a,b\na,\"half\n", 3);

        assertThat(read).containsExactly("a,b");
        assertThat(records.rest()).isEqualTo("a,\"half\n");
    }

    @Test
    void goesOnAfterARecordThatAKilledServerDidNotEnd() {
        addInPieces(new LogRecords(LogFormat.CSV, read::add), """
                2026-11-22 10:15:02.123 UTC,"postgres","process 1 sti2026-11-22 10:15:03.001 UTC,,"ending ""log"" output"
                2026-11-22 10:15:03.002 UTC,,"starting
                up, 2026"
                """, 5);

        assertThat(read)
                .containsExactly(
                        "2026-11-22 10:15:02.123 UTC,\"postgres\",\"process 1 sti2026-11-22 10:15:03.001 UTC,,\"ending \"\"log\"\" output\"",
                        "2026-11-22 10:15:03.002 UTC,,\"starting\nup, 2026\"");
    }

    @Test
    void takesEveryLineOfJsonForARecord() {
        addInPieces(new LogRecords(LogFormat.JSON, read::add), "{\"a\":\"\\\"\"}\n{\"b\":1}\n", 4);

        assertThat(read).containsExactly("{\"a\":\"\\\"\"}", "{\"b\":1}");
    }

    @Test
    void readsCharactersThatWereCutInTwo() {
        LogRecords records = new LogRecords(LogFormat.CSV, read::add);

        addInPieces(records, "grün\n", 3);
        records.add(ByteBuffer.wrap(new byte[] {'x', (byte) 0xc3, '\n'}));

        assertThat(read).containsExactly("grün", "x\uFFFD");
    }

    private static void addInPieces(LogRecords records, String text, int bytesAtOnce) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += bytesAtOnce) {
            records.add(ByteBuffer.wrap(bytes, at, Math.min(bytesAtOnce, bytes.length - at)));
        }
    }
}
