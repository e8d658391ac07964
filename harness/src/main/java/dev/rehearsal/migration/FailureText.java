package dev.rehearsal.migration;

import java.sql.SQLException;

/** What an exception of the driver says, at a length that fits a report. */
final class FailureText {
    private static final int LONGEST = 1024;

    private FailureText() {}

    static String of(SQLException exception) {
        String message = exception.getMessage() == null ? exception.toString() : exception.getMessage();
        return message.length() <= LONGEST ? message : message.substring(0, LONGEST - 1) + "…";
    }
}
