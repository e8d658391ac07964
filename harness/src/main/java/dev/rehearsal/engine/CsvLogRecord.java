package dev.rehearsal.engine;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.List;
import java.util.OptionalInt;

/** A record of {@code csvlog}: PostgreSQL 13 writes 24 columns, 14 two more. What is not there to be said is an empty column. */
final class CsvLogRecord {
    private static final int COLUMNS_OF_13 = 24;
    private static final int COLUMNS_OF_14 = 26;

    /** Places of the columns, in the order of the server's documentation (log_time is 0). */
    private static final int LOG_TIME = 0;

    private static final int USER_NAME = 1;
    private static final int PROCESS_ID = 3;
    private static final int ERROR_SEVERITY = 11;
    private static final int SQL_STATE_CODE = 12;
    private static final int MESSAGE = 13;
    private static final int DETAIL = 14;
    private static final int HINT = 15;
    private static final int CONTEXT = 18;
    private static final int QUERY = 19;
    private static final int APPLICATION_NAME = 22;
    private static final int BACKEND_TYPE = 23;
    private static final int LEADER_PID = 24;

    private CsvLogRecord() {}

    static LogRecord read(String record) throws UnreadableRecordException {
        // The reader would take the end of the record for the end of a text that has none.
        if (record.chars().filter(character -> character == '"').count() % 2 != 0) {
            throw new UnreadableRecordException("a quote without its end", record);
        }
        try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(record)) {
            List<CsvRecord> records = reader.stream().toList();
            if (records.size() != 1) {
                throw new UnreadableRecordException(records.size() + " records of CSV where one is expected", record);
            }
            return of(records.getFirst().getFields(), record);
        } catch (CsvParseException | DateTimeException | NumberFormatException | IOException e) {
            throw new UnreadableRecordException(String.valueOf(e.getMessage()), record);
        }
    }

    private static LogRecord of(List<String> columns, String record) throws UnreadableRecordException {
        if (columns.size() != COLUMNS_OF_13 && columns.size() != COLUMNS_OF_14) {
            throw new UnreadableRecordException(
                    columns.size() + " columns of CSV where PostgreSQL 13 writes " + COLUMNS_OF_13 + ", and 14 "
                            + COLUMNS_OF_14,
                    record);
        }
        if (columns.get(BACKEND_TYPE).isEmpty()) {
            throw new UnreadableRecordException("a record of CSV that says nothing of its process's kind", record);
        }
        return new LogRecord(
                LogFormat.instant(columns.get(LOG_TIME)),
                Integer.parseInt(columns.get(PROCESS_ID)),
                leaderPid(columns),
                columns.get(USER_NAME),
                columns.get(APPLICATION_NAME),
                columns.get(ERROR_SEVERITY),
                columns.get(SQL_STATE_CODE),
                columns.get(MESSAGE),
                columns.get(DETAIL),
                columns.get(HINT),
                columns.get(CONTEXT),
                columns.get(QUERY));
    }

    private static OptionalInt leaderPid(List<String> columns) {
        return columns.size() <= LEADER_PID || columns.get(LEADER_PID).isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(columns.get(LEADER_PID)));
    }
}
