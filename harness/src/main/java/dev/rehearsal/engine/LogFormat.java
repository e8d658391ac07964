package dev.rehearsal.engine;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/** How a server writes its log, with {@code log_timezone=UTC} and {@code lc_messages=C}. Stateless. */
public enum LogFormat {
    /** {@code jsonlog}: one object a line. */
    JSON("jsonlog", "server.json", false),
    /** {@code csvlog}: a text in quotes may have several lines. */
    CSV("csvlog", "server.csv", true);

    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS 'UTC'");

    private final String destination;
    private final String fileName;
    private final boolean spansLines;

    LogFormat(String destination, String fileName, boolean spansLines) {
        this.destination = destination;
        this.fileName = fileName;
        this.spansLines = spansLines;
    }

    /** Has the server write into {@link #fileName} of its {@code log_directory}, which is the caller's to say. */
    public Map<String, String> settings() {
        return Map.of(
                "logging_collector", "on",
                "log_destination", destination,
                "log_filename", "server.log",
                "log_rotation_age", "0",
                "log_rotation_size", "0");
    }

    /** What the server makes of {@code log_filename}. */
    public String fileName() {
        return fileName;
    }

    /** Whether line feeds between quotes belong to the record. */
    boolean spansLines() {
        return spansLines;
    }

    /**
     * A cheap look, for readers that want little of a long log.
     *
     * @param beginnings of messages
     * @return false only of records that are no errors, and whose message has none of these beginnings; true of what begins like no record
     */
    public boolean mayTell(String record, List<String> beginnings) {
        // Both formats put a message in quotes.
        return !beginsLikeARecord(record)
                || mayTellAnError(record)
                || beginnings.stream().anyMatch(beginning -> record.contains("\"" + beginning));
    }

    private boolean beginsLikeARecord(String record) {
        return switch (this) {
            case JSON -> record.startsWith("{") && record.endsWith("}");
            case CSV -> !record.isEmpty() && Character.isDigit(record.charAt(0));
        };
    }

    private boolean mayTellAnError(String record) {
        return switch (this) {
            case JSON -> record.contains("\"state_code\"");
            case CSV -> record.contains(",ERROR,") || record.contains(",FATAL,") || record.contains(",PANIC,");
        };
    }

    /** @param record as {@link LogRecords} gives it */
    public LogRecord read(String record) throws UnreadableRecordException {
        return switch (this) {
            case JSON -> JsonLogRecord.read(record);
            case CSV -> CsvLogRecord.read(record);
        };
    }

    /** A moment as the server writes it. */
    public static String timestamp(Instant at) {
        return TIMESTAMP.format(at.atOffset(ZoneOffset.UTC));
    }

    static Instant instant(String timestamp) throws DateTimeException {
        return LocalDateTime.parse(timestamp, TIMESTAMP).toInstant(ZoneOffset.UTC);
    }
}
