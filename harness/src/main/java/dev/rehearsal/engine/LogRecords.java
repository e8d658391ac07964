package dev.rehearsal.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Cuts the bytes of a log into records, however they come in. For one thread.
 *
 * <p>A statement that the server cut off in the middle of a character does not disturb it: wrong bytes become replacement characters. Nor does a record
 * that a killed server did not end: a line that begins as records do is a new one, whatever was open before.
 */
public final class LogRecords {
    private static final Pattern BEGINNING = Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} UTC,");
    private static final int BEGINNING_LENGTH = "2026-11-22 10:15:02.123 UTC,".length();

    private final boolean spansLines;
    private final Consumer<String> reader;
    private final ByteArrayOutputStream record = new ByteArrayOutputStream();
    private boolean quoted;
    /** Where the last line of the record begins, if that is not where the record does; else zero. */
    private int lineStart;

    /** @param reader called with every record that is whole, and with the rest of one that never became so; without the line feed behind it */
    public LogRecords(LogFormat format, Consumer<String> reader) {
        this.spansLines = format.spansLines();
        this.reader = reader;
    }

    public void add(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n' && !quoted) {
                reader.accept(rest());
                begin();
                continue;
            }
            // A quote inside a quoted text is written twice: it ends the text, and begins it again.
            quoted ^= next == '"' && spansLines;
            record.write(next);
            if (next == '\n') {
                lineStart = record.size();
            } else if (next == ',' && lineStart > 0 && record.size() - lineStart == BEGINNING_LENGTH) {
                cutWhereARecordBegins();
            }
        }
    }

    private void cutWhereARecordBegins() {
        String text = rest();
        String line = text.substring(text.lastIndexOf('\n') + 1);
        if (BEGINNING.matcher(line).matches()) {
            reader.accept(text.substring(0, text.length() - line.length() - 1));
            begin();
            record.writeBytes(line.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void begin() {
        record.reset();
        quoted = false;
        lineStart = 0;
    }

    /** What came after the last record, and is not whole. */
    public String rest() {
        return record.toString(StandardCharsets.UTF_8);
    }
}
