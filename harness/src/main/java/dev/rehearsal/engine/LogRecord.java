package dev.rehearsal.engine;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * What a server has logged at one moment. A text that the server did not give is empty.
 *
 * @param at with the log's resolution, a millisecond
 * @param severity such as {@code LOG} or {@code ERROR}
 * @param state the SQLState; {@code 00000} of what is no error
 * @param user who logged in; {@code set role} does not change it
 * @param leaderPid of a parallel worker: the session that it works for. PostgreSQL 13 does not log it
 */
public record LogRecord(
        Instant at,
        int pid,
        OptionalInt leaderPid,
        String user,
        String applicationName,
        String severity,
        String state,
        String message,
        String detail,
        String hint,
        String context,
        String statement) {

    static final String NO_ERROR = "00000";
}
