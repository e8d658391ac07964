package dev.rehearsal.engine;

import java.time.DateTimeException;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A line of {@code jsonlog}: what is not there to be said is left out of the object. */
final class JsonLogRecord {
    private static final JsonMapper JSON = JsonMapper.shared();

    private JsonLogRecord() {}

    static LogRecord read(String line) throws UnreadableRecordException {
        if (!line.startsWith("{") || !line.endsWith("}")) {
            throw new UnreadableRecordException("not a JSON object", line);
        }
        try {
            JsonNode fields = JSON.readTree(line);
            return new LogRecord(
                    LogFormat.instant(text(fields, "timestamp")),
                    fields.path("pid").asInt(0),
                    fields.has("leader_pid")
                            ? OptionalInt.of(fields.path("leader_pid").asInt())
                            : OptionalInt.empty(),
                    text(fields, "user"),
                    text(fields, "application_name"),
                    text(fields, "error_severity"),
                    fields.path("state_code").asString(LogRecord.NO_ERROR),
                    text(fields, "message"),
                    text(fields, "detail"),
                    text(fields, "hint"),
                    text(fields, "context"),
                    text(fields, "statement"));
        } catch (JacksonException | DateTimeException e) {
            throw new UnreadableRecordException(String.valueOf(e.getMessage()), line);
        }
    }

    private static String text(JsonNode fields, String name) {
        return fields.path(name).asString("");
    }
}
